"""What is allowed in a delivery and looks wrong: shown with the plan, so that somebody looks before it is applied. Pure.

A delivery with doubts is applied only after a person has said that they looked. Source: after octoDNS, where a plan that would
alter too much stops and asks (style page); issue 2, "a plan shown before it is applied".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from dialtone.base.address import states
from dialtone.numbers.inventory.places import city_key
from dialtone.numbers.inventory.ranges import AreaKey, Delivered, Doubt, Plan

LARGE = 1_000_000  # numbers of one unbroken range
GROWTH = 2  # times as many numbers of a country as there are


def doubts(plan: Plan, known: Delivered, *, simulated: bool) -> list[Doubt]:
    """Everything in a plan that looks wrong, most numbers first. `simulated` installations sell fictional numbers."""
    new = dict(plan.by_area())
    found = [
        *_states(new, known),
        *_spelled_alike(new, known),
        *_carriers(new, known),
        *_large(plan),
        *_growth(plan, known),
        *([] if simulated else _fictional(plan)),
    ]
    if plan.elsewhere:
        found.append(Doubt("elsewhere", "", plan.elsewhere))
    return sorted(found, key=lambda doubt: -doubt.numbers)


def _states(new: dict[AreaKey, int], known: Delivered) -> Iterator[Doubt]:
    """States that do not exist, that are missing, or that are not the state of the area code's other numbers."""
    before, now = _states_by_code(dict.fromkeys(known.areas, 1)), _states_by_code(new)
    for area, numbers in new.items():
        choices = {code for code, _name in states(area.country)}
        if area.kind != "standard" or not choices:
            continue
        if area.state not in choices:
            yield Doubt("state_unknown" if area.state else "state_missing", _place(area), numbers, area.state)
            continue
        code = area.country, area.area_code
        other = (before.get(code) or now[code]).most_common(1)[0][0]
        if other not in ("", area.state):
            yield Doubt("state_differs", _place(area), numbers, other)


def _states_by_code(areas: dict[AreaKey, int]) -> dict[tuple[str, str], Counter[str]]:
    found: dict[tuple[str, str], Counter[str]] = {}
    for area, weight in areas.items():
        found.setdefault((area.country, area.area_code), Counter())[area.state] += weight
    return found


def _spelled_alike(new: dict[AreaKey, int], known: Delivered) -> Iterator[Doubt]:
    """The same city of an area code, spelled in two ways."""
    spelled = {
        (area.country, area.area_code, area.state, city_key(area.city)): area.city
        for area in reversed([*known.areas, *new])
    }
    for area, numbers in new.items():
        other = spelled[area.country, area.area_code, area.state, city_key(area.city)]
        if other != area.city:
            yield Doubt("city_spelled", _place(area), numbers, other)


def _carriers(new: dict[AreaKey, int], known: Delivered) -> Iterator[Doubt]:
    """Carriers that nothing came from before."""
    before = {area.carrier for area in known.areas}
    fresh: Counter[str] = Counter()
    for area, numbers in new.items():
        if before and area.carrier not in before:
            fresh[area.carrier] += numbers
    for carrier, numbers in fresh.items():
        yield Doubt("carrier_new", carrier, numbers)


def _large(plan: Plan) -> Iterator[Doubt]:
    for row in np.flatnonzero(plan.last - plan.first >= LARGE).tolist():
        first, last = int(plan.first[row]), int(plan.last[row])
        yield Doubt("range_large", f"+{first}", last - first, f"+{last - 1}")


def _growth(plan: Plan, known: Delivered) -> Iterator[Doubt]:
    """Far more numbers of a country than there were."""
    countries = sorted({area.country for area in known.areas})
    place = {country: position for position, country in enumerate(countries)}
    of_area = np.array([place[area.country] for area in known.areas], np.int64)
    if not len(known.area):
        return
    there = np.bincount(of_area[known.area], known.last - known.first, len(countries))
    for country, numbers in plan.by_country().items():
        before = int(there[place[country]]) if country in place else 0
        if before and numbers > GROWTH * before:
            yield Doubt("growth", country, numbers, str(before))


def _fictional(plan: Plan) -> Iterator[Doubt]:
    """Numbers of North America that are kept for examples (555-0100 to 555-0199): nobody can be called on them."""
    first = plan.first // 10**7 * 10**7 + 5_550_100
    inside = np.minimum(plan.last, first + 100) - np.maximum(plan.first, first)
    inside[plan.first // 10**10 != 1] = 0
    numbers = int(np.maximum(inside, 0).sum())
    if numbers:
        yield Doubt("fictional", "", numbers)


def _place(area: AreaKey) -> str:
    return ", ".join(part for part in (area.area_code, area.city, area.state, area.country) if part)

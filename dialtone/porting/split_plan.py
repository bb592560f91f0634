"""Into which orders a list of numbers is split: by billing number, country, kind, losing carrier and size. Pure.

Every number lands in exactly one order. One date for all where their calendars allow it. Sources: ERR-06, PORT-41, H12, H32.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

MIXED = "mixed_operator"


class Listed(NamedTuple):
    """One number as the plan sees it. `billing_number` is "" until somebody states it; `carrier` "" until it is known."""

    e164: str
    country: str
    kind: str = "standard"
    carrier: str = ""
    billing_number: str = ""
    line_type: str = ""

    @property
    def digits(self) -> int:
        return int(self.e164[1:])


@dataclass(frozen=True)
class Part:
    """One order of the plan. `why` names what sets it apart from the first one: carrier, kind, billing_number, country,
    line_type, size; () for the first. `first_day` is the earliest day it could move, `day` the day it is planned for."""

    numbers: tuple[str, ...]
    country: str
    kind: str
    carriers: tuple[str, ...]
    billing_number: str = ""
    line_type: str = ""
    port_type: str = ""
    why: tuple[str, ...] = ()
    first_day: date | None = None
    day: date | None = None


@dataclass(frozen=True)
class Plan:
    """All orders of a list, and the day on which all of them could move, if there is one."""

    parts: tuple[Part, ...]
    common_day: date | None = None

    @property
    def is_split(self) -> bool:
        return len(self.parts) > 1


def plan(
    listed: Sequence[Listed],
    *,
    most: int,
    most_of: Mapping[str, int] | None = None,
    mixes_operators: bool = False,
    first_day: Callable[[Part], date] | None = None,
    is_possible: Callable[[Part, date], bool] | None = None,
) -> Plan:
    """Split a list. `most` is the largest order; `most_of` what a single carrier takes at once. `mixes_operators`: where
    the country knows mixed-operator ports, consecutive numbers of several carriers stay together. With the two
    functions of the calendar, each order gets its day.

    >>> made = plan([Listed("+12125550182", "US"), Listed("+18005550182", "US", "toll_free")], most=5000)
    >>> [(part.kind, part.why) for part in made.parts]
    [('standard', ()), ('toll_free', ('kind',))]
    """
    parts: list[Part] = []
    for group in _groups(listed, _runs(listed) if mixes_operators else {}):
        limit = min([most, *[(most_of or {}).get(each, most) for each in group.carriers]])
        for start in range(0, len(group.numbers), limit):
            some = tuple(group.numbers[start : start + limit])
            parts.append(_part(group, some, parts[0] if parts else None, is_rest=start > 0))
    if first_day is None or is_possible is None:
        return Plan(tuple(parts))
    return _dated(parts, first_day, is_possible)


@dataclass
class _Group:
    """Numbers that may go in one order, and one of them for what they share."""

    one: Listed
    carriers: tuple[str, ...] = ()
    numbers: list[str] = field(default_factory=list)


def _groups(listed: Iterable[Listed], run_of: Mapping[str, int]) -> list[_Group]:
    if not run_of:  # nearly always: all of a group have one carrier
        alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for each in listed:
            alike[each[1:]].append(each[0])
        return [
            _Group(one := Listed(some[0], *shared), (one.carrier,) if one.carrier else (), some)
            for shared, some in alike.items()
        ]
    groups: dict[tuple[object, ...], _Group] = {}
    for each in listed:
        # All but the number itself; in a run that several carriers share, the run in place of the carrier.
        key: tuple[object, ...] = each[1:]
        if each.e164 in run_of:
            key = (run_of[each.e164], *each[1:3], *each[4:])
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(each, (each.carrier,) if each.carrier else ())
        elif each.carrier and each.carrier not in group.carriers:
            group.carriers = tuple(sorted({*group.carriers, each.carrier}))
        group.numbers.append(each.e164)
    return list(groups.values())


def _part(group: _Group, numbers: tuple[str, ...], first: Part | None, *, is_rest: bool) -> Part:
    one = group.one
    made = Part(
        numbers=numbers,
        country=one.country,
        kind=one.kind,
        carriers=group.carriers,
        billing_number=one.billing_number,
        line_type=one.line_type,
        port_type=MIXED if len(group.carriers) > 1 else "",
    )
    why = []
    if first is not None:
        same = {
            "country": first.country == made.country,
            "kind": first.kind == made.kind,
            "carrier": first.carriers == made.carriers,
            "billing_number": first.billing_number == made.billing_number,
            "line_type": first.line_type == made.line_type,
        }
        why = [name for name, is_same in same.items() if not is_same]
    if is_rest:
        why.append("size")
    return replace(made, why=tuple(why))


def _runs(listed: Sequence[Listed]) -> dict[str, int]:
    """For numbers in a consecutive run that several carriers share: the run's first number, as the key to group by."""
    found: dict[str, int] = {}
    ordered = sorted(listed, key=lambda each: each.digits)
    run: list[Listed] = []
    for each in [*ordered, None]:
        if run and (each is None or each.digits != run[-1].digits + 1):
            if len({one.carrier for one in run}) > 1:
                found.update({one.e164: run[0].digits for one in run})
            run = []
        if each is not None:
            run.append(each)
    return found


def _dated(
    parts: Sequence[Part], first_day: Callable[[Part], date], is_possible: Callable[[Part, date], bool]
) -> Plan:
    """Each part's own first day, and the first day on which all can move, looked for within a month of the latest."""
    firsts = [first_day(part) for part in parts]
    if not firsts:
        return Plan(())
    common = next(
        (
            day
            for day in (max(firsts) + timedelta(days=step) for step in range(31))
            if all(is_possible(part, day) for part in parts)
        ),
        None,
    )
    dated = [
        replace(part, first_day=first, day=common or first) for part, first in zip(parts, firsts, strict=True)
    ]
    return Plan(tuple(dated), common)

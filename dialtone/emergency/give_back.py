"""Numbers leave the customer: they stop calling, show no address, and go back to the carrier, all in one
transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dialtone import countries
from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.carriers import command
from dialtone.emergency import deactivate, unassign
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active, release
from dialtone.numbers import queries as numbers_queries
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Number
from dialtone.people import approvals
from dialtone.people.models import Approval

MOST_BY_ONE_PERSON = 100  # H15: the release of more takes two persons
BY_TWO = "release_numbers"


def give_back(e164s: Sequence[str], *, field: str = "/numbers") -> list[Number]:
    """Release these numbers, all or none. Answers those that were released now; raises numbers.second_person (see `ask`),
    and what `numbers.release` raises."""
    if len(set(e164s)) > MOST_BY_ONE_PERSON:
        values = {"count": len(set(e164s)), "limit": MOST_BY_ONE_PERSON}
        raise Problem("numbers.second_person", field=field, values=values)
    return _give_back(e164s, field)


def ask(e164s: Sequence[str], *, field: str = "/numbers") -> Approval:
    """Ask another administrator to consent to the release of these numbers: more than one person may release (H15).

    Raises Problem numbers.few_enough where one person can, and what the release itself would raise now.
    """
    wanted = sorted(set(e164s))
    if len(wanted) <= MOST_BY_ONE_PERSON:
        raise Problem("numbers.few_enough", field=field, values={"limit": MOST_BY_ONE_PERSON})
    planned = release.plan(wanted, location_name=lambda number: locations.name_of(number.location_id))
    for number, why in planned.staying:
        raise Problem(why.code, field=f"{field}/{list(e164s).index(number.e164)}", values=why.values)
    going = {number.e164 for number in planned.going}
    for position, e164 in enumerate(e164s):
        if e164 not in going:
            raise Problem("not_found", field=f"{field}/{position}")
    return approvals.ask(BY_TWO, {"numbers": wanted}, len(wanted))


def _carry_out(asked: Mapping[str, Any]) -> None:
    _give_back(asked["numbers"], "/numbers")


approvals.register(BY_TWO, "releases_numbers", _carry_out)


def _give_back(e164s: Sequence[str], field: str) -> list[Number]:
    held = mark_active.locked(e164s)
    moves = deactivate.silence(held)
    if moves:
        record.change(held[0], "numbers_deactivated", facts={"numbers": sorted(e164s)}, moves=moves)
    gone = release.release(
        e164s,
        ageing_days=ageing_days,
        location_name=lambda number: locations.name_of(number.location_id),
        field=field,
    )
    by_carrier: dict[str, list[Number]] = defaultdict(list)
    for number in gone:
        if number.carrier:  # a number of another provider goes back to it by no command of ours
            by_carrier[number.carrier].append(number)
    for carrier, numbers in by_carrier.items():
        first = numbers[0]
        facts = {"e164s": [number.e164 for number in numbers], "name": first.e164}
        command.ask(carrier, f"release:{first.id}", "release", facts, first)
    return gone


def give_all_back() -> list[Number]:
    """All numbers of the customer that we delivered, whoever has them: the end of a trial that was not converted (H13)."""
    held = numbers_queries.numbers(numbers_queries.Filter())
    delivered = held.exclude(state=number_states.PENDING).exclude(carrier="")
    e164s = list(delivered.values_list("e164", flat=True))
    for e164 in e164s:
        unassign.unassign(e164)
    return _give_back(e164s, "/numbers") if e164s else []


def ageing_days(number: Number) -> int:
    """How long the number rests before somebody else may have it (country fact); one of another provider does not."""
    if not number.carrier:
        return 0
    rules = countries.get(number.country, clock.now().date()).numbers
    return rules.toll_free_ageing_days if number.kind == "toll_free" else rules.ageing_days

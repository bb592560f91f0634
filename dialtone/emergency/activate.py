"""The only place that makes a number able to place calls (E1).

In one transaction: the number shows an accepted address from an instant on (`Coverage`), and from that same
instant it may place calls (`Number.calls_during`). A deferred constraint trigger (`sql.py`) compares the two at
commit, whoever writes them.

In order: lock the location, so that its address does not change under us; lock the numbers; find each number's
address, its own before the location's; ask the carrier for those that it has not accepted the address for, they wait
(`register.py`); write coverage and calls of the others from one `now`.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.emergency import coverage, moves, queries, register, rules
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Number


def activate(e164s: Sequence[str], *, field: str = "/numbers") -> list[Number]:
    """Let delivered numbers call, all or none; active ones stay as they are, and those for which the carrier has not accepted
    the address begin once it has. Answers the numbers.

    Raises Problems with each number that cannot: not_found, emergency.no_address (BAD-EMG-33, BAD-ORD-15),
    emergency.other_country, emergency.not_delivered.
    """
    for location_id in mark_active.locations_of(e164s):
        locations.lock(location_id)
    numbers = {number.e164: number for number in mark_active.locked(e164s)}
    defaults = {each.location_id: queries.of_location(each.location_id) for each in numbers.values()}
    wrong = []
    for position, e164 in enumerate(e164s):
        number = numbers.get(e164)
        problem = _problem(
            number, defaults.get(number.location_id) if number else None, f"{field}/{position}"
        )
        if problem is not None:
            wrong.append(problem)
    if wrong:
        raise Problems(wrong)
    silent = [number for number in numbers.values() if number.state == number_states.INACTIVE]
    mark_active.want_active(silent)
    begin_recorded(silent, again=True)
    return list(numbers.values())


def activate_delivered(numbers: Sequence[Number], *, location_id: UUID) -> list[Moved]:
    """Give delivered numbers, locked by the caller, the location's address and let them call. Without an
    address in effect, or before the carrier has accepted it, they stay inactive: delivered, but silent. Answers the moves,
    for the caller's record (ORD-07, LOC-07)."""
    locations.lock(location_id)
    return begin(numbers)


def show_default(default: EmergencyAddress) -> None:
    """All numbers of the location without an address of their own show its new default from now on, without a
    gap (E2, ESA-06), or once their carrier has accepted it; numbers that waited for an address become able to call. The
    caller has locked the location."""
    calling = [number for number in mark_active.calling_at(default.location_id) if _fits(number, default)]
    own = queries.own_in_effect([number.id for number in calling])
    show([number for number in calling if number.id not in own], default)
    coming = queries.asked_for(mark_active.pending_at(default.location_id))
    register.ahead(coming, about=default, name=CivicAddress.from_json(default.address).one_line())
    begin_recorded(mark_active.waiting_at(default.location_id))


def show(numbers: Sequence[Number], address: EmergencyAddress) -> None:
    """These calling numbers show the address from now on; those whose carrier decides show what they show until it has
    accepted it, so that there is never a gap (E2). The caller has locked location and numbers."""
    left = moves.leaving(numbers)
    coverage.switch(register.ready(numbers, address), address, clock.now())
    moves.end_left(left)


def begin(numbers: Sequence[Number], *, again: bool = False) -> list[Moved]:
    """Those of these numbers that are inactive and may show their address become able to call. The caller has locked location
    and numbers, and keeps the moves in its record. `again`: a carrier that refused is asked once more."""
    now = clock.now()
    begun: list[Number] = []
    silent = [number for number in numbers if number.state == number_states.INACTIVE]
    for address, group in register.grouped(silent):
        may = register.ready(group, address, again=again)
        coverage.begin(may, address, now)
        begun += may
    return mark_active.mark_active(begun, now)


def begin_recorded(numbers: Sequence[Number], *, again: bool = False) -> None:
    """The same, with a record of its own."""
    begun = begin(numbers, again=again)
    moved = {move.subject_id for move in begun}
    if begun:
        _record([number for number in numbers if number.id in moved], "numbers_activated", begun)


def _problem(number: Number | None, default: EmergencyAddress | None, field: str) -> Problem | None:
    if number is None:
        return Problem("not_found", field=field)
    if not number.carrier:
        return Problem("emergency.other_provider", field=field, values={"number": number.e164})
    if number.state == number_states.PENDING:
        return Problem("emergency.not_delivered", field=field, values={"number": number.e164})
    if default is None:
        values = {"location": locations.name_of(number.location_id)}
        return Problem("emergency.no_address", field=field, values=values)
    verdict = rules.may_show(number.country, number.kind, default.country)
    return None if verdict.allowed else Problem(verdict.code, field=field, values=verdict.values)


def _fits(number: Number, address: EmergencyAddress) -> bool:
    return rules.may_show(number.country, number.kind, address.country).allowed


def _record(numbers: Sequence[Number], action: str, begun: list[Moved]) -> None:
    first = numbers[0]
    listed = [number.e164 for number in numbers]
    record.change(
        first,
        action,
        name=first.e164 if len(numbers) == 1 else "",
        facts={"numbers": listed},
        moves=begun,
        event="number.activated",
        event_facts={"numbers": listed},
    )

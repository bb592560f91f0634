"""The only place that makes a number able to place calls (E1).

In one transaction: the number shows an accepted address from an instant on (`Coverage`), and from that same
instant it may place calls (`Number.calls_during`). A deferred constraint trigger (`sql.py`) compares the two at
commit, whoever writes them.

In order: lock the location, so that its address does not change under us; lock the numbers; find each number's
address, its own before the location's; write coverage and calls from one `now`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.emergency import coverage, queries, rules
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Number


def activate(e164s: Sequence[str], *, field: str = "/numbers") -> list[Number]:
    """Let delivered numbers call, all or none; active ones stay as they are. Answers the numbers.

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
    moves = []
    for location_id in {number.location_id for number in silent}:
        default = defaults[location_id]
        assert default is not None
        moves += _begin([number for number in silent if number.location_id == location_id], default)
    if moves:
        _record(silent, "numbers_activated", moves)
    return list(numbers.values())


def activate_delivered(numbers: Sequence[Number], *, location_id: UUID) -> list[Moved]:
    """Give delivered numbers, locked by the caller, the location's address and let them call. Without an
    address in effect they stay inactive: delivered, but silent. Answers the moves, for the caller's record
    (ORD-07, LOC-07)."""
    locations.lock(location_id)
    default = queries.of_location(location_id)
    if default is None:
        return []
    return _begin([number for number in numbers if _fits(number, default)], default)


def show_default(default: EmergencyAddress) -> None:
    """All numbers of the location without an address of their own show its new default from now on, without a
    gap (E2, ESA-06); numbers that waited for an address become able to call. The caller has locked the location."""
    now = clock.now()
    calling = [number for number in mark_active.calling_at(default.location_id) if _fits(number, default)]
    own = queries.own_in_effect([number.id for number in calling])
    coverage.switch([number for number in calling if number.id not in own], default, now)
    waiting = [number for number in mark_active.waiting_at(default.location_id) if _fits(number, default)]
    moves = _begin(waiting, default)
    if moves:
        _record(waiting, "numbers_activated", moves)


def _begin(numbers: Sequence[Number], default: EmergencyAddress) -> list[Moved]:
    now = clock.now()
    silent = [number for number in numbers if number.state == number_states.INACTIVE]
    own = queries.own_in_effect([number.id for number in silent])
    by_address: dict[UUID, list[Number]] = defaultdict(list)
    addresses = {default.id: default}
    for number in silent:
        address = own.get(number.id, default)
        addresses[address.id] = address
        by_address[address.id].append(number)
    for address_id, group in by_address.items():
        coverage.begin(group, addresses[address_id], now)
    return mark_active.mark_active(silent, now)


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


def _record(numbers: Sequence[Number], action: str, moves: list[Moved]) -> None:
    first = numbers[0]
    listed = [number.e164 for number in numbers]
    record.change(
        first,
        action,
        name=first.e164 if len(numbers) == 1 else "",
        facts={"numbers": listed},
        moves=moves,
        event="number.activated",
        event_facts={"numbers": listed},
    )

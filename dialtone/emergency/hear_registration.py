"""What the carrier says about an emergency address for numbers: accepted, they show it and can call; refused, they cannot (E1).

May run any number of times. In order:

1. lock the locations, then the numbers;
2. what is accepted is shown by the numbers that wait for it, from one instant on; what another address has taken the place of
   meanwhile is kept as the carrier's word, and nothing more;
3. a number that shows what is refused stops calling at once; one that shows another address goes on showing that;
4. addresses that left, and that nothing shows any more, are over; the customer's administrators hear of refusals.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.alike import update_alike
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.carriers import by_hand, command
from dialtone.emergency import (
    activate,
    coverage,
    deactivate,
    moves,
    queries,
    register,
    states,
)
from dialtone.emergency.models import Coverage, EmergencyAddress, Registration
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Number
from dialtone.people import queries as people

MOST_NAMED = 20


def hear(carrier: str, reference: str) -> None:
    """Apply the carrier's answer to one command, or what there is of it. Must run in the scope of its customer."""
    receipt = command.answer_so_far(carrier, reference)
    rows = _locked(Registration.objects.filter(carrier=carrier, reference=reference))
    if receipt is None or not rows:
        return
    told = {outcome.e164: outcome for outcome in receipt.outcomes}
    waiting = [row for row in rows if row.state in (states.ASKED, states.VOUCHED) and row.number.e164 in told]
    _accept([row for row in waiting if told[row.number.e164].done])
    refused = [row for row in waiting if not told[row.number.e164].done]
    for row in refused:
        row.reason = told[row.number.e164].reason[:200]
    _refuse(refused)


def refuse_after_all(e164: str, reason: str) -> Registration:
    """A person of the desk knows that the carrier does not have the address of this number any more, or never had it. Runs in
    the operator's scope, and takes the customer's for the work.

    Raises Problem emergency.desk_only, not_found (the carrier holds no address for it).
    """
    if not tenancy.is_named_operator():
        raise Problem("emergency.desk_only")
    number = Number.objects.filter(e164=e164, state__in=number_states.HELD).first()
    if number is None:
        raise Problem("not_found")
    with tenancy.customer_scope(number.customer_id, number.partner_id):
        found = queries.standing([number.id]).get(number.id)
        rows = _locked(Registration.objects.filter(id=found.id)) if found else []
        if not rows or rows[0].state not in states.HELD:
            raise Problem("not_found")
        rows[0].reason = reason
        _refuse(rows)
    return rows[0]


def _locked(found: object) -> list[Registration]:
    """The registrations, with their locations and numbers locked, as they are behind the locks."""
    ids = list(found.values_list("id", flat=True))  # type: ignore[attr-defined]
    numbers = Registration.objects.filter(id__in=ids).values_list("number__e164", flat=True)
    e164s = list(numbers)
    for location_id in mark_active.locations_of(e164s):
        locations.lock(location_id)
    held = {number.id: number for number in mark_active.locked(e164s)}
    rows = list(Registration.objects.filter(id__in=ids).select_related("number", "address").order_by("id"))
    for row in rows:
        row.number = held.get(row.number_id, row.number)
    return rows


def _accept(rows: Sequence[Registration]) -> None:
    if not rows:
        return
    awaited = [row for row in rows if row.state == states.ASKED]
    _keep(rows, states.ACCEPTED)
    numbers = [row.number for row in rows if row.number.state in number_states.HELD]
    wanted = register.targets(numbers)
    fits = [row for row in rows if row.number_id in wanted and wanted[row.number_id].id == row.address_id]
    begun = {move.subject_id: move for move in _show([row for row in fits if row in awaited])}
    for address, group in _by_address(awaited):
        live = [row for row in group if row.number_id in begun]
        record.change(
            address,
            "emergency_registration_accepted",
            name=_line(address),
            facts={"numbers": [row.number.e164 for row in group]},
            moves=[begun[row.number_id] for row in live],
            event="number.activated" if live else None,
            event_facts={"numbers": [row.number.e164 for row in live]},
        )


def _show(rows: Sequence[Registration]) -> list[Moved]:
    """Numbers that waited for this address show it; those that could not call begin to. Answers the moves."""
    now = clock.now()
    calling = [row for row in rows if row.number.state == number_states.ACTIVE]
    left = moves.leaving([row.number for row in calling])
    for address, group in _by_address(calling):
        coverage.switch([row.number for row in group], address, now)
    moves.end_left(left)
    return activate.begin([row.number for row in rows if not row.number.is_off])


def _refuse(rows: Sequence[Registration]) -> None:
    if not rows:
        return
    _keep(rows, states.REFUSED)
    shown = {
        each.number_id: each.address_id
        for each in Coverage.objects.filter(number__in=[row.number_id for row in rows], during__endswith=None)
    }
    for address, group in _by_address(rows):
        silent = [row.number for row in group if shown.get(row.number_id) == address.id]
        listed = [row.number.e164 for row in group]
        record.change(
            address,
            "emergency_registration_refused",
            name=_line(address),
            facts={"numbers": listed, "reasons": sorted({row.reason for row in group if row.reason})},
            moves=deactivate.silence(silent, by_choice=False),
            event="number.deactivated" if silent else None,
            event_facts={"numbers": [number.e164 for number in silent]},
        )
        held = [row for row in group if row.number.state in number_states.HELD]
        _tell(address, [row for row in held if row.reason != by_hand.NO_NUMBER], shown)


def _keep(rows: Sequence[Registration], state: str) -> None:
    now = clock.now()
    for row in rows:
        row.state = state
        row.answered_at = now
    update_alike(rows, ["state", "answered_at", "reason"])


def _tell(address: EmergencyAddress, rows: Sequence[Registration], shown: dict[UUID, UUID]) -> None:
    """Whoever administers the customer hears which numbers cannot call, or go on showing the address before, and why."""
    if not rows:
        return
    listed = [row.number.e164 for row in rows]
    for reader in people.full_admins(address.customer_id):
        mail.write(
            "emergency_number_refused",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "name": reader.display_name,
                "address": _line(address),
                "location": locations.name_of(rows[0].number.location_id),
                "numbers": listed[:MOST_NAMED],
                "more": max(len(listed) - MOST_NAMED, 0),
                "reasons": sorted({row.reason for row in rows if row.reason}),
            },
            reference=f"esa:{rows[0].id}:refused:{reader.id}",
        )


def _by_address(rows: Sequence[Registration]) -> list[tuple[EmergencyAddress, list[Registration]]]:
    groups: dict[UUID, list[Registration]] = {}
    for row in rows:
        groups.setdefault(row.address_id, []).append(row)
    return [(group[0].address, group) for group in groups.values()]


def _line(address: EmergencyAddress) -> str:
    return CivicAddress.from_json(address.address).one_line()

"""The only place that makes a number able to place calls (E1).

In one transaction: the number shows an accepted address from an instant on (`Coverage`), and from that same instant it may place
calls (`Number.calls_during`). A deferred constraint trigger (`sql.py`) compares the two at commit, for whoever writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.carriers import command
from dialtone.emergency import states
from dialtone.emergency.models import Coverage, EmergencyAddress
from dialtone.numbers import mark_active
from dialtone.numbers.models import Number


def activate_delivered(numbers: Sequence[Number], *, location_id: UUID) -> list[Moved]:
    """Give delivered numbers the location's address and let them call. Without an address in effect they stay inactive:
    delivered, but silent. Answers the moves, for the caller's record (ORD-07, LOC-07)."""
    address = _default(location_id)
    if address is None:
        return []
    return _activate(numbers, address)


def activate(numbers: Sequence[Number], *, location_id: UUID) -> list[Moved]:
    """Let inactive numbers call. Raises Problem emergency.no_address (BAD-EMG-33, BAD-ORD-15)."""
    address = _default(location_id)
    if address is None:
        raise Problem("emergency.no_address", values={"location": ""})
    return _activate(numbers, address)


def deactivate(numbers: Sequence[Number]) -> list[Moved]:
    """Numbers that are given back stop calling and showing an address at the same instant."""
    now = clock.now()
    _end_coverage([number for number in numbers if number.calls_during is not None], now)
    return mark_active.mark_inactive(numbers, now)


def show_new_default(address: EmergencyAddress, former: EmergencyAddress | None) -> None:
    """All numbers that show the former default show the new one from now on, without a gap (E2); numbers of the location that
    waited for an address become able to call."""
    now = clock.now()
    if former is not None and former.id != address.id:
        covering = list(
            Coverage.objects.select_for_update()
            .filter(address=former, during__endswith=None)
            .select_related("number")
        )
        numbers = [each.number for each in covering]
        _end_coverage(numbers, now)
        _cover(numbers, address, now)
    waiting = mark_active.waiting_at(address.location_id)
    if waiting:
        from dialtone.base import record

        moves = _activate(waiting, address)
        record.change(
            address, "numbers_activated", facts={"numbers": [each.e164 for each in waiting]}, moves=moves
        )


def _activate(numbers: Sequence[Number], address: EmergencyAddress) -> list[Moved]:
    now = clock.now()
    ready = [
        number
        for number in numbers
        if (number.calls_during is None and number.country == address.country) or number.kind == "toll_free"
    ]
    _cover(ready, address, now)
    return mark_active.mark_active(ready, now)


def _default(location_id: UUID) -> EmergencyAddress | None:
    return EmergencyAddress.objects.filter(
        location_id=location_id, is_location_default=True, state__in=states.IN_EFFECT
    ).first()


def _cover(numbers: Sequence[Number], address: EmergencyAddress, now: datetime) -> None:
    Coverage.objects.bulk_create(
        [
            Coverage(
                partner_id=number.partner_id,
                customer_id=number.customer_id,
                number=number,
                address=address,
                during=DateTimeTZRange(now, None),
            )
            for number in numbers
        ],
        batch_size=500,
    )
    if numbers:
        command.ask(
            address.carrier or "sandbox",
            f"esa:{address.id}:{numbers[0].id}:{int(now.timestamp())}",
            "set_emergency_address",
            {"e164s": [number.e164 for number in numbers], "address": address.address},
        )


def _end_coverage(numbers: Sequence[Number], now: datetime) -> None:
    covering = list(
        Coverage.objects.select_for_update().filter(number__in=list(numbers), during__endswith=None)
    )
    for each in covering:
        if each.during.lower >= now:
            each.delete()
        else:
            each.during = DateTimeTZRange(each.during.lower, now)
            each.save(update_fields=["during"])

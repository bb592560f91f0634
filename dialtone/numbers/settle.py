"""The carrier's word on pending numbers: delivered, refused, or the order ended before it spoke."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from dialtone.base import clock
from dialtone.base.alike import update_alike
from dialtone.base.record import Moved
from dialtone.numbers import states
from dialtone.numbers.models import Line, Number, UsageInterval


def settle(numbers: Iterable[Number], event: str, *, since: datetime | None = None) -> list[Moved]:
    """Apply "delivered", "refused" or "cancelled" to locked numbers; those already settled are passed over.

    `since`: when they were delivered, where that is not now. Numbers that do not come are the customer's no longer, from this instant. Answers the moves, for the caller's record.
    """
    now = clock.now()
    changed: list[Number] = []
    moves: list[Moved] = []
    for number in numbers:
        decision = states.decide(number.state, event)
        if not decision.allowed:
            continue
        moves.append(Moved("number", number.id, number.state, decision.state, event))
        number.state = decision.state
        number.version += 1
        if decision.state == states.INACTIVE:
            number.provisioned_at = since or now
        else:
            number.owned_during = DateTimeTZRange(number.owned_during.lower, _after(number, now))
        changed.append(number)
    update_alike(changed, ["state", "version", "provisioned_at", "owned_during"])
    gone = [number.id for number in changed if number.state in states.GONE]
    if gone:
        lost = Line.objects.filter(number_id__in=gone)
        # Whoever has an extension besides keeps it, and with it the line that the licence needs.
        lost.filter(extension="").delete()
        lost.update(number=None, version=F("version") + 1)
        UsageInterval.objects.filter(number_id__in=gone, until_at=None).update(until_at=now)
    return moves


def _after(number: Number, now: object) -> object:
    """The end of ownership: now, but never before its beginning (an empty range would say it never was)."""
    return max(now, number.owned_during.lower)


def pending_of(order_id: UUID) -> list[Number]:
    """The still pending numbers of an order, locked in the order of their digits."""
    return list(
        Number.objects.select_for_update().filter(order_id=order_id, state=states.PENDING).order_by("e164")
    )

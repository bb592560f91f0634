"""Lock numbers again: by their holder at once, or by themselves when their time has passed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock
from dialtone.porting.out import apply, opened, states
from dialtone.porting.out.models import PortOutNumber, Unlock, UnlockedNumber


def lock(e164s: Sequence[str]) -> list[str]:
    """Lock these numbers of the customer; whatever another carrier asked for them is stopped, up to the moment a number has left.
    Locked ones stay as they are. Answers those that were unlocked."""
    for request_id in _open_requests(e164s):
        apply.apply(request_id, states.Event("stopped", tuple(e164s), reason=states.LOCKED))
    return opened.close(e164s, "locked")


def lock_due(unlock_id: UUID) -> None:
    """The time of an unlock has passed. A number that was asked for within that time waits for its answer first: our own slowness
    must not lock it."""
    found = Unlock.objects.select_for_update().filter(id=unlock_id, ended_at=None).first()
    now = clock.now()
    if found is None or found.due_at is None or found.due_at > now:
        return
    open_rows = set(
        UnlockedNumber.objects.filter(unlock=found, locked_at=None).values_list("e164", flat=True)
    )
    waits = set(
        PortOutNumber.objects.filter(e164__in=open_rows, state__in=states.OPEN).values_list("e164", flat=True)
    )
    opened.close(open_rows - waits, "time_passed")
    if waits:
        found.refresh_from_db()
        found.due_at = now + apply.LOOK_DAILY
        found.save(update_fields=["due_at"])
    else:
        opened.end(found, "time_passed")


def _open_requests(e164s: Sequence[str]) -> list[UUID]:
    rows = PortOutNumber.objects.filter(e164__among=list(e164s), state__in=states.OPEN)
    return sorted(set(rows.values_list("request_id", flat=True)))

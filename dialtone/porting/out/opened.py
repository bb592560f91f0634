"""The open rows of unlocked numbers: what lets a number go, and its end."""

from __future__ import annotations

from collections.abc import Collection

from dialtone.base import clock, record
from dialtone.porting.out.models import Unlock, UnlockedNumber


def rows_of(e164s: Collection[str]) -> list[UnlockedNumber]:
    """The open rows of these numbers, locked against change, by number."""
    found = UnlockedNumber.objects.select_for_update(of=("self",)).select_related("unlock")
    return list(found.filter(e164__among=list(e164s), locked_at=None).order_by("e164"))


def close(e164s: Collection[str], reason: str) -> list[str]:
    """Close what is open of these numbers, and unlocks that have nothing left; answers the numbers."""
    rows = list(UnlockedNumber.objects.select_for_update().filter(e164__among=list(e164s), locked_at=None))
    if not rows:
        return []
    now = clock.now()
    UnlockedNumber.objects.filter(id__in=[row.id for row in rows]).update(locked_at=now)
    unlocks = list(
        Unlock.objects.select_for_update().filter(id__in={row.unlock_id for row in rows}).order_by("id")
    )
    listed = sorted(row.e164 for row in rows)
    record.change(
        unlocks[0],
        "numbers_locked",
        name=listed[0] if len(listed) == 1 else "",
        facts={"numbers": listed},
        reason=reason,
        event="number.locked",
        event_facts={"numbers": listed},
    )
    for each in unlocks:
        each.version += 1
        each.save(update_fields=["version"])
        if not UnlockedNumber.objects.filter(unlock=each, locked_at=None).exists():
            end(each, reason)
    return listed


def end(found: Unlock, reason: str) -> None:
    """The unlock counts no more."""
    if found.ended_at is None:
        found.ended_at, found.end_reason, found.due_at = clock.now(), reason, None
        found.save(update_fields=["ended_at", "end_reason", "due_at"])

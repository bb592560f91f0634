"""Whether the PIN that another carrier told is right: compared with the hash of the unlock, a few times only."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.hashers import check_password

from dialtone.porting.out import opened, rules
from dialtone.porting.out.models import Unlock, UnlockedNumber

MOST_WRONG = 5


def look_at(pin: str, rows: list[UnlockedNumber]) -> dict[str, str]:
    """For the open rows of unlocked numbers, locked by the caller: what came of the PIN, by number. A wrong one is counted once for
    each unlock it was tried on."""
    unlocks = {each.id: each for each in Unlock.objects.select_for_update().filter(id__in={row.unlock_id for row in rows})}  # fmt: skip
    came_of = {id: _try(each, pin) for id, each in sorted(unlocks.items())}
    return {row.e164: came_of[row.unlock_id] for row in rows}


def end_spent(unlock_ids: Collection[UUID]) -> None:
    """Unlocks on which too many wrong PINs were tried end: their numbers are locked again, and need a new PIN."""
    for spent in Unlock.objects.filter(id__in=list(unlock_ids), failures__gte=MOST_WRONG, ended_at=None):
        rows = UnlockedNumber.objects.filter(unlock=spent, locked_at=None)
        opened.close(list(rows.values_list("e164", flat=True)), "too_many_pins")


def _try(unlock: Unlock, pin: str) -> str:
    if not pin:
        return rules.MISSING
    if check_password(pin, unlock.hashed_pin):
        return rules.OK
    unlock.failures += 1
    unlock.version += 1
    unlock.save(update_fields=["failures", "version"])
    return rules.DIFFERS

"""Note that numbers can, or can no longer, place calls. Only `emergency/activate.py` may call this (lint and constraint)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base.record import Moved
from dialtone.numbers import states
from dialtone.numbers.models import Number


def mark_active(numbers: Sequence[Number], now: datetime) -> list[Moved]:
    """Inactive numbers become active from `now`; others are passed over. Answers the moves."""
    moves = []
    changed = []
    for number in numbers:
        decision = states.decide(number.state, "activated")
        if not decision.allowed:
            continue
        moves.append(Moved("number", number.id, number.state, decision.state, "activated"))
        number.state = decision.state
        number.calls_during = DateTimeTZRange(now, None)
        number.version += 1
        changed.append(number)
    Number.objects.bulk_update(changed, ["state", "calls_during", "version"], batch_size=500)
    return moves


def mark_inactive(numbers: Sequence[Number], now: datetime) -> list[Moved]:
    """Active numbers stop being able to call at `now`."""
    moves = []
    changed = []
    for number in numbers:
        decision = states.decide(number.state, "deactivated")
        if not decision.allowed:
            continue
        moves.append(Moved("number", number.id, number.state, decision.state, "deactivated"))
        number.state = decision.state
        begun = number.calls_during.lower if number.calls_during else now
        number.calls_during = DateTimeTZRange(begun, now) if begun < now else None
        number.version += 1
        changed.append(number)
    Number.objects.bulk_update(changed, ["state", "calls_during", "version"], batch_size=500)
    return moves


def waiting_at(location_id: UUID) -> list[Number]:
    """Delivered numbers of a location that cannot call yet, locked."""
    return list(
        Number.objects.select_for_update()
        .filter(location_id=location_id, state=states.INACTIVE, calls_during=None)
        .order_by("e164")
    )

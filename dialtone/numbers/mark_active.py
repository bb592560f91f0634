"""Note that numbers can, or can no longer, place calls. Only the room `emergency` may call this (lint and
constraint)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base.alike import update_alike
from dialtone.base.record import Moved
from dialtone.numbers import states
from dialtone.numbers.models import Number


def mark_active(numbers: Sequence[Number], now: datetime) -> list[Moved]:
    """Inactive numbers become active from `now`; others are passed over. Answers the moves."""
    return _mark(numbers, "activated", lambda number: DateTimeTZRange(now, None), is_off=False)


def mark_inactive(numbers: Sequence[Number], now: datetime, *, by_choice: bool = True) -> list[Moved]:
    """Active numbers stop being able to call at `now`; who began at this very instant never could. Not `by_choice`, they begin
    again once they have an address to show."""

    def until_now(number: Number) -> DateTimeTZRange | None:
        since = number.calls_during.lower
        return DateTimeTZRange(since, now) if since < now else None

    return _mark(numbers, "deactivated", until_now, is_off=by_choice)


def want_active(numbers: Sequence[Number]) -> None:
    """Somebody switches these numbers on again: they begin to call once nothing stands in the way."""
    off = [number for number in numbers if number.is_off]
    for number in off:
        number.is_off = False
    update_alike(off, ["is_off"])


def locked(e164s: Iterable[str]) -> list[Number]:
    """Held numbers of the scope's tenant, locked in the order of their digits."""
    return list(
        Number.objects.select_for_update()
        .filter(e164__among=list(e164s), state__in=states.HELD)
        .order_by("e164")
    )


def locations_of(e164s: Iterable[str]) -> list[UUID]:
    """Where these held numbers are, in a steady order, for locking."""
    found = Number.objects.filter(e164__among=list(e164s), state__in=states.HELD)
    return sorted(set(found.values_list("location_id", flat=True)))


def waiting_at(location_id: UUID) -> list[Number]:
    """Delivered numbers of a location that wait for an address, locked. Those that somebody switched off stay off, and
    those of another provider are not ours to switch on."""
    found = _at(location_id, states.INACTIVE, is_off=False)
    return [number for number in found if number.carrier]


def pending_at(location_id: UUID) -> list[Number]:
    """Numbers on their way to a location, locked."""
    return _at(location_id, states.PENDING)


def calling_at(location_id: UUID) -> list[Number]:
    """Numbers of a location that can call, locked."""
    return _at(location_id, states.ACTIVE)


def _at(location_id: UUID, state: str, **more: bool) -> list[Number]:
    found = Number.objects.select_for_update().filter(location_id=location_id, state=state, **more)
    return list(found.order_by("e164"))


def _mark(
    numbers: Sequence[Number],
    event: str,
    calls_during: Callable[[Number], DateTimeTZRange | None],
    *,
    is_off: bool,
) -> list[Moved]:
    moves = []
    changed = []
    for number in numbers:
        decision = states.decide(number.state, event)
        if not decision.allowed:
            continue
        moves.append(Moved("number", number.id, number.state, decision.state, event))
        number.state = decision.state
        number.calls_during = calls_during(number)
        number.is_off = is_off
        number.version += 1
        changed.append(number)
    update_alike(changed, ["state", "calls_during", "is_off", "version"])
    return moves

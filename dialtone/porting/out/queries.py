"""Requests to take numbers away, locks, and what a holder has to tell the new carrier."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.porting.out import states
from dialtone.porting.out.models import PortOut, PortOutNumber, Unlock, UnlockedNumber


@dataclass(frozen=True)
class Lock:
    """How a number stands: locked, or unlocked until a moment; `waits` for a second administrator; `request` is the open one."""

    is_locked: bool = True
    until: datetime | None = None
    waits: bool = False
    unlock_id: UUID | None = None
    request: PortOut | None = None


def requests(
    *,
    state: str = "",
    text: str = "",
    digits: Sequence[str] = (),
    location_ids: Sequence[UUID] | None = None,
    open_only: bool = False,
    unseen_only: bool = False,
) -> QuerySet[PortOut]:
    """Requests, newest first; `text` is part of our number, of the other carrier's name or of its reference."""
    found = PortOut.objects.order_by("-asked_at", "-id")
    if state:
        found = found.filter(state=state)
    if open_only:
        found = found.filter(state__in=states.OPEN)
    if unseen_only:
        found = found.filter(seen_at=None)
    if location_ids is not None:
        rows = PortOutNumber.objects.filter(location_id__in=list(location_ids))
        found = found.filter(id__in=rows.values("request_id"))
    if text or digits:
        wanted = Q(number__icontains=text) | Q(asked_by__icontains=text) | Q(reference__icontains=text)
        for each in digits:
            wanted |= Q(id__in=PortOutNumber.objects.filter(e164__contains=each).values("request_id"))
        found = found.filter(wanted)
    return found


def request(request_id: UUID, location_ids: Sequence[UUID] | None = None) -> PortOut:
    """One request; with locations, if one of its numbers is at one of them. Raises Problem("not_found")."""
    found: PortOut | None = PortOut.objects.filter(id=request_id).first()
    if found is None or (location_ids is not None and not numbers(found.id, location_ids)):
        raise Problem("not_found")
    return found


def numbers(request_id: UUID, location_ids: Sequence[UUID] | None = None) -> list[PortOutNumber]:
    """The numbers of a request as they were asked for, all or those at some locations."""
    return list(rows_of(request_id, location_ids))


def rows_of(request_id: UUID, location_ids: Sequence[UUID] | None = None) -> QuerySet[PortOutNumber]:
    """The same to be read page by page: there may be thousands."""
    found = PortOutNumber.objects.filter(request_id=request_id).order_by("position", "id")
    return found if location_ids is None else found.filter(location_id__in=list(location_ids))


def of_number(e164: str) -> list[PortOut]:
    """Every request that there ever was for a number, newest first."""
    rows = PortOutNumber.objects.filter(e164=e164).values("request_id")
    return list(PortOut.objects.filter(id__in=rows).order_by("-asked_at"))


def locks(e164s: Collection[str]) -> dict[str, Lock]:
    """How these numbers stand now."""
    now = clock.now()
    rows = UnlockedNumber.objects.select_related("unlock").filter(e164__among=list(e164s), locked_at=None)
    open_rows = {row.e164: row for row in rows}
    asked = PortOutNumber.objects.select_related("request").filter(
        e164__among=list(e164s), state__in=states.OPEN
    )
    wanted = {row.e164: row.request for row in asked}
    found = {}
    for e164 in e164s:
        row = open_rows.get(e164)
        if row is None:
            found[e164] = Lock(request=wanted.get(e164))
            continue
        is_locked = not counts(row, now, is_asked=e164 in wanted)
        found[e164] = Lock(
            is_locked,
            row.unlock.until,
            row.unlocked_at is None and row.unlock.until > now,
            row.unlock_id,
            wanted.get(e164),
        )
    return found


def counts(row: UnlockedNumber, now: datetime, *, is_asked: bool) -> bool:
    """Whether an open row lets its number go: confirmed, and its time has not passed, or it was asked for within that time."""
    return row.unlocked_at is not None and (row.unlock.until > now or is_asked)


def unlocked() -> QuerySet[UnlockedNumber]:
    """The customer's open unlocks, number by number, for its page."""
    rows = UnlockedNumber.objects.select_related("unlock").filter(locked_at=None)
    return rows.order_by("e164", "id")


def stopped_by_locking(e164s: Collection[str]) -> QuerySet[PortOut]:
    """The open requests that end, for these numbers, when they are locked."""
    rows = PortOutNumber.objects.filter(e164__among=list(e164s), state__in=states.OPEN)
    return PortOut.objects.filter(id__in=rows.values("request_id"))


def waiting_unlocks() -> list[Unlock]:
    """Unlocks of many numbers that a second administrator has not confirmed (H15)."""
    found = Unlock.objects.filter(needs_second=True, confirmed_by_name="", ended_at=None)
    return list(found.filter(until__gt=clock.now()).order_by("made_at"))


def account_number(customer_id: UUID) -> str:
    """What a holder tells the new carrier as account number: ten digits that never change.

    >>> account_number(UUID("01a21089-0000-7000-8000-0123456789ab"))
    '7854672299'
    """
    return f"{int(customer_id) & (2**64 - 1):010d}"[-10:]

"""Pure: what becomes of calls over one day. A walk from each instant at which something may change: every hour, and wherever an event of a
schedule that counts for somebody begins or ends by its own clock. No ORM, no clock, no network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialtone.services.diverting import Events
from dialtone.services.walk import Place, Reached, Walk, from_reached

_MIDNIGHT = time(0)


@dataclass(frozen=True)
class Span:
    """From `begin` until `end` calls go the way of `walk`."""

    begin: datetime
    end: datetime
    walk: Walk


def day_of(
    place: Place,
    found: Reached,
    day: date,
    zone: str,
    entries: Sequence[str] = (),
    *,
    caller: str = "",
    dialled: str = "",
) -> list[Span]:
    """A day by the clock of `zone`, in as few spans as there are ways that a call to `found` goes. Instants are UTC."""
    here = ZoneInfo(zone)
    begin, end = (
        datetime.combine(each, _MIDNIGHT, here).astimezone(UTC) for each in (day, day + timedelta(days=1))
    )
    spans: list[Span] = []
    turns = sorted(_turns(place, begin, end))
    for at, until in zip(turns, [*turns[1:], end], strict=True):
        walk = from_reached(place, found, at, entries, caller=caller, dialled=dialled)
        if spans and spans[-1].walk == walk:
            spans[-1] = Span(spans[-1].begin, until, walk)
        else:
            spans.append(Span(at, until, walk))
    return spans


def _turns(place: Place, begin: datetime, end: datetime) -> set[datetime]:
    """The instants of a day at which something may change, its beginning among them. Clocks are put back or forward on the hour."""
    hours = int((end - begin) / timedelta(hours=1))
    found = {begin + timedelta(hours=each) for each in range(hours)}
    for zone, times in _times(place).items():
        here = ZoneInfo(zone)
        first, last = (each.astimezone(here).date() for each in (begin, end))
        for days in range((last - first).days + 1):
            for each in times:
                for fold in (0, 1):  # an hour that comes twice
                    told = datetime.combine(first + timedelta(days=days), each.replace(fold=fold), here)
                    found.add(told.astimezone(UTC))
    return {each for each in found if begin <= each < end}


def _times(place: Place) -> Mapping[str, set[time]]:
    """By zone, at what time of day events begin and end; midnight always."""
    found: defaultdict[str, set[time]] = defaultdict(lambda: {_MIDNIGHT})
    for menu in place.menus.values():
        found[menu.time_zone] |= _of(menu.business_events) | _of(menu.holiday_events)
    for reasons in place.diverted.values():
        for reason in reasons:
            for events in (*reason.during, *reason.outside):
                found[reason.zone] |= _of(events)
    return found


def _of(events: Events) -> set[time]:
    return {
        time.fromisoformat(each[name])
        for each in events
        for name in ("startTime", "endTime")
        if each.get(name)
    }

"""When a port can happen: windows, holidays, the earliest day, the last moment to change one's mind. Pure.

All days and times are those of the place of the numbers; instants are kept in UTC (P6). Sources: PORT-25, PORT-34 to PORT-46,
PORT-52, PORT-53; decisions H1 to H3, H33, H34.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dialtone import countries
from dialtone.base import period
from dialtone.countries import Window
from dialtone.countries.calendar import business_days_after, is_business_day, next_business_day
from dialtone.countries.facts import WEEKDAYS, Porting

ONE_DAY = timedelta(days=1)
MINUTES_OF_DAY = 24 * 60


@dataclass(frozen=True)
class Place:
    """Where numbers are, as calendars see it: country, time zone, and the subdivision whose holidays count (H34)."""

    country: str
    zone: str
    subdivision: str | None = None


@dataclass(frozen=True)
class Kind:
    """What of an order bears on its times: its port type, its line type, and how many numbers it has."""

    port_type: str = ""
    line_type: str = ""
    size: int = 1

    def lead(self, rules: Porting) -> int:
        """Business days from receipt to the first possible FOC date (PORT-34, H2): "simple" is one plain line."""
        if self.line_type:
            return rules.lead_business_days(self.line_type)
        if self.size == 1 and "simple" in rules.min_lead:
            return rules.lead_business_days("simple")
        return rules.lead_business_days(self.port_type or None)

    def limit(self, rules: Porting) -> int:
        """Business days before the FOC date up to which an order may be cancelled or moved (PORT-52, H1)."""
        return rules.cancel_limit_business_days(self.port_type or None)


@dataclass(frozen=True)
class Slot:
    """One window of one day, as instants; `end` is not included."""

    name: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Day:
    """Whether a port can be on a day, or the code that says why not: past, too_early, weekend, holiday, no_window, too_far."""

    on: date
    possible: bool
    why: str = ""
    slots: tuple[Slot, ...] = ()


def received_on(handed_in_at: datetime, rules: Porting, place: Place) -> date:
    """The business day on which an order counts as received: the present one; after the cut-off, or on a day without
    business, the next (H2: 47 CFR 52.35 counts what comes at or after 13:00 local as received the next day at 08:00)."""
    local = handed_in_at.astimezone(ZoneInfo(place.zone))
    day = local.date()
    if not is_business_day(day, place.country, place.subdivision):
        return next_business_day(day, place.country, place.subdivision)
    if rules.received_next_day_from is not None and local.time() >= rules.received_next_day_from:
        return next_business_day(day + ONE_DAY, place.country, place.subdivision)
    return day


def earliest(handed_in_at: datetime, kind: Kind, rules: Porting, place: Place) -> date:
    """The first day on which a port handed in at an instant can be: business days after its receipt."""
    received = received_on(handed_in_at, rules, place)
    day = business_days_after(received, kind.lead(rules), place.country, place.subdivision)
    while not slots_of(day, rules, place):
        day = business_days_after(day, 1, place.country, place.subdivision)
    return day


def latest(now: datetime, kind: Kind, rules: Porting, place: Place) -> date:
    """The last day that can be wished: so many days ahead, and never before the earliest (BAD-PRT-19)."""
    today = now.astimezone(ZoneInfo(place.zone)).date()
    return max(today + timedelta(days=rules.horizon), earliest(now, kind, rules, place))


def look_at(day: date, now: datetime, kind: Kind, rules: Porting, place: Place) -> Day:
    """Whether a port handed in now can be on that day, and in which windows; else why not."""
    if day < now.astimezone(ZoneInfo(place.zone)).date():
        return Day(day, False, "past")
    if not is_business_day(day, place.country, place.subdivision):
        is_weekend = WEEKDAYS[day.weekday()] in _weekend(place, day)
        return Day(day, False, "weekend" if is_weekend else "holiday")
    if day < earliest(now, kind, rules, place):
        return Day(day, False, "too_early")
    if day > latest(now, kind, rules, place):
        return Day(day, False, "too_far")
    slots = slots_of(day, rules, place)
    return Day(day, bool(slots), "" if slots else "no_window", slots)


def days(first: date, last: date, now: datetime, kind: Kind, rules: Porting, place: Place) -> Iterator[Day]:
    """Every day from the first to the last with its verdict, for a calendar page."""
    for step in range((last - first).days + 1):
        yield look_at(first + timedelta(days=step), now, kind, rules, place)


def nearest(day: date, now: datetime, kind: Kind, rules: Porting, place: Place) -> tuple[date, ...]:
    """The possible days nearest to an impossible one: the last before it and the first after it (H33)."""
    first, last = earliest(now, kind, rules, place), latest(now, kind, rules, place)
    open_days = [each.on for each in days(first, last, now, kind, rules, place) if each.possible]
    before = [each for each in open_days if each < day][-1:]
    return (*before, *[each for each in open_days if each > day][:1])


def slots_of(day: date, rules: Porting, place: Place) -> tuple[Slot, ...]:
    """The windows of a day as instants. A window that the change of clocks swallows whole is none."""
    found = []
    for window in rules.windows:
        if window.is_open_on(day):
            start, end = instant(day, window.start, place.zone), instant(day, window.end, place.zone)
            if start < end:
                found.append(Slot(window.name or "", start, end))
    return tuple(found)


def slot_at(day: date, at: time | None, rules: Porting, place: Place) -> Slot | None:
    """The window that a wished time falls into; without a time the first of the day; None for a time outside all."""
    found = slots_of(day, rules, place)
    if at is None:
        return found[0] if found else None
    wished = instant(day, at, place.zone)
    return next((slot for slot in found if slot.start <= wished < slot.end), None)


def instant(day: date, at: time, zone: str) -> datetime:
    """A local time as an instant. A time that the clocks skip that day becomes the first after the gap, and one that
    comes twice its first coming: neither is ever stored as it was (P6).

    >>> instant(date(2026, 3, 29), time(2, 30), "Europe/Paris").isoformat()
    '2026-03-29T01:00:00+00:00'
    """
    local = datetime.combine(day, at, ZoneInfo(zone))
    found = local.astimezone(UTC)
    back = found.astimezone(ZoneInfo(zone))
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        return _end_of_gap(found, zone)
    return found


def exists_once(day: date, at: time, zone: str) -> bool:
    """Whether a local time comes exactly once on that day."""
    first = datetime.combine(day, at, ZoneInfo(zone))
    again = first.replace(fold=1)
    skipped = first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != first.replace(
        tzinfo=None
    )
    return not skipped and first.utcoffset() == again.utcoffset()


def changeable_until(foc_on: date, kind: Kind, rules: Porting, place: Place) -> datetime:
    """The instant from which an order with this FOC date may no longer be cancelled or moved: the end of the last
    business day that is at least the limit before it (PORT-52, H1).

    Five working days before Friday the 18th are reached on Friday the 11th, so it ends when that day ends.
    """
    last = business_days_after(foc_on, -kind.limit(rules), place.country, place.subdivision)
    return period.midnight(last + ONE_DAY, place.zone)


def may_change(now: datetime, foc_on: date | None, kind: Kind, rules: Porting, place: Place) -> bool:
    """Whether it can still be cancelled or moved without a support case; before a date is confirmed, always."""
    return foc_on is None or now < changeable_until(foc_on, kind, rules, place)


def deadline(start: datetime, business_days: int, place: Place) -> datetime:
    """The end of the business day so many business days after an instant's own."""
    day = start.astimezone(ZoneInfo(place.zone)).date()
    due = business_days_after(day, business_days, place.country, place.subdivision)
    return period.midnight(due + ONE_DAY, place.zone)


def window_text(window: Window) -> str:
    """A window's hours, for a sentence: 08:00-15:00."""
    return f"{window.start:%H:%M}-{window.end:%H:%M}"


def _end_of_gap(after: datetime, zone: str) -> datetime:
    """The first minute whose local reading is not before the gap: walks back from an instant behind it."""
    offset = after.astimezone(ZoneInfo(zone)).utcoffset()
    for minutes in range(1, MINUTES_OF_DAY):
        earlier = after - timedelta(minutes=minutes)
        if earlier.astimezone(ZoneInfo(zone)).utcoffset() != offset:
            return earlier + timedelta(minutes=1)
    return after


def _weekend(place: Place, day: date) -> tuple[str, ...]:
    return countries.get(place.country, day).calendar.weekend

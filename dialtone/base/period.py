"""Instants, days and periods: RFC 3339 in, one form out, places as time zones, ends not included.

A period is half-open, [start, end): the next one begins where this one ends and nothing is counted twice (H14, M5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from dialtone.base.problems import Problem

EARLIEST_YEAR, LATEST_YEAR = 1970, 2200

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(rf"{_DAY.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]+)?)?")
_INSTANT = re.compile(
    rf"({_DAY.pattern})[Tt ]([0-9:]{{8}}(?:\.[0-9]{{1,9}})?)([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})"
)
# Only zones named after a place: they know daylight saving and its changes. EST, Etc/GMT+5 and posix/… do not.
_PLACES = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@dataclass(frozen=True)
class Period:
    """From `start` on and before `end`; without an end it goes on. Raises ValueError unless aware and in order."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("a period is between aware instants")
        if self.end is not None and self.end < self.start:
            raise ValueError("a period does not end before it starts")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    @property
    def is_empty(self) -> bool:
        return self.end == self.start

    def overlaps(self, other: Period) -> bool:
        """Whether some instant lies in both; neighbours do not overlap."""
        return self.meet(other) is not None

    def meet(self, other: Period) -> Period | None:
        """What both have in common, or None."""
        start = max(self.start, other.start)
        ends = [each.end for each in (self, other) if each.end is not None]
        end = min(ends) if ends else None
        return Period(start, end) if end is None or start < end else None


def iso(instant: datetime) -> str:
    """As the API writes it, UTC with milliseconds (webex-api section 1); what is finer is cut off.

    >>> iso(datetime(2026, 11, 24, 8, tzinfo=UTC))
    '2026-11-24T08:00:00.000Z'
    """
    moment = instant.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parse_instant(text: object, field: str) -> datetime:
    """An aware UTC instant from RFC 3339 text. Raises Problem time.not_text, time.clock_needed, time.zone_needed,
    time.shape, time.impossible.
    """
    if not isinstance(text, str):
        raise Problem("time.not_text", field=field)
    shown = {"value": text[:40]}
    parts = _INSTANT.fullmatch(text)
    if parts is None:
        for shape, code in ((_DAY, "time.clock_needed"), (_CLOCK, "time.zone_needed")):
            if shape.fullmatch(text):
                raise Problem(code, field=field, values=shown)
        raise Problem("time.shape", field=field, values=shown)
    day, clock, zone = parts.groups()
    try:
        found = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in 'Zz' else zone}")
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Problem("time.impossible", field=field, values=shown) from error


def parse_day(text: object, field: str) -> date:
    """A civil date from YYYY-MM-DD. Raises Problem time.day."""
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            if EARLIEST_YEAR <= found.year <= LATEST_YEAR:
                return found
    raise Problem("time.day", field=field, values={"value": str(text)[:40]})


def check_order(start: date, end: date, *, field: str, most: timedelta | None = None) -> None:
    """Refuse a range whose end lies before its start, or that is longer than `most`; days or instants alike.

    Raises Problem time.order, time.too_long with `field`, the pointer of the end.
    """
    if end < start:
        raise Problem("time.order", field=field, values={"start": _shown(start), "end": _shown(end)})
    if most is not None and end - start > most:
        raise Problem("time.too_long", field=field, values={"days": most.days})


def check_zone(name: object, field: str = "/timeZone") -> str:
    """A time zone named by a place, such as America/New_York. Raises Problem time.zone_unknown."""
    if not isinstance(name, str) or name not in _place_zones():
        raise Problem("time.zone_unknown", field=field, values={"value": str(name)[:60]})
    return name


def midnight(day: date, zone: str) -> datetime:
    """The first instant of a civil day in a place, in UTC; where clocks skip midnight, the first that exists."""
    # A time that does not exist is read with the offset before the gap, which lands on the first instant after it.
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def local_days(period: Period, zone: str) -> Iterator[date]:
    """The civil days in a place that a period with an end touches, in order. Raises ValueError without an end."""
    if period.end is None:
        raise ValueError("a period without an end has no last day")
    if period.is_empty:
        return
    day = period.start.astimezone(ZoneInfo(zone)).date()
    while midnight(day, zone) < period.end:
        yield day
        day += timedelta(days=1)


@cache
def _place_zones() -> frozenset[str]:
    return frozenset(
        name for name in available_timezones() if name.partition("/")[0] in _PLACES and "/" in name
    )


def _shown(moment: date) -> str:
    return iso(moment) if isinstance(moment, datetime) else moment.isoformat()

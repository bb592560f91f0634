"""Pure rule: is it open now? A schedule's events against the wall clock of a place. No ORM, no clock, no network.

An event is kept in the words of the compatible API (webex-api section 8), since it comes and goes unchanged; `Event.of` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE",
    "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER",
)  # fmt: skip
WEEKS = ("FIRST", "SECOND", "THIRD", "FOURTH", "LAST")


@dataclass(frozen=True)
class Weekly:
    """On these weekdays (0 is Monday) of every so many weeks, counted from the week of the event's first day."""

    every: int
    days: frozenset[int]


@dataclass(frozen=True)
class YearlyByDate:
    """On this day of this month (1 is January); 29 February only in leap years."""

    month: int
    day: int


@dataclass(frozen=True)
class YearlyByDay:
    """On the first, second, third, fourth (0 to 3) or last (4) such weekday of this month."""

    month: int
    week: int
    weekday: int


@dataclass(frozen=True)
class Event:
    """A span of wall-clock time, from `begin` on the first day until `end` on the last, half open; it may come again until
    `until`, that day included."""

    first: date
    last: date
    begin: time
    end: time | None  # None is the midnight that ends the day
    again: Weekly | YearlyByDate | YearlyByDay | None = None
    until: date | None = None

    @staticmethod
    def of(told: Mapping[str, Any]) -> Event:
        """An event as it is stored. Whole days, and days that end at 23:59, end at midnight."""
        is_whole = bool(told.get("allDayEnabled"))
        end = None if is_whole else time.fromisoformat(told["endTime"])
        recurrence = told.get("recurrence") or {}
        until = recurrence.get("recurEndDate")
        return Event(
            first=date.fromisoformat(told["startDate"]),
            last=date.fromisoformat(told["endDate"]),
            begin=time(0) if is_whole else time.fromisoformat(told["startTime"]),
            end=None if end in (time(0), time(23, 59)) else end,
            again=_again(recurrence),
            until=date.fromisoformat(until) if until else None,
        )

    def covers(self, moment: datetime) -> bool:
        """Whether the event is under way at this moment of the wall clock (without zone).

        >>> lunch = Event(date(2026, 11, 23), date(2026, 11, 23), time(12), time(13), Weekly(1, frozenset({0, 2})))
        >>> [lunch.covers(datetime(2026, 12, day, 12, 30)) for day in (1, 2, 7)], lunch.covers(datetime(2026, 12, 2, 13))
        ([False, True, True], False)
        """
        length = (self.last - self.first).days
        for back in range(length + 1):
            day = moment.date() - timedelta(days=back)
            if self._begins_on(day) and self._span(day, length)[0] <= moment < self._span(day, length)[1]:
                return True
        return False

    def days(self, since: date, until: date) -> Iterator[date]:
        """The days from `since` to `until`, both included, on which the event begins."""
        for step in range((until - since).days + 1):
            day = since + timedelta(days=step)
            if self._begins_on(day):
                yield day

    def _span(self, day: date, length: int) -> tuple[datetime, datetime]:
        last = day + timedelta(days=length)
        if self.end is None:
            return datetime.combine(day, self.begin), datetime.combine(last + timedelta(days=1), time(0))
        return datetime.combine(day, self.begin), datetime.combine(last, self.end)

    def _begins_on(self, day: date) -> bool:
        if day < self.first or (self.until is not None and day > self.until):
            return False
        match self.again:
            case None:
                return day == self.first
            case Weekly(every, days):
                weeks = (_monday(day) - _monday(self.first)).days // 7
                return day.weekday() in days and weeks % every == 0
            case YearlyByDate(month, number):
                return (day.month, day.day) == (month, number)
            case YearlyByDay(month, week, weekday):
                is_last = (day + timedelta(days=7)).month != day.month
                in_week = is_last if week == WEEKS.index("LAST") else (day.day - 1) // 7 == week
                return day.month == month and day.weekday() == weekday and in_week


def is_open(events: Iterable[Mapping[str, Any]], moment: datetime) -> bool:
    """Whether any of a schedule's events is under way at this moment of the wall clock (without zone)."""
    return any(Event.of(event).covers(moment) for event in events)


def _again(told: Mapping[str, Any]) -> Weekly | YearlyByDate | YearlyByDay | None:
    if weekly := told.get("recurWeekly"):
        days = frozenset(index for index, name in enumerate(DAYS) if weekly.get(name))
        return Weekly(weekly.get("recurInterval") or 1, days)
    if by_date := told.get("recurYearlyByDate"):
        return YearlyByDate(MONTHS.index(by_date["month"]) + 1, by_date["dayOfMonth"])
    if by_day := told.get("recurYearlyByDay"):
        weekday = DAYS.index(by_day["day"].lower())
        return YearlyByDay(MONTHS.index(by_day["month"]) + 1, WEEKS.index(by_day["week"]), weekday)
    return None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

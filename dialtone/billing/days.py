"""Months and spans of civil days, ends not included: what recurring charges are counted in (H14)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from dialtone.base.period import EARLIEST_YEAR, LATEST_YEAR
from dialtone.base.problems import Problem

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, order=True)
class Days:
    """From `start` on and before `end`; without an end it goes on."""

    start: date
    end: date | None = None

    def meet(self, other: Days) -> Days | None:
        """What both have in common; None where that is no day."""
        start = max(self.start, other.start)
        ends = [each.end for each in (self, other) if each.end is not None]
        end = min(ends) if ends else None
        return Days(start, end) if end is None or start < end else None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, with its real number of days.

    >>> str(Month(2026, 12).next), Month(2028, 2).days
    ('2027-01', 29)
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: object, field: str = "/month") -> Month:
        """From "2026-11". Raises Problem billing.month."""
        parts = _MONTH.fullmatch(text) if isinstance(text, str) else None
        if parts and EARLIEST_YEAR <= int(parts[1]) <= LATEST_YEAR and 1 <= int(parts[2]) <= 12:
            return cls(int(parts[1]), int(parts[2]))
        raise Problem("billing.month", field=field, values={"value": str(text)[:20]})

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        return Month.of(self.first + timedelta(days=31))

    @property
    def before(self) -> Month:
        return Month.of(self.first - timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.next.first - self.first).days

    @property
    def span(self) -> Days:
        return Days(self.first, self.next.first)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended everywhere on earth: the last place is twelve hours behind UTC."""
        return now.astimezone(UTC) - timedelta(hours=12) >= datetime(
            self.next.year, self.next.number, 1, tzinfo=UTC
        )

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def months(first: Month, last: Month) -> list[Month]:
    """All from the first to the last; none when the last comes before."""
    found = []
    while first <= last:
        found.append(first)
        first = first.next
    return found


def cut(whole: Days, at: Iterable[date]) -> list[Days]:
    """A span with an end, cut where one of the days lies inside it."""
    assert whole.end is not None
    edges = sorted({whole.start, whole.end, *(day for day in at if whole.start < day < whole.end)})
    return [Days(start, end) for start, end in pairwise(edges)]

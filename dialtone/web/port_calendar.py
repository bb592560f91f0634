"""The calendar of a port order: every day of the coming weeks, possible or not and why not, and how late one may change (H29, H33)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel import dates

from dialtone.base import clock
from dialtone.porting import book, calendar, queries, wish_date
from dialtone.porting.models import PortOrder
from dialtone.porting.words import DAY_WHY
from dialtone.web import reading

WEEK = 7
MOST_MONTHS = 4


@dataclass(frozen=True)
class Cell:
    """One day of a month; `on` None fills the week before its first and after its last day."""

    on: date | None = None
    possible: bool = False
    why: str = ""
    is_chosen: bool = False

    @property
    def iso(self) -> str:
        return self.on.isoformat() if self.on else ""


@dataclass(frozen=True)
class Month:
    """A month as weeks of cells."""

    name: str
    weeks: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Calendar:
    """Everything the page says about days."""

    months: tuple[Month, ...]
    weekdays: tuple[tuple[str, str], ...]
    earliest: date
    latest: date
    windows: str
    zone: str
    holidays: tuple[tuple[date, str], ...]
    changeable_until: datetime
    chosen: str


def of(order: PortOrder, chosen: str = "") -> Calendar:
    """The calendar for an order that is handed in (or moved) now; `chosen` is the day as the form has it."""
    rules, place, kind, now = book.rules(order), book.place(order), book.kind(order), clock.now()
    today = clock.today(order.zone)
    first = max(
        today.replace(day=1), today - timedelta(days=today.weekday())
    )  # weeks that are over need no reason
    earliest, latest = calendar.earliest(now, kind, rules, place), calendar.latest(now, kind, rules, place)
    last = min(_end_of(latest), _end_of(first + timedelta(days=31 * (MOST_MONTHS - 1))))
    days = queries.days_of(order, first, last)
    day = _read(chosen) or earliest
    return Calendar(
        months=tuple(_months(days, chosen)),
        weekdays=tuple(_weekdays()),
        earliest=earliest,
        latest=latest,
        windows=wish_date.windows_text(rules),
        zone=order.zone,
        holidays=tuple(
            (each.on, wish_date.holiday_name(each.on, place)) for each in days if each.why == "holiday"
        ),
        changeable_until=calendar.changeable_until(day, kind, rules, place),
        chosen=chosen,
    )


def _months(days: list[calendar.Day], chosen: str) -> Iterator[Month]:
    by_month: dict[tuple[int, int], list[Cell]] = {}
    for each in days:
        why = "" if each.possible else str(DAY_WHY[each.why])
        cell = Cell(each.on, each.possible, why, each.on.isoformat() == chosen)
        by_month.setdefault((each.on.year, each.on.month), []).append(cell)
    for (year, month), cells in by_month.items():
        begins = next(each.on for each in days if (each.on.year, each.on.month) == (year, month))
        padded = [*[Cell()] * begins.weekday(), *cells]
        padded += [Cell()] * (-len(padded) % WEEK)
        weeks = tuple(tuple(padded[at : at + WEEK]) for at in range(0, len(padded), WEEK))
        yield Month(
            dates.format_skeleton("yMMMM", date(year, month, 1), locale=reading.reader_locale()), weeks
        )


def _weekdays() -> Iterator[tuple[str, str]]:
    """(short, whole) names from Monday on."""
    locale = reading.reader_locale()
    for day in range(WEEK):
        yield locale.days["stand-alone"]["abbreviated"][day], locale.days["stand-alone"]["wide"][day]


def _end_of(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

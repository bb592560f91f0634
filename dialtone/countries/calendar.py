"""Business days: weekends and the holidays that count (decision H34).

Holidays come from the `holidays` package: national ones plus, where `calendar.subdivision_holidays` says so,
those of the state or region. An unknown or absent subdivision means national holidays only, save where the country
file names a default.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from dialtone.countries.facts import WEEKDAYS
from dialtone.countries.load import get


def is_business_day(day: date, iso: str, subdivision: str | None = None) -> bool:
    """Whether carriers in that country work that day.

    >>> is_business_day(date(2026, 12, 25), "US")
    False
    """
    calendar = get(iso, day).calendar
    counted = (subdivision or calendar.default_subdivision) if calendar.subdivision_holidays else None
    return WEEKDAYS[day.weekday()] not in calendar.weekend and day not in _holidays(
        iso.upper(), counted, day.year
    )


def next_business_day(day: date, iso: str, subdivision: str | None = None) -> date:
    """The day itself if it is a business day, else the first one after it."""
    while not is_business_day(day, iso, subdivision):
        day += timedelta(days=1)
    return day


def business_days_after(start: date, n: int, iso: str, subdivision: str | None = None) -> date:
    """The n-th business day after `start`, which itself never counts; 0 is `start`, negative n counts back.

    >>> business_days_after(date(2026, 12, 24), 1, "US")
    datetime.date(2026, 12, 28)
    """
    step = timedelta(days=1 if n >= 0 else -1)
    day, left = start, abs(n)
    while left:
        day += step
        left -= is_business_day(day, iso, subdivision)
    return day


def business_days_between(start: date, end: date, iso: str, subdivision: str | None = None) -> int:
    """Business days after `start` up to and with `end`; 0 when `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_business_day(day, iso, subdivision) for day in days)


def subdivision_of(iso: str, on: date, state: str = "", postal_code: str = "") -> str | None:
    """The part of the country whose holidays count at an address, or None when it cannot be told.

    >>> subdivision_of("GB", date(2026, 1, 2), postal_code="EH1 1YZ")
    'SCT'
    """
    country = get(iso, on)
    if state and state.upper() in country.address.states:
        return state.upper()
    area = re.match(r"[A-Za-z]*", postal_code.strip())
    return country.calendar.subdivision_by_postcode_area.get(area[0].upper() if area else "")


def holidays_of(iso: str, year: int, subdivision: str | None = None) -> list[tuple[date, str]]:
    """The holidays of a year that count there (H34), in order, each with its name in the country's own language.

    >>> holidays_of("US", 2026)[0]
    (datetime.date(2026, 1, 1), "New Year's Day")
    """
    calendar = get(iso, date(year, 1, 1)).calendar
    counted = (subdivision or calendar.default_subdivision) if calendar.subdivision_holidays else None
    return sorted(_named_holidays(iso.upper(), counted, year).items())


@lru_cache(maxsize=1024)
def _holidays(iso: str, subdivision: str | None, year: int) -> frozenset[date]:
    return frozenset(_named_holidays(iso, subdivision, year))


def _named_holidays(iso: str, subdivision: str | None, year: int) -> dict[date, str]:
    import holidays  # takes half a second, and most commands need none

    known = getattr(holidays, iso).subdivisions
    return dict(
        holidays.country_holidays(iso, subdiv=subdivision if subdivision in known else None, years=year)
    )

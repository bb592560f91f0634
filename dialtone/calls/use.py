"""How phones were used in a span of time: calls and minutes by day, hour, country, location and person. Any scope; counts, no calls."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractHour, TruncDate

from dialtone.calls.models import CallRecord

MOST_DAYS = 92
MOST_PEOPLE = 25  # with the most calls; the others are one row
HOURS = range(24)


@dataclass(frozen=True)
class Amount:
    """So many calls, answered or not, and so many seconds spoken."""

    calls: int = 0
    seconds: int = 0

    @property
    def minutes(self) -> int:
        """Whole minutes of all of them together; what began counts."""
        return -(-self.seconds // 60)


@dataclass(frozen=True)
class Use:
    """Amounts by day (every day of the span), by hour of the day, by country of the other side ("" where there is none) and
    location (None where there is none); these with the most calls first. By person, as they were called then ("" where nobody had
    the number): those with the most calls, and `others` together."""

    days: Mapping[date, Amount]
    hours: Mapping[int, Amount]
    countries: Mapping[str, Amount]
    locations: Mapping[UUID | None, Amount]
    people: Mapping[str, Amount]
    others: Amount

    @property
    def total(self) -> Amount:
        return _sum(self.hours.values())


def use(found: QuerySet[CallRecord], first: date, last: date, zone: str) -> Use:
    """The use that these records make, seen from a time zone; they lie within the days from `first` to `last`."""
    at = ZoneInfo(zone)
    days = _amounts(found, TruncDate("started_at", tzinfo=at))
    hours = _amounts(found, ExtractHour("started_at", tzinfo=at))
    people = list(_amounts(found, "owner_name").items())
    span = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return Use(
        days={day: days.get(day, Amount()) for day in span},
        hours={hour: hours.get(hour, Amount()) for hour in HOURS},
        countries=_amounts(found, "other_country"),
        locations=_amounts(found, "location_id"),
        people=dict(people[:MOST_PEOPLE]),
        others=_sum(amount for _name, amount in people[MOST_PEOPLE:]),
    )


def _sum(amounts: Iterable[Amount]) -> Amount:
    found = list(amounts)
    return Amount(sum(each.calls for each in found), sum(each.seconds for each in found))


def _amounts(found: QuerySet[CallRecord], by: Any) -> dict[Any, Amount]:
    rows = found.order_by().values_list(by).annotate(calls=Count("id"), seconds=Sum("seconds"))
    amounts: dict[Hashable, Amount] = {key: Amount(calls, seconds or 0) for key, calls, seconds in rows}
    return dict(sorted(amounts.items(), key=lambda each: (-each[1].calls, str(each[0]))))

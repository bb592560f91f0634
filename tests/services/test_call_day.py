"""A day of calls in spans: they change where a schedule begins or ends by its own clock, also on days of 23 and 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from dialtone.services.call_day import day_of
from dialtone.services.diverting import Diversion
from dialtone.services.walk import Place, Reached, from_reached

QUEUE = Reached("queue", "q", "Support", "here")
NIGHT = Reached("person", "n", "Night", "here")


def place(begin: str, end: str, zone: str) -> Place:
    daily: dict[str, Any] = {"recurForEver": True, "recurWeekly": {"recurInterval": 1, **dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), True)}}  # fmt: skip
    open_hours = [{"id": "1", "name": "Open", "startDate": "2026-01-01", "endDate": "2026-01-01", "startTime": begin,
                   "endTime": end, "recurrence": daily}]  # fmt: skip
    away = Diversion("night_service", "2000", zone=zone, outside=(open_hours,))
    return Place({}, {}, {"2000": [NIGHT]}, diverted={"q": [away]})


@pytest.mark.parametrize(
    ("begin", "end", "zone", "spans"),
    [
        ("09:07", "17:33", "America/New_York", ["00:00 Night", "09:07 Support", "17:33 Night"]),
        ("09:00", "17:00", "Europe/Oslo", ["00:00 Night", "03:00 Support", "11:00 Night"]),  # six hours ahead
        ("00:00", "23:59", "America/New_York", ["00:00 Support"]),
        ("22:00", "06:00", "Asia/Tokyo", ["00:00 Night", "08:00 Support", "16:00 Night"]),
    ],
)
def test_spans_begin_where_the_schedule_does(begin: str, end: str, zone: str, spans: list[str]) -> None:
    if begin > end:  # into the next day
        events = place(begin, "00:00", zone).diverted["q"][0].outside[0]
        late = [{**events[0], "endDate": "2026-01-02", "endTime": end}]
        where = Place(
            {},
            {},
            {"2000": [NIGHT]},
            diverted={"q": [Diversion("night_service", "2000", zone=zone, outside=(late,))]},
        )
    else:
        where = place(begin, end, zone)
    found = day_of(where, QUEUE, date(2026, 12, 1), "America/New_York")
    told = [f"{each.begin - timedelta(hours=5):%H:%M} {each.walk.end.name}" for each in found]
    assert told == spans


@pytest.mark.parametrize(
    ("on", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)]
)
def test_every_minute_of_a_day_is_as_the_span_says(on: date, hours: int) -> None:
    where = place("01:30", "17:45", "America/New_York")
    found = day_of(where, QUEUE, on, "America/New_York")
    assert found[-1].end - found[0].begin == timedelta(hours=hours)
    assert all(one.end == two.begin for one, two in pairwise(found))
    at = found[0].begin
    while at < found[-1].end:
        (span,) = [each for each in found if each.begin <= at < each.end]
        assert from_reached(where, QUEUE, at, ()) == span.walk, at
        at += timedelta(minutes=5)
    assert datetime(on.year, on.month, on.day, 15, tzinfo=UTC) > found[0].begin

"""Times at the edge, periods with an open end, days as people in a place count them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.period import (
    Period,
    check_order,
    check_zone,
    iso,
    local_days,
    midnight,
    parse_day,
    parse_instant,
)
from dialtone.base.problems import Problem

NOON = datetime(2026, 10, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0001-01-01T00:00:00+14:00", "time.impossible"),  # BAD-TIM-01
        ("9999-12-31T23:59:59-14:00", "time.impossible"),
        ("2026-02-30T12:00:00Z", "time.impossible"),
        ("2026-10-28T25:00:00Z", "time.impossible"),
        ("2026-10-28T12:00:60Z", "time.impossible"),
        ("2026-10-28T12:00:00+99:99", "time.impossible"),
        ("2026-10-28", "time.clock_needed"),
        ("2026-10-28T12:00:00", "time.zone_needed"),
        ("2026-10-28 12:00", "time.zone_needed"),
        ("٢٠٢٦-10-28T12:00:00Z", "time.shape"),
        ("tomorrow", "time.shape"),
        ("", "time.shape"),
        ("2026-10-28T12:00:00Z\n", "time.shape"),
        ("x" * 100_000, "time.shape"),
        (1793203200, "time.not_text"),
        (None, "time.not_text"),
    ],
)
def test_instants_refused(text: object, code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_instant(text, "/at")
    assert (refused.value.code, refused.value.field) == (code, "/at")
    assert len(refused.value.sentence()) < 200


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-28T12:00:00Z",
        "2026-10-28t12:00:00z",
        "2026-10-28T08:00:00-04:00",
        "2026-10-28T12:00:00.000000000Z",
    ],
)
def test_instants_read(text: str) -> None:
    assert parse_instant(text, "/at") == NOON


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 12, 30), timezones=st.just(UTC)))
def test_written_instants_are_read_back_to_the_millisecond(instant: datetime) -> None:
    text = iso(instant)
    assert len(text) == 24
    assert parse_instant(text, "/at") == instant.replace(microsecond=instant.microsecond // 1000 * 1000)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-1-1", "20261028", "0001-01-01", 20261028, None, "2026-10-28T00:00:00Z"]
)
def test_days_refused(text: object) -> None:
    with pytest.raises(Problem) as refused:
        parse_day(text, "/from")
    assert refused.value.code == "time.day"


def test_days_read() -> None:
    assert parse_day("2028-02-29", "/from") == date(2028, 2, 29)


def test_ranges() -> None:
    check_order(date(2026, 10, 1), date(2026, 10, 1), field="/to")
    with pytest.raises(Problem, match=r"time\.order"):
        check_order(date(2026, 11, 1), date(2026, 10, 1), field="/to")
    with pytest.raises(Problem) as refused:
        check_order(date(1900, 1, 1), date(2100, 1, 1), field="/to", most=timedelta(days=366))
    assert "366" in refused.value.allowed_text()


@pytest.mark.parametrize(
    "name",
    [
        "EST",
        "Mars/Phobos",
        "UTC",
        "Etc/GMT+5",
        "US/Eastern",
        "posix/Europe/Oslo",
        "../etc/passwd",
        "",
        None,
        5,
    ],
)
def test_zones_that_are_no_place(name: object) -> None:
    with pytest.raises(Problem) as refused:
        check_zone(name)
    assert "America/New_York" in refused.value.allowed_text()


@pytest.mark.parametrize(
    "name", ["America/New_York", "America/Argentina/Ushuaia", "Europe/Copenhagen", "Asia/Tokyo"]
)
def test_zones_that_are_places(name: str) -> None:
    assert check_zone(name) == name


def test_the_end_is_not_included() -> None:
    period = Period(NOON, NOON + HOUR)
    assert NOON in period
    assert NOON + HOUR not in period
    assert NOON + 1000 * HOUR in Period(NOON)
    assert not period.overlaps(Period(NOON + HOUR))
    assert period.meet(Period(NOON - HOUR, NOON + HOUR / 2)) == Period(NOON, NOON + HOUR / 2)
    assert Period(NOON).meet(Period(NOON + HOUR)) == Period(NOON + HOUR)
    assert Period(NOON, NOON).is_empty


def test_no_period_of_naive_or_turned_instants() -> None:
    with pytest.raises(ValueError, match="aware"):
        Period(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="before it starts"):
        Period(NOON, NOON - HOUR)


def test_days_follow_the_place_through_clock_changes() -> None:
    def length(day: date) -> timedelta:
        return midnight(day + timedelta(days=1), "America/New_York") - midnight(day, "America/New_York")

    assert length(date(2026, 11, 1)) == 25 * HOUR
    assert length(date(2026, 3, 8)) == 23 * HOUR
    begin, end = (midnight(date(2026, month, 1), "America/New_York") for month in (11, 12))
    assert len(list(local_days(Period(begin, end), "America/New_York"))) == 30
    assert len(list(local_days(Period(begin, end), "Asia/Tokyo"))) == 31
    assert list(local_days(Period(NOON, NOON), "Asia/Tokyo")) == []


def test_midnight_that_clocks_skip() -> None:
    # Havana skips 00:00 to 01:00 on 8 March 2026.
    begin = midnight(date(2026, 3, 8), "America/Havana")
    assert begin == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert midnight(date(2026, 3, 9), "America/Havana") - begin == 23 * HOUR

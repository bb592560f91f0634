"""When a port can be: cases anybody can read (cases/dates.yaml), and clock changes through two years in many zones (P6, T8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from dialtone import countries
from dialtone.countries.calendar import is_business_day, subdivision_of
from dialtone.countries.zones import zone_of
from dialtone.porting import calendar
from dialtone.porting.calendar import Kind, Place

CASES = Path(__file__).parent / "cases"
ZONES = {
    "US": "America/New_York", "GB": "Europe/London", "FR": "Europe/Paris", "DE": "Europe/Berlin", "IT": "Europe/Rome",
    "GR": "Europe/Athens", "CA": "America/St_Johns", "AU": "Australia/Lord_Howe", "NZ": "Pacific/Auckland", "FI": "Europe/Helsinki",
}  # fmt: skip


def _cases() -> list[Any]:
    found = []
    for case in yaml.safe_load((CASES / "dates.yaml").read_text()):
        marks = [pytest.mark.req(*case["proves"])] if case.get("proves") else []
        found.append(pytest.param(case, id=case["name"], marks=marks))
    return found


def _moment(text: Any, zone: str) -> datetime:
    return datetime.fromisoformat(str(text)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    given, zone = case["given"], ZONES[case["given"]["country"]]
    now = _moment(given["handed in"], zone)
    iso = given["country"]
    rules = countries.get(iso, now.date()).porting
    part = subdivision_of(iso, now.date(), given.get("state", ""), given.get("postcode", ""))
    place = Place(iso, zone, part)
    kind = Kind(given.get("port type", ""), given.get("line type", ""), given["numbers"])
    answers: dict[str, Any] = {
        "received": calendar.received_on(now, rules, place),
        "earliest": calendar.earliest(now, kind, rules, place),
    }
    if "wished" in given:
        day = calendar.look_at(given["wished"], now, kind, rules, place)
        nearest = list(calendar.nearest(given["wished"], now, kind, rules, place))
        answers |= {"possible": day.possible, "why": day.why, "nearest": nearest}
    if "FOC date" in given:
        until = calendar.changeable_until(given["FOC date"], kind, rules, place).astimezone(ZoneInfo(zone))
        answers["changeable until"] = until.strftime("%Y-%m-%d %H:%M")
    for asked, expected in case["expect"].items():
        answer = answers[asked]
        wanted = str(expected)[:16] if asked == "changeable until" else expected
        assert answer == wanted, f"{asked}: {answer!r}, not {wanted!r}"


@pytest.mark.req("PORT-42", "PORT-43", "PORT-44", "PORT-45", "PORT-46")
@pytest.mark.parametrize(
    ("iso", "hours"),
    [
        ("CH", ["08:00-15:00"]), ("BE", ["08:00-15:00"]), ("SE", ["08:00-15:00"]), ("NL", ["09:00-16:00"]),
        ("LT", ["09:00-16:00"]), ("LU", ["09:00-16:00"]), ("DK", ["09:00-16:00"]), ("FI", ["08:00-17:00"]),
        ("DE", ["06:00-08:00"]), ("GR", ["09:00-18:00"]), ("IT", ["08:00-18:00"]), ("FR", ["10:00-13:00", "14:00-17:00"]),
    ],
)  # fmt: skip
def test_windows_are_local_and_on_weekdays_only(iso: str, hours: list[str]) -> None:
    zone = countries.get(iso, date(2026, 11, 2)).identity.time_zones[0]
    rules, place = countries.get(iso, date(2026, 11, 2)).porting, Place(iso, zone)
    monday = calendar.slots_of(date(2026, 11, 2), rules, place)
    local = [
        f"{s.start.astimezone(ZoneInfo(zone)):%H:%M}-{s.end.astimezone(ZoneInfo(zone)):%H:%M}" for s in monday
    ]
    assert local == hours
    assert calendar.slots_of(date(2026, 11, 7), rules, place) == ()


@pytest.mark.parametrize("iso", sorted(ZONES))
def test_through_two_years_every_possible_day_is_a_business_day_within_lead_and_horizon(iso: str) -> None:
    place = Place(iso, ZONES[iso])
    rules = countries.get(iso, date(2026, 1, 1)).porting
    for kind in (Kind(size=1), Kind("standard", size=20)):
        for step in range(0, 730, 3):
            now = datetime(2026, 1, 1, 15, 30, tzinfo=UTC) + timedelta(days=step, hours=step % 24)
            first = calendar.earliest(now, kind, rules, place)
            last = calendar.latest(now, kind, rules, place)
            received = calendar.received_on(now, rules, place)
            assert is_business_day(first, iso)
            assert is_business_day(received, iso)
            for day in (first, last, first + timedelta(days=1), last + timedelta(days=1)):
                verdict = calendar.look_at(day, now, kind, rules, place)
                assert verdict.possible == bool(verdict.slots) == (not verdict.why)
                if verdict.possible:
                    assert first <= day <= last
                    assert is_business_day(day, iso)
                    assert all(slot.start < slot.end for slot in verdict.slots)


def test_a_time_that_the_clocks_skip_or_repeat_is_never_stored_as_it_was() -> None:
    half_past_two = time(2, 30)
    for zone in (*ZONES.values(), "America/Santiago", "Africa/Cairo"):
        for step in range(730):
            day = date(2026, 1, 1) + timedelta(days=step)
            for at in (time(0, 15), half_past_two, time(3, 0)):
                found = calendar.instant(day, at, zone)
                back = found.astimezone(ZoneInfo(zone))
                if calendar.exists_once(day, at, zone):
                    assert (back.date(), back.time()) == (day, at)
                elif back.time() != at:  # skipped: the first instant after the gap
                    assert back > (found - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
                    offset_before = (found - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).utcoffset()
                    assert offset_before != back.utcoffset()


def test_local_time_is_that_of_the_numbers_area() -> None:
    assert zone_of("+13127310100") == "America/Chicago"
    assert zone_of("+18088310100") == "Pacific/Honolulu"
    assert zone_of("+61731000000") == "Australia/Brisbane"
    assert zone_of("+4533660100") is None

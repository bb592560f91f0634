"""Where a call ends: every key at every hour of a week with a holiday (story 4), and that a walk always ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.services import opening
from dialtone.services.diverting import Diversion
from dialtone.services.menu_shape import ACTIONS, KEYS, menu_shape
from dialtone.services.shape import defaults
from dialtone.services.walk import End, Menu, Place, Reached, Walk, by_keys, from_reached, where_it_ends

HERE, THERE = "here", "there"
NEW_YORK = ZoneInfo("America/New_York")
WEEKDAYS = {"recurWeekly": {"recurInterval": 1, "monday": True, "tuesday": True, "wednesday": True, "thursday": True, "friday": True}}  # fmt: skip
HOURS = [
    {"id": "1", "name": "Morning", "startDate": "2026-11-02", "endDate": "2026-11-02", "startTime": "09:00", "endTime": "12:00", "recurrence": WEEKDAYS},
    {"id": "2", "name": "Afternoon", "startDate": "2026-11-02", "endDate": "2026-11-02", "startTime": "13:00", "endTime": "17:00", "recurrence": WEEKDAYS},
]  # fmt: skip
THANKSGIVING = [
    {
        "id": "3", "name": "Thanksgiving", "startDate": "2025-11-27", "endDate": "2025-11-27", "allDayEnabled": True,
        "recurrence": {"recurYearlyByDay": {"day": "THURSDAY", "week": "FOURTH", "month": "NOVEMBER"}},
    }
]  # fmt: skip
ANN = Reached("person", "ann", "Ann Abel", HERE, ("ann abel", "abel ann"))
BEA = Reached("person", "bea", "Bea Abel", HERE, ("bea abel", "abel bea"))
FAR = Reached("person", "far", "Far Away", THERE, ("far away", "away far"))
SALES = Reached("hunt_group", "sales", "Sales", HERE, ("sales",))
MAIN, NIGHT = Reached("phone_menu", "main", "Main", HERE), Reached("phone_menu", "night", "Night", HERE)


def offer(*keys: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    rows = [{"key": key, "action": action, "value": value} for key, action, value in keys]
    return {**defaults(menu_shape(lambda told, field: {})), "keyConfigurations": rows, **more}


def menu(id: str, business: dict[str, Any], after: dict[str, Any]) -> Menu:
    return Menu(id, id.title(), HERE, "America/New_York", HOURS, THANKSGIVING, business, after)


BY_DAY = offer(
    ("0", "TRANSFER_TO_OPERATOR", "1001"),
    ("1", "TRANSFER_WITHOUT_PROMPT", "1100"),
    ("2", "TRANSFER_WITH_PROMPT", "+13125550199"),
    ("3", "TRANSFER_TO_MAILBOX", "1002"),
    ("4", "TRANSFER_WITHOUT_PROMPT", "1900"),
    ("5", "PLAY_ANNOUNCEMENT", "hours.wav"),
    ("6", "REPEAT_MENU", ""),
    ("7", "NAME_DIALING", ""),
    ("8", "EXTENSION_DIALING", ""),
    ("9", "TRANSFER_WITHOUT_PROMPT", "1901"),
    ("#", "EXIT", ""),
)
BY_NIGHT = offer(("1", "TRANSFER_TO_MAILBOX", "1001"), ("*", "RETURN_TO_PREVIOUS_MENU", ""))
PLACE = Place(
    menus={
        "main": menu("main", BY_DAY, BY_NIGHT),
        "night": menu("night", offer(("*", "RETURN_TO_PREVIOUS_MENU", "")), BY_NIGHT),
    },
    numbers={"+13125550100": MAIN},
    extensions={"1001": [ANN], "1002": [BEA], "1100": [SALES], "1901": [NIGHT], "2001": [FAR]},
)
DAY = {
    "0": End("person", "Ann Abel", "ann"),
    "1": End("hunt_group", "Sales", "sales"),
    "2": End("outside", destination="+13125550199"),
    "3": End("mailbox", "Bea Abel", "bea", "1002"),
    "4": End("nobody", destination="1900"),
}
HUNG_UP = End("hung_up")


def call(at: datetime, *entries: str, to: str = "main", place: Place = PLACE) -> Walk:
    return where_it_ends(place, to, at, entries)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


def test_every_key_at_every_hour_of_a_week_with_a_holiday() -> None:
    """Monday 23 to Sunday 29 November 2026; Thursday is Thanksgiving. What is expected is told here by hand, not by a rule."""
    begin = local(23, 0)
    opened = {(day, hour) for day in (23, 24, 25, 27) for hour in (9, 10, 11, 13, 14, 15, 16)}
    seen = 0
    for step in range(7 * 24):
        at = begin + timedelta(hours=step)
        is_open = (at.day, at.hour) in opened
        for key in KEYS:
            expected = DAY.get(key, HUNG_UP) if is_open else HUNG_UP
            if not is_open and key == "1":
                expected = End("mailbox", "Ann Abel", "ann", "1001")
            assert call(at.astimezone(UTC), key).end == expected, (at, key)
            seen += 1
    assert seen == 2016


@pytest.mark.parametrize(
    ("at", "hours"),
    [
        (local(25, 8, 59), "menu_after"),
        (local(25, 9), "menu_business"),
        (local(25, 12), "menu_after"),
        (local(25, 16, 59), "menu_business"),
        (local(26, 10), "menu_holiday"),
        (local(28, 10), "menu_after"),
    ],
)
def test_the_greeting_tells_the_hours(at: datetime, hours: str) -> None:
    assert call(at).steps[0].what == hours


def test_extensions_names_and_menus_in_menus() -> None:
    at = local(25, 10)
    assert call(at, "8", "1002").end == End("person", "Bea Abel", "bea")
    assert call(at, "8", "2001").end == End("person", "Far Away", "far")  # the only one in the whole company
    assert [step.what for step in call(at, "8", "7777", "#").steps][-2:] == ["unknown_extension", "pressed"]
    assert call(at, "7", by_keys("ann")).end == End("person", "Ann Abel", "ann")
    assert call(at, "7", by_keys("abel")).end == End("choice", "Ann Abel, Bea Abel")
    assert call(at, "7", "999").steps[-1].what == "unknown_name"
    # Nobody said that extensions may be dialled at once here, so these are four keys, and the first one acts.
    assert call(at, "1002").end == DAY["1"]
    free = Place({"main": menu("main", {**BY_DAY, "extensionEnabled": True}, BY_NIGHT)}, {}, PLACE.extensions)
    assert call(at, "1002", place=free).end == End("person", "Bea Abel", "bea")
    inner = call(at, "9", "*", "0")
    assert [step.menu_id for step in inner.steps if step.what.startswith("menu_")] == [
        "main",
        "night",
        "main",
    ]
    assert inner.end == DAY["0"]
    assert call(at, "5", "5").waits == "main"


def test_silence_and_forwarding() -> None:
    after = {"retryAttemptForNoInput": "TWO_TIMES", "noInputTimer": 10, "actionToBePerformed": {"action": "TRANSFER_TO_OPERATOR", "transferCallTo": "1001"}}  # fmt: skip
    kind = Place({"main": menu("main", offer(callTreatment=after), BY_NIGHT)}, {}, PLACE.extensions)
    walk = call(local(25, 10), place=kind)
    assert ([step.what for step in walk.steps].count("no_input"), walk.end) == (2, DAY["0"])
    sent_on = Place(PLACE.menus, PLACE.numbers, PLACE.extensions, {"main": "1001", "ann": "+4930123456"})
    assert call(local(25, 10), "1", place=sent_on).end == End("outside", destination="+4930123456")
    in_circle = Place(PLACE.menus, PLACE.numbers, PLACE.extensions, {"sales": "1001", "ann": "1100"})
    assert call(local(25, 10), "1", place=in_circle).end.kind == "round"


QUEUE = Reached("queue", "queue", "Support", HERE)
AWAY = {"1001": [ANN], "1002": [BEA], "1100": [SALES], "1200": [QUEUE]}
HOLIDAY = Diversion("holiday_service", "1001", "America/New_York", during=(THANKSGIVING,))
CLOSED = Diversion("night_service", "", "America/New_York", outside=(HOURS,))


def queue(
    *reasons: Diversion, at: datetime, caller: str = "", dialled: str = "1200"
) -> tuple[list[str], End]:
    """What a caller of the queue meets."""
    place = Place({}, {}, AWAY, diverted={"queue": reasons})
    walk = from_reached(place, QUEUE, at, (), caller=caller, dialled=dialled)
    return [step.what for step in walk.steps], walk.end


def test_a_queue_has_holidays_nights_and_times_when_all_is_forwarded() -> None:
    waits = End("queue", "Support", "queue")
    ann, busy = End("person", "Ann Abel", "ann"), End("busy", "Support", "queue")
    both = (HOLIDAY, CLOSED)
    assert queue(*both, at=local(25, 10)) == ([], waits)
    assert queue(*both, at=local(25, 12)) == (["night_service"], busy)
    assert queue(*both, at=local(26, 12)) == (["holiday_service"], ann)  # Thanksgiving beats the hours
    assert queue(*both, at=local(26, 23, 59).astimezone(UTC)) == (["holiday_service"], ann)
    assert queue(*both, at=local(27, 0)) == (["night_service"], busy)
    by_hand = Diversion("night_service", "1002")
    assert queue(by_hand, at=local(25, 10)) == (["night_service"], End("person", "Bea Abel", "bea"))
    forced = Diversion("forced_forward", "+442079460000")
    assert queue(*both, forced, at=local(25, 10))[1] == End("outside", destination="+442079460000")
    assert queue(*both, forced, at=local(25, 12))[1] == busy
    round_about = Place({}, {}, AWAY, {"ann": "1200"}, diverted={"queue": [Diversion("stranded", "1001")]})
    assert from_reached(round_about, QUEUE, local(25, 10), ()).end.kind == "round"


def test_rules_of_forwarding_ask_when_who_calls_and_what_was_dialled() -> None:
    at, waits = local(25, 10), End("queue", "Support", "queue")
    mother = Diversion("rule", "1001", callers=("+13125550188",))
    assert queue(mother, at=at, caller="+13125550188")[0] == ["rule"]
    assert queue(mother, at=at, caller="+13125550189")[1] == queue(mother, at=at)[1] == waits
    hidden = Diversion("rule", "1001", is_for_hidden=True)
    assert queue(hidden, at=at)[0] == ["rule"]
    assert queue(hidden, at=at, caller="+13125550188")[1] == waits
    alternate = Diversion("rule", "1001", dialled=("+13125550101",))
    assert queue(alternate, at=at)[1] == waits
    assert queue(alternate, at=at, dialled="+13125550101")[0] == ["rule"]
    on_holidays_within_hours = Diversion("rule", "1001", "America/New_York", during=(HOURS, THANKSGIVING))
    assert queue(on_holidays_within_hours, at=at)[1] == waits
    assert queue(on_holidays_within_hours, at=local(26, 10))[0] == ["rule"]
    kept = Diversion("rule", keeps=True, callers=("+13125550188",))
    everybody = Diversion("rule", "1002")
    assert queue(kept, everybody, at=at, caller="+13125550188")[1] == waits
    assert queue(kept, everybody, at=at)[0] == ["rule"]
    # A rule that keeps the call says nothing of the night.
    assert queue(kept, everybody, CLOSED, at=local(25, 20), caller="+13125550188")[0] == ["night_service"]


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Two menus with whatever keys, that may lead to each other, to people, or nowhere."""
    targets = st.sampled_from(["1001", "1100", "1901", "1902", "1999", "+13125550100"])

    def any_offer() -> dict[str, Any]:
        keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
        rows = [(key, draw(st.sampled_from(ACTIONS)), draw(targets)) for key in keys]
        silence = draw(st.sampled_from(["DISCONNECT", "TRANSFER_WITHOUT_PROMPT", "TRANSFER_TO_MAILBOX"]))
        treatment = {"retryAttemptForNoInput": "ONE_TIME", "noInputTimer": 1, "actionToBePerformed": {"action": silence, "transferCallTo": draw(targets)}}  # fmt: skip
        return offer(*rows, extensionEnabled=draw(st.booleans()), callTreatment=treatment)

    menus = {id: menu(id, any_offer(), any_offer()) for id in ("main", "night")}
    extensions = {"1001": [ANN], "1100": [SALES], "1901": [NIGHT], "1902": [MAIN]}
    forwarded = draw(st.dictionaries(st.sampled_from(["main", "night", "sales", "ann"]), targets))
    reasons = st.builds(Diversion, st.just("rule"), st.one_of(st.just(""), targets), keeps=st.booleans())
    diverted = draw(
        st.dictionaries(st.sampled_from(["main", "night", "sales"]), st.lists(reasons, max_size=2))
    )
    return Place(menus, {"+13125550100": MAIN}, extensions, forwarded, diverted=diverted)


@given(
    place=places(),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    entries=st.lists(st.text("0123456789*#", min_size=1, max_size=4), max_size=6),
)
def test_a_call_always_ends_and_always_alike(place: Place, at: datetime, entries: list[str]) -> None:
    walk = where_it_ends(place, "main", at, entries)
    assert walk == where_it_ends(place, "main", at, entries)
    assert walk.end.kind in {
        "person",
        "hunt_group",
        "outside",
        "nobody",
        "busy",
        "mailbox",
        "hung_up",
        "choice",
        "round",
    }
    assert len(walk.steps) < 80


def test_events_over_midnight_every_other_week_and_last_of_a_month() -> None:
    night = {"name": "n", "startDate": "2026-11-23", "endDate": "2026-11-24", "startTime": "22:00", "endTime": "06:00", "recurrence": {"recurWeekly": {"recurInterval": 2, "monday": True}}}  # fmt: skip
    event = opening.Event.of(night)
    assert [event.covers(datetime(2026, 12, day, 5)) for day in (1, 8, 15)] == [False, True, False]
    assert not event.covers(datetime(2026, 11, 24, 6))
    assert event.covers(datetime(2026, 11, 23, 23))
    spring = {"name": "s", "startDate": "2026-01-01", "endDate": "2026-01-01", "allDayEnabled": True, "recurrence": {"recurEndDate": "2027-12-31", "recurYearlyByDay": {"day": "MONDAY", "week": "LAST", "month": "MAY"}}}  # fmt: skip
    days = list(opening.Event.of(spring).days(date(2026, 1, 1), date(2029, 1, 1)))
    assert days == [date(2026, 5, 25), date(2027, 5, 31)]
    until_late = {"name": "l", "startDate": "2026-11-23", "endDate": "2026-11-23", "startTime": "18:00", "endTime": "23:59"}  # fmt: skip
    assert opening.Event.of(until_late).covers(datetime.combine(date(2026, 11, 23), time(23, 59, 30)))

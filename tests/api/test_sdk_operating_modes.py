"""Operating modes by the vendor's own SDK: they come back as written, and a queue goes by them. Where its calls go then: tests/services/test_operating_modes.py."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from wxc_sdk.common import IdAndName
from wxc_sdk.common.schedules import ScheduleLevel
from wxc_sdk.person_settings.forwarding import CallForwardingCommon
from wxc_sdk.telephony.callqueue import CallQueue, CallQueueSettings
from wxc_sdk.telephony.forwarding import (
    CallForwarding,
    ForwardOperatingModes,
    ForwardToSelection,
    ModeForward,
    ModeForwardTo,
)
from wxc_sdk.telephony.hg_and_cq import Agent
from wxc_sdk.telephony.operating_modes import (
    DaySchedule,
    DifferentHoursDaily,
    OperatingMode,
    OperatingModeHoliday,
    OperatingModeRecurrence,
    OperatingModeRecurYearlyByDate,
    OperatingModeSchedule,
    SameHoursDaily,
)

from tests.api.conftest import refused
from tests.api.test_sdk_locations import opened


@pytest.fixture(scope="module")
def site(sdk: Any) -> str:
    return str(opened(sdk, connection="NON_INTEGRATED_CCP"))


@pytest.fixture(scope="module")
def queue(sdk: Any, site: str) -> str:
    desk = sdk.telephony.virtual_lines.create(
        first_name="Day", last_name="Desk", location_id=site, extension="3001"
    )
    made = CallQueue.create(name="Helpers", agents=[Agent(agent_id=desk)], queue_size=5, extension="4200")
    return str(sdk.telephony.callqueue.create(site, made))


def to(destination: str) -> CallForwardingCommon:
    return CallForwardingCommon(enabled=True, destination=destination, destination_voicemail_enabled=False)


def hours(begin: int, end: int) -> DaySchedule:
    return DaySchedule(enabled=True, all_day_enabled=False, start_time=time(begin), end_time=time(end))


def night(site: str) -> OperatingMode:
    """From six in the evening until eight on working days, and all the week-end."""
    whole = DaySchedule(enabled=True, all_day_enabled=True)
    return OperatingMode(
        name="Night", type=OperatingModeSchedule.same_hours_daily, level=ScheduleLevel.location,
        location=IdAndName(id=site, name=""), call_forwarding=to("3002"),
        same_hours_daily=SameHoursDaily(monday_to_friday=hours(18, 8), saturday_to_sunday=whole),
    )  # fmt: skip


def feast() -> OperatingMode:
    yearly = OperatingModeRecurrence(
        recur_yearly_by_date=OperatingModeRecurYearlyByDate(day_of_month=25, month="DECEMBER")
    )
    christmas = OperatingModeHoliday(
        name="Christmas", all_day_enabled=True, start_date=date(2026, 12, 25), end_date=date(2026, 12, 25), recurrence=yearly
    )  # fmt: skip
    return OperatingMode(
        name="Feast", type=OperatingModeSchedule.holiday, level=ScheduleLevel.organization, holidays=[christmas],
        call_forwarding=CallForwardingCommon(enabled=False),
    )  # fmt: skip


def test_modes_come_back_as_written(sdk: Any, site: str) -> None:
    api = sdk.telephony.operating_modes
    ids = [api.create(each) for each in (night(site), feast())]
    different = OperatingMode(
        name="Lunch", type=OperatingModeSchedule.different_hours_daily, level=ScheduleLevel.organization,
        different_hours_daily=DifferentHoursDaily(monday=hours(12, 13), friday=hours(11, 13)), call_forwarding=to("+13125550188"),
    )  # fmt: skip
    ids.append(api.create(different))
    assert [each.name for each in api.list()] == ["Feast", "Lunch", "Night"]
    assert [each.name for each in api.list(order="desc", limit_to_org_level_enabled=True)] == [
        "Lunch",
        "Feast",
    ]
    assert [each.name for each in api.list(limit_to_location_id=site)] == ["Night"]
    assert [each.name for each in api.list(name="igh")] == ["Night"]
    assert {each.name for each in api.available_operating_modes(site)} == {"Feast", "Lunch", "Night"}
    found = api.details(ids[0])
    assert (found.location.id, found.level, found.same_hours_daily.monday_to_friday) == (
        site, ScheduleLevel.location, hours(18, 8),
    )  # fmt: skip
    assert found.call_forwarding.destination == "3002"
    assert api.details(ids[2]).different_hours_daily.friday == hours(11, 13)
    for id in ids:
        had = api.details(id)
        api.update(id, had)
        assert api.details(id) == had
    (christmas,) = api.details(ids[1]).holidays
    assert christmas.recurrence.recur_yearly_by_date.day_of_month == 25
    made = api.holiday_create(
        ids[1],
        OperatingModeHoliday(
            name="Half day", all_day_enabled=False, start_date=date(2026, 12, 24), end_date=date(2026, 12, 24),
            start_time=time(12), end_time=time(18),
        ),
    )  # fmt: skip
    half = api.holiday_details(ids[1], made)
    assert (half.start_time, half.recurrence) == (time(12), None)
    half.name = "Christmas Eve"
    api.holiday_update(ids[1], made, half)
    assert [each.name for each in api.details(ids[1]).holidays] == ["Christmas", "Christmas Eve"]
    api.holiday_delete(ids[1], made)
    assert [each.id for each in api.details(ids[1]).holidays] == [christmas.id]
    for id in ids:
        api.delete(id)
    assert list(api.list()) == []


def test_what_is_wrong_with_a_mode_is_refused(sdk: Any, site: str) -> None:
    api = sdk.telephony.operating_modes
    for change in (
        {"name": ""},
        {"level": None},
        {"location": None},
        {"call_forwarding": CallForwardingCommon(enabled=True, destination="")},
        {"same_hours_daily": SameHoursDaily(monday_to_friday=DaySchedule(enabled=True))},
        {"same_hours_daily": SameHoursDaily(monday_to_friday=hours(9, 9))},
    ):
        refused(lambda change=change: api.create(night(site).model_copy(update=change)), 400)
    assert list(api.list()) == []
    id = api.create(night(site))
    refused(lambda: api.create(night(site)), 409)
    refused(lambda: api.holiday_create(id, OperatingModeHoliday(name="x")), 404)
    api.delete(id)
    refused(lambda: api.details(id), 404)


def test_a_queue_goes_by_modes(sdk: Any, site: str, queue: str) -> None:
    api, forwarding = sdk.telephony.operating_modes, sdk.telephony.callqueue.forwarding
    closed, holiday = api.create(night(site)), api.create(feast())
    plain = forwarding.settings(site, queue)
    assert plain.operating_modes.enabled is False
    specified = ModeForwardTo(selection=ForwardToSelection.specified_number, destination="3003")
    usual = ModeForwardTo(selection=ForwardToSelection.default_number)
    plain.operating_modes = ForwardOperatingModes(
        enabled=True,
        modes=[
            ModeForward(id=holiday, normal_operation_enabled=True, forward_to=specified),
            ModeForward(id=closed, normal_operation_enabled=True, forward_to=usual),
        ],
    )
    forwarding.update(site, queue, plain)
    read = forwarding.settings(site, queue)
    assert [(each.name, each.forward_to.default_destination) for each in read.operating_modes.modes] == [
        ("Feast", ""), ("Night", "3002"),
    ]  # fmt: skip
    forwarding.update(site, queue, read)
    assert forwarding.settings(site, queue) == read
    assert refused(lambda: api.delete(closed), 409).detail.errors[0].error_code == 26126  # in use
    for wrong, status in (
        ({"id": str(UUID(int=5))}, 404),
        ({"forward_to": ModeForwardTo(selection=ForwardToSelection.specified_number, destination="")}, 400),
    ):
        told = read.model_copy(deep=True)
        told.operating_modes.modes[1] = told.operating_modes.modes[1].model_copy(update=wrong)
        refused(lambda told=told: forwarding.update(site, queue, told), status)
    assert forwarding.settings(site, queue) == read
    off = CallForwarding(operating_modes=ForwardOperatingModes(enabled=False, modes=[]))
    forwarding.update(site, queue, off)
    api.delete(closed)
    api.delete(holiday)


def test_settings_of_all_queues_come_back_as_written(sdk: Any) -> None:
    api = sdk.telephony.callqueue
    had = api.get_call_queue_settings()
    assert set(had.model_dump().values()) == {False}
    api.update_call_queue_settings(CallQueueSettings(play_tone_to_agent_for_barge_in_enabled=True))
    now = api.get_call_queue_settings()
    assert now == had.model_copy(update={"play_tone_to_agent_for_barge_in_enabled": True})
    api.update_call_queue_settings(now)
    assert api.get_call_queue_settings() == now

"""Schedules, announcements, phone menus, hunt groups and queues by the vendor's own SDK, sync and async; what a GET
answers is sent back as it is."""

from __future__ import annotations

import asyncio
import io
from datetime import date, time
from typing import Any

import pytest
from wxc_sdk.common import AnnAudioFile, Greeting, RingPattern
from wxc_sdk.common.schedules import (
    Event,
    Recurrence,
    RecurYearlyByDate,
    RecurYearlyByDay,
    Schedule,
    ScheduleType,
)
from wxc_sdk.telephony.autoattendant import (
    AutoAttendant,
    AutoAttendantAction,
    AutoAttendantKeyConfiguration,
    AutoAttendantMenu,
    Dialing,
    MenuKey,
)
from wxc_sdk.telephony.callqueue import CallQueue, CallQueueCallPolicies, QueueSettings
from wxc_sdk.telephony.forwarding import ForwardingRuleDetails, ForwardTo, ForwardToSelection
from wxc_sdk.telephony.hg_and_cq import Agent, AlternateNumber, AlternateNumberSettings, Policy
from wxc_sdk.telephony.huntgroup import HGCallPolicies, HuntGroup

from dialtone.services import wav
from tests.api.conftest import Company, awaited, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import rows

NUMBERS = [f"+131255502{last}" for last in range(10, 16)]


@pytest.fixture(scope="module")
def site(sdk: Any) -> str:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, NUMBERS, state="ACTIVE")
    return id


@pytest.fixture(scope="module")
def hours(sdk: Any, site: str) -> str:
    """The name of opening hours of the site."""
    sdk.telephony.schedules.create(site, Schedule.business("Office hours"))
    return "Office hours"


@pytest.fixture(scope="module")
def agents(sdk: Any, site: str) -> list[str]:
    return [
        sdk.telephony.virtual_lines.create(
            first_name=name, last_name="Desk", location_id=site, extension=extension
        )
        for name, extension in (("Ann", "3001"), ("Bea", "3002"))
    ]


def key(pressed: str, action: str, value: str | None = None) -> AutoAttendantKeyConfiguration:
    return AutoAttendantKeyConfiguration(
        key=MenuKey(pressed), action=AutoAttendantAction(action), value=value, description=f"Key {pressed}"
    )


def test_schedules_come_back_as_written(sdk: Any, site: str, company: Company) -> None:
    api = sdk.telephony.schedules
    yearly = Recurrence(
        recur_for_ever=True,
        recur_yearly_by_day=RecurYearlyByDay(day="THURSDAY", week="FOURTH", month="NOVEMBER"),
    )
    closed = [
        Event(name="Thanksgiving", start_date=date(2026, 11, 26), end_date=date(2026, 11, 26), all_day_enabled=True, recurrence=yearly),
        Event(name="Christmas Eve", start_date=date(2026, 12, 24), end_date=date(2026, 12, 24), start_time=time(12), end_time=time(18)),
    ]  # fmt: skip
    id = api.create(site, Schedule(name="Closed", schedule_type=ScheduleType.holidays, events=closed))
    found = api.details(site, ScheduleType.holidays, id)
    assert [(each.name, each.start_date, each.start_time) for each in found.events] == [
        ("Thanksgiving", date(2026, 11, 26), None),
        ("Christmas Eve", date(2026, 12, 24), time(12)),
    ]
    assert found.events[0].recurrence.recur_yearly_by_day.month == "NOVEMBER"
    found.new_name = "Closed days"
    assert api.update(site, found) == id
    again = api.details(site, "holidays", id)
    assert (again.name, again.events) == ("Closed days", found.events)
    by_date = Recurrence(
        recur_for_ever=True, recur_yearly_by_date=RecurYearlyByDate(day_of_month=1, month="MAY")
    )
    may = Event(name="May", start_date=date(2027, 5, 1), end_date=date(2027, 5, 1), all_day_enabled=True, recurrence=by_date)  # fmt: skip
    may_id = api.event_create(site, "holidays", id, may)
    assert api.event_details(site, "holidays", id, may_id).recurrence.recur_yearly_by_date.day_of_month == 1
    may.new_name = "Labour Day"
    api.event_update(site, "holidays", id, may, may_id)
    assert api.event_details(site, "holidays", id, may_id).name == "Labour Day"
    api.event_delete(site, "holidays", id, may_id)
    refused(lambda: api.event_details(site, "holidays", id, may_id), 404)
    assert [each.schedule_id for each in api.list(site, schedule_type=ScheduleType.holidays)] == [id]
    wrong = Event(
        name="Backwards", start_date=date(2027, 5, 2), end_date=date(2027, 5, 1), all_day_enabled=True
    )
    refused(lambda: api.event_create(site, "holidays", id, wrong), 400)
    refused(lambda: api.details(site, "businessHours", id), 404)
    refused(lambda: company.sdk("customer_admin_2").telephony.schedules.details(site, "holidays", id), 404)
    api.delete_schedule(site, "holidays", id)
    assert list(api.list(site, schedule_type=ScheduleType.holidays)) == []


@pytest.mark.req("SMB-10")
def test_a_phone_menu_comes_back_as_written(
    sdk: Any, site: str, hours: str, agents: list[str], company: Company
) -> None:
    repo, api = sdk.telephony.announcements_repo, sdk.telephony.auto_attendant
    sound = wav.written(bytes(16_000))
    for_all = repo.upload_announcement("Welcome", file=io.BytesIO(sound), upload_as="welcome.wav")
    here = repo.upload_announcement("Hours", file=io.BytesIO(sound), upload_as="hours.wav", location_id=site)
    assert [each.name for each in repo.list(location_id="all")] == ["Hours", "Welcome"]
    assert repo.usage(location_id=site).total_file_size_used_kb == 16
    kept = Schedule(
        name="Holidays",
        schedule_type=ScheduleType.holidays,
        events=[Event(name="New Year", start_date=date(2027, 1, 1), end_date=date(2027, 1, 1), all_day_enabled=True)],
    )  # fmt: skip
    holidays = sdk.telephony.schedules.create(site, kept)
    business = AutoAttendantMenu(
        greeting=Greeting.custom,
        extension_enabled=True,
        audio_announcement_file=AnnAudioFile(id=for_all),
        key_configurations=[
            key("1", "TRANSFER_WITHOUT_PROMPT", "3001"),
            key("2", "TRANSFER_WITH_PROMPT", "(312) 555-0199"),
            key("3", "TRANSFER_TO_OPERATOR", "3002"),
            key("4", "TRANSFER_TO_MAILBOX", "3001"),
            key("5", "NAME_DIALING"),
            key("6", "EXTENSION_DIALING"),
            key("7", "PLAY_ANNOUNCEMENT", "hours.wav"),
            key("8", "REPEAT_MENU"),
            key("*", "RETURN_TO_PREVIOUS_MENU"),
            key("#", "EXIT"),
        ],
    )
    id = api.create(
        site,
        AutoAttendant(
            name="Main menu",
            phone_number=NUMBERS[0],
            extension="4001",
            business_schedule=hours,
            holiday_schedule="Holidays",
            time_zone="America/Chicago",
            extension_dialing=Dialing.group,
            first_name="Main",
            last_name="Menu",
            alternate_numbers=[AlternateNumber(phone_number=NUMBERS[1], ring_pattern=RingPattern.long_long)],
            business_hours_menu=business,
            after_hours_menu=AutoAttendantMenu.default(),
        ),
    )
    found = api.details(site, id)
    assert (found.phone_number, found.extension, found.business_schedule) == (NUMBERS[0], "4001", hours)
    assert (found.holiday_schedule, found.extension_dialing, found.name_dialing) == ("Holidays", "GROUP", "ENTERPRISE")  # fmt: skip
    assert [(each.phone_number, each.ring_pattern) for each in found.alternate_numbers] == [
        (NUMBERS[1], "LONG_LONG")
    ]
    keys = {each.key: (each.action, each.value) for each in found.business_hours_menu.key_configurations}
    assert keys["2"] == ("TRANSFER_WITH_PROMPT", "+13125550199")
    assert len(keys) == 10
    assert found.business_hours_menu.audio_announcement_file.file_name == "welcome.wav"
    api.update(site, id, found)
    assert api.details(site, id) == found
    owned = rows(sdk, owner_type="AUTO_ATTENDANT")
    assert {number: row.owner.owner_id for number, row in owned.items()} == {NUMBERS[0]: id, NUMBERS[1]: id}
    assert [each.auto_attendant_id for each in api.list(name="main")] == [id]
    assert [each.auto_attendant_id for each in api.list(phone_number=NUMBERS[0])] == [id]
    assert [each.auto_attendant_id for each in api.list(location_id=site)] == [id]
    free = [each.phone_number for each in api.primary_available_phone_numbers(site)]
    assert NUMBERS[0] not in free
    assert NUMBERS[2] in free
    assert {each.file_name for each in api.list_announcement_files(site, id)} == {"hours.wav", "welcome.wav"}
    # Whatever a menu needs stays.
    refused(lambda: sdk.telephony.schedules.delete_schedule(site, "holidays", holidays), 409)
    refused(lambda: repo.delete(for_all), 409)
    refused(lambda: repo.delete(here, location_id=site), 409)
    details = repo.details(for_all)
    assert [(each.type, each.id) for each in details.feature_references] == [("AUTO_ATTENDANT", id)]
    # What is wrong is refused, and nothing changes.
    plain = AutoAttendant.create(name="Other", business_schedule="No such hours", extension="4002")
    refused(lambda: api.create(site, plain), 400)
    taken = AutoAttendant.create(name="Other", business_schedule=hours, extension="3001")
    assert "Ann Desk" in refused(lambda: api.create(site, taken), 409).description
    emergency = AutoAttendant.create(name="Other", business_schedule=hours, extension="911")
    refused(lambda: api.create(site, emergency), 400)
    twice = AutoAttendantMenu(greeting=Greeting.default, extension_enabled=False, key_configurations=[key("1", "EXIT"), key("1", "REPEAT_MENU")])  # fmt: skip
    refused(lambda: api.update(site, id, AutoAttendant(after_hours_menu=twice)), 400)
    assert api.details(site, id) == found
    refused(lambda: company.sdk("customer_admin_2").telephony.auto_attendant.details(site, id), 404)
    api.delete_auto_attendant(site, id)
    assert NUMBERS[0] in rows(sdk, available=True)
    sdk.telephony.schedules.delete_schedule(site, "holidays", holidays)
    repo.delete(for_all)
    repo.delete(here, location_id=site)


def test_groups_come_back_as_written(sdk: Any, site: str, agents: list[str]) -> None:
    hunt, queue = sdk.telephony.huntgroup, sdk.telephony.callqueue
    members = [Agent(agent_id=each) for each in agents]
    hunt_id = hunt.create(
        site,
        HuntGroup(
            name="Sales",
            extension="4100",
            phone_number=NUMBERS[2],
            agents=members,
            call_policies=HGCallPolicies(policy=Policy.simultaneous),
            alternate_number_settings=AlternateNumberSettings(
                distinctive_ring_enabled=False, alternate_numbers=[AlternateNumber(phone_number=NUMBERS[3])]
            ),
        ),
    )
    found = hunt.details(site, hunt_id)
    assert [(each.agent_id, each.extension) for each in found.agents] == list(zip(agents, ("3001", "3002"), strict=True))  # fmt: skip
    assert (found.call_policies.policy, found.call_policies.no_answer.next_agent_rings) == ("SIMULTANEOUS", 5)
    assert found.alternate_number_settings.distinctive_ring_enabled is False
    hunt.update(site, hunt_id, found)
    assert hunt.details(site, hunt_id) == found
    assert [each.id for each in hunt.list(name="sales")] == [hunt_id]
    hunt.update(site, hunt_id, HuntGroup(enabled=False, agents=members[:1]))
    assert (hunt.details(site, hunt_id).enabled, len(hunt.details(site, hunt_id).agents)) == (False, 1)

    settings = CallQueue(
        name="Support",
        extension="4200",
        phone_number=NUMBERS[4],
        agents=members,
        call_policies=CallQueueCallPolicies.default(),
        queue_settings=QueueSettings.default(queue_size=7),
        allow_agent_join_enabled=True,
    )
    queue_id = queue.create(site, settings)
    found = queue.details(site, queue_id)
    assert (found.queue_settings.queue_size, found.allow_agent_join_enabled) == (7, True)
    assert found.call_policies.call_bounce.max_rings == 8
    queue.update(site, queue_id, found)
    assert queue.details(site, queue_id) == found
    refused(lambda: queue.create(site, CallQueue(name="Support", extension="4201", agents=[], queue_settings=QueueSettings.default(queue_size=1))), 409)  # fmt: skip
    refused(
        lambda: queue.update(site, queue_id, CallQueue(queue_settings=QueueSettings(queue_size=251))), 400
    )

    forwarding = queue.forwarding.settings(site, queue_id)
    forwarding.always.enabled, forwarding.always.destination = True, "4100"
    queue.forwarding.update(site, queue_id, forwarding)
    assert queue.forwarding.settings(site, queue_id).always.destination == "4100"
    rule = ForwardingRuleDetails.default("Nights")
    rule.forward_to = ForwardTo(selection=ForwardToSelection.specified_number, phone_number="3001")
    rule_id = queue.forwarding.create_call_forwarding_rule(site, queue_id, rule)
    assert queue.forwarding.call_forwarding_rule(site, queue_id, rule_id).forward_to.phone_number == "3001"
    listed = queue.forwarding.settings(site, queue_id)
    assert [(each.id, each.enabled) for each in listed.rules] == [(rule_id, True)]
    listed.rules[0].enabled = False
    queue.forwarding.update(site, queue_id, listed)
    assert queue.forwarding.settings(site, queue_id).rules[0].enabled is False
    queue.forwarding.delete_call_forwarding_rule(site, queue_id, rule_id)
    assert queue.forwarding.settings(site, queue_id).rules == []

    # Somebody who is gone is in no group, and a number that was freed is free.
    sdk.telephony.virtual_lines.delete(agents[1])
    assert [each.agent_id for each in queue.details(site, queue_id).agents] == agents[:1]
    queue.delete_queue(site, queue_id)
    hunt.delete_huntgroup(site, hunt_id)
    assert set(NUMBERS[2:5]) <= rows(sdk, available=True).keys()


@pytest.mark.req("NUM-09")
def test_a_service_number_serves_site_services_only(sdk: Any, site: str, hours: str) -> None:
    service = "+13125550216"
    sdk.telephony.location.number.add(site, [service], state="ACTIVE", number_usage_type="SERVICE")
    refused(
        lambda: sdk.telephony.huntgroup.create(site, HuntGroup.create("Hunters", phone_number=service)), 409
    )
    refused(
        lambda: sdk.telephony.virtual_lines.create(
            first_name="A", last_name="B", location_id=site, phone_number=service
        ),
        409,
    )
    api = sdk.telephony.callqueue
    assert service in [each.phone_number for each in api.primary_available_phone_numbers(site)]
    id = api.create(site, CallQueue.create(name="Hotline", agents=[], queue_size=5, phone_number=service))
    assert rows(sdk, service_number=True)[service].owner.owner_type == "CALL_QUEUE"
    api.delete_queue(site, id)


def test_async_and_closing_a_location(company: Company, sdk: Any) -> None:
    from wxc_sdk.as_api import AsWebexSimpleApi

    own = opened(sdk, "To be closed", connection="NON_INTEGRATED_CCP")

    async def walk() -> list[str]:
        async with AsWebexSimpleApi(tokens=company.known["token"]) as api:
            api.session.BASE = f"{company.served.url}/v1"
            await api.telephony.schedules.create(own, Schedule.business("Daily"))
            aa = AutoAttendant.create(name="Async menu", business_schedule="Daily", extension="5001")
            id = await api.telephony.auto_attendant.create(own, aa)
            await api.telephony.announcements_repo.upload_announcement(
                "Spoken", file=io.BytesIO(wav.written(bytes(1600))), upload_as="spoken.wav", location_id=own
            )
            found = await api.telephony.auto_attendant.details(own, id)
            await api.telephony.auto_attendant.update(own, id, found)
            return [each.name for each in await api.telephony.auto_attendant.list(location_id=own)]

    assert asyncio.run(walk()) == ["Async menu"]
    check = sdk.telephony.location.safe_delete_check_before_disabling_calling_location(own)
    assert check.blocking_unless_forced.non_user_entities_in_use is True
    job = sdk.telephony.jobs.disable_calling_location
    started = job.initiate(own, "To be closed", force_delete=True)
    done = awaited(
        lambda: job.status(started.id), lambda it: it.latest_execution_status in ("COMPLETED", "FAILED")
    )
    assert done.latest_execution_exit_code == "COMPLETED"
    sdk.locations.delete(own)
    assert list(sdk.telephony.auto_attendant.list(name="Async menu")) == []

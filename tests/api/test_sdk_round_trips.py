"""Every settings object that is served: read, written back as it was read, and read again, it is the same. With the vendor's own SDK,
and as raw JSON, which keeps what the SDK leaves out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from wxc_sdk.common import AnnAudioFile, Greeting, RingPattern
from wxc_sdk.common.schedules import Event, Recurrence, RecurWeekly, Schedule
from wxc_sdk.person_settings.permissions_out import DigitPattern
from wxc_sdk.telephony.autoattendant import (
    ActionToBePerformed,
    ActionToBePerformedAction,
    AutoAttendant,
    AutoAttendantAction,
    AutoAttendantKeyConfiguration,
    AutoAttendantMenu,
    CallTreatment,
    CallTreatmentRetry,
    MenuKey,
)
from wxc_sdk.telephony.callqueue import (
    CallQueue,
    CallQueueCallPolicies,
    OverflowAction,
    OverflowSetting,
    QueueSettings,
)
from wxc_sdk.telephony.callqueue.policies import ForcedForward, HolidayService, NightService, StrandedCalls
from wxc_sdk.telephony.forwarding import (
    CallsFrom,
    CustomNumbers,
    ForwardingRuleDetails,
    ForwardTo,
    ForwardToSelection,
)
from wxc_sdk.telephony.hg_and_cq import Agent, AlternateNumber, AlternateNumberSettings, Policy
from wxc_sdk.telephony.huntgroup import BusinessContinuity, HGCallPolicies, HuntGroup, NoAnswer
from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation
from wxc_sdk.workspaces import Workspace, WorkSpaceType

from dialtone.services import wav
from tests.api.conftest import Company
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired
from tests.api.test_sdk_workspaces import with_calling

NUMBERS = [f"+163055501{last}" for last in range(10, 22)]
CONFIG = "/telephony/config"


@dataclass
class Made:
    """An office where nothing is as it is by default, and the ids of what is in it."""

    sdk: Any
    company: Company
    site: str
    person: str
    room: str
    line: str
    hours: str
    event: str
    sound: str
    menu: str
    hunt: str
    queue: str
    rules: dict[str, str]
    pattern: str
    hook: str

    @property
    def here(self) -> str:
        return f"{CONFIG}/locations/{self.site}"


@pytest.fixture(scope="module")
def made(sdk: Any, company: Company) -> Made:
    tel = sdk.telephony
    site = opened(sdk, "Round trips", connection="NON_INTEGRATED_CCP", latitude="41.8", longitude="-87.6", notes="Loop", address2="Suite 9")  # fmt: skip
    tel.location.number.add(site, NUMBERS, state="ACTIVE")
    tel.location.update(
        site,
        TelephonyLocation(
            calling_line_id=CallingLineId(name="Round Inc", phone_number=NUMBERS[0]),
            external_caller_id_name="Round outside",
            outside_dial_digit="9",
            enforce_outside_dial_digit=True,
            routing_prefix="8123",
        ),
    )
    person = hired(sdk, "Rita", site, number=NUMBERS[1], extension="2001")
    room = sdk.workspaces.create(
        Workspace(display_name="Round table", supported_devices="phones", capacity=6, notes="Sunny",
                  workspace_type=WorkSpaceType.huddle,
                  calling=with_calling(site, extension="2002", phone_number=NUMBERS[2]))
    ).workspace_id  # fmt: skip
    line = tel.virtual_lines.create(
        "Front", "Desk", site, display_name="The front desk", phone_number=NUMBERS[3], extension="2003",
        caller_id_first_name="Shown", caller_id_last_name="Otherwise", caller_id_number=NUMBERS[0],
    )  # fmt: skip
    tel.virtual_lines.update(line, time_zone="America/New_York", announcement_language="da_dk")
    lunch = Event(name="Lunch", start_date=date(2026, 12, 7), end_date=date(2026, 12, 7), start_time=time(12), end_time=time(13),
                  recurrence=Recurrence(recur_end_date=date(2027, 12, 7), recur_weekly=RecurWeekly(recur_interval=2, monday=True, friday=True)))  # fmt: skip
    holiday = Event(name="Founders", start_date=date(2026, 12, 1), end_date=date(2026, 12, 2), all_day_enabled=True)  # fmt: skip
    hours = tel.schedules.create(site, Schedule(name="Hours", schedule_type="businessHours", events=[lunch]))
    tel.schedules.create(site, Schedule(name="Days off", schedule_type="holidays", events=[holiday]))
    sound = tel.announcements_repo.upload_announcement(
        "Hello", file=io.BytesIO(wav.written(bytes(8000))), upload_as="hello.wav", location_id=site
    )
    treatment = CallTreatment(
        retry_attempt_for_no_input=CallTreatmentRetry.two_times,
        no_input_timer=7,
        action_to_be_performed=ActionToBePerformed(
            action=ActionToBePerformedAction.transfer_with_prompt, transfer_call_to="2001"
        ),
    )
    offer = AutoAttendantMenu(
        greeting=Greeting.custom,
        extension_enabled=False,
        audio_announcement_file=AnnAudioFile(id=sound),
        key_configurations=[
            AutoAttendantKeyConfiguration(key=MenuKey.one, action=AutoAttendantAction.transfer_without_prompt, value="2001", description="Rita"),
            AutoAttendantKeyConfiguration(key=MenuKey.two, action=AutoAttendantAction.name_dialing),
        ],
        call_treatment=treatment,
    )  # fmt: skip
    menu = tel.auto_attendant.create(
        site,
        AutoAttendant(
            name="Welcome", phone_number=NUMBERS[4], extension="2100", business_schedule="Hours", holiday_schedule="Days off",
            time_zone="America/New_York", language_code="da_dk", first_name="Wel", last_name="Come", extension_dialing="GROUP",
            name_dialing="GROUP", dial_by_name="Welcome desk", business_hours_menu=offer, after_hours_menu=offer,
            direct_line_caller_id_name={"selection": "CUSTOM_NAME", "customName": "Welcomed"},
            alternate_numbers=[AlternateNumber(phone_number=NUMBERS[5], ring_pattern=RingPattern.short_short_long)],
        ),
    )  # fmt: skip
    members = [Agent(agent_id=person.person_id, weight="60"), Agent(agent_id=room, weight="30"), Agent(agent_id=line, weight="10")]  # fmt: skip
    hunt = tel.huntgroup.create(
        site,
        HuntGroup(
            name="Hunters", phone_number=NUMBERS[6], extension="2200", agents=members, time_zone="America/New_York",
            calling_line_id_policy="CUSTOM", calling_line_id_phone_number=NUMBERS[6], hunt_group_caller_id_for_outgoing_calls_enabled=True,
            alternate_number_settings=AlternateNumberSettings(distinctive_ring_enabled=False, alternate_numbers=[AlternateNumber(phone_number=NUMBERS[7], ring_pattern=RingPattern.long_long)]),
            call_policies=HGCallPolicies(
                policy=Policy.weighted, waiting_enabled=True, group_busy_enabled=True, allow_members_to_control_group_busy_enabled=True,
                no_answer=NoAnswer(next_agent_enabled=True, next_agent_rings=3, forward_enabled=True, destination="2001", number_of_rings=9, destination_voicemail_enabled=True),
                busy_redirect=BusinessContinuity(enabled=True, destination="2002", destination_voicemail_enabled=True),
                business_continuity_redirect=BusinessContinuity(enabled=True, destination="+13125550199"),
            ),
        ),
    )  # fmt: skip
    skilled = [Agent(agent_id=person.person_id, skill_level=2, join_enabled=False), Agent(agent_id=line, skill_level=5, join_enabled=True)]  # fmt: skip
    files = [AnnAudioFile(id=sound)]
    settings = QueueSettings(
        queue_size=33,
        call_offer_tone_enabled=False,
        overflow=OverflowSetting(
            action=OverflowAction.transfer_to_phone_number, transfer_number="2001", send_to_voicemail=True, overflow_after_wait_enabled=True,
            overflow_after_wait_time=44, play_overflow_greeting_enabled=True, greeting=Greeting.custom, audio_announcement_files=files,
        ),
        welcome_message={"enabled": True, "greeting": "CUSTOM", "alwaysEnabled": True, "audioAnnouncementFiles": [{"id": sound}]},
        wait_message={"enabled": True, "waitMode": "POSITION", "handlingTime": 6, "queuePosition": 11, "highVolumeMessageEnabled": True, "defaultHandlingTime": 7},
        comfort_message={"enabled": True, "timeBetweenMessages": 12, "greeting": "DEFAULT"},
        comfort_message_bypass={"enabled": True, "callWaitingAgeThreshold": 22, "greeting": "DEFAULT"},
        moh_message={"normalSource": {"enabled": True, "greeting": "DEFAULT"}, "alternateSource": {"enabled": False}},
        whisper_message={"enabled": True, "greeting": "DEFAULT"},
    )  # fmt: skip
    policies = CallQueueCallPolicies.default()
    policies.policy, policies.routing_type = Policy.regular, "SKILL_BASED"
    queue = tel.callqueue.create(
        site,
        CallQueue(
            name="Waiters", phone_number=NUMBERS[8], extension="2300", agents=skilled, call_policies=policies, queue_settings=settings,
            allow_call_waiting_for_agents_enabled=True, allow_agent_join_enabled=True, phone_number_for_outgoing_calls_enabled=True,
        ),
    )  # fmt: skip
    heard = {
        "audioMessageSelection": "CUSTOM",
        "audioFiles": [{"id": sound}],
        "playAnnouncementBeforeEnabled": True,
    }
    policy = tel.callqueue.policy
    policy.night_service_update(site, queue, NightService.model_validate({
        **heard, "nightServiceEnabled": True, "action": "TRANSFER", "transferPhoneNumber": "2001", "businessHoursName": "Hours",
        "forceNightServiceEnabled": True, "announcementMode": "MANUAL", "manualAudioMessageSelection": "CUSTOM", "manualAudioFiles": [{"id": sound}],
    }))  # fmt: skip
    policy.holiday_service_update(site, queue, HolidayService.model_validate(
        {**heard, "holidayServiceEnabled": True, "action": "TRANSFER", "transferPhoneNumber": "2002", "holidayScheduleName": "Days off"}
    ))  # fmt: skip
    policy.forced_forward_update(site, queue, ForcedForward.model_validate(
        {**heard, "forcedForwardEnabled": True, "transferPhoneNumber": "2003"}
    ))  # fmt: skip
    policy.stranded_calls_update(site, queue, StrandedCalls.model_validate(
        {"action": "TRANSFER", "transferPhoneNumber": "2001", "audioFiles": [{"id": sound}], "triggerPolicyWhenAllAgentsAreUnreachableEnabled": True}
    ))  # fmt: skip
    rules = {}
    for word, api, feature in (("autoAttendants", tel.auto_attendant, menu), ("huntGroups", tel.huntgroup, hunt), ("queues", tel.callqueue, queue)):  # fmt: skip
        forwarding = api.forwarding.settings(site, feature)
        forwarding.always.destination, forwarding.always.ring_reminder_enabled = "2001", True
        forwarding.selective.enabled, forwarding.selective.destination = True, "2002"
        api.forwarding.update(site, feature, forwarding)
        rule = ForwardingRuleDetails.default("Chosen callers")
        rule.business_schedule, rule.holiday_schedule = "Hours", "Days off"
        rule.forward_to = ForwardTo(selection=ForwardToSelection.specified_number, phone_number="2003")
        rule.calls_from = CallsFrom(selection="CUSTOM", custom_numbers=CustomNumbers(private_number_enabled=True, numbers=["+13125550188"]))  # fmt: skip
        rules[word] = api.forwarding.create_call_forwarding_rule(site, feature, rule)
    out = sdk.person_settings.permissions_out
    out.digit_patterns.update_category_control_settings(person.person_id, use_custom_digit_patterns=True)
    pattern = out.digit_patterns.create(person.person_id, DigitPattern(name="Fair", pattern="+49!", action="BLOCK", transfer_enabled=False))  # fmt: skip
    sdk.person_settings.caller_id.configure(person.person_id, selected="CUSTOM", custom_number=NUMBERS[0], external_caller_id_name_policy="OTHER", custom_external_caller_id_name="Rita R")  # fmt: skip
    sdk.person_settings.ecbn.configure(person.person_id, selected="LOCATION_MEMBER_NUMBER", location_member_id=line)  # fmt: skip
    tel.location.update_ecbn(site, selected="LOCATION_MEMBER_NUMBER", location_member_id=line)
    hook = sdk.webhook.create(name="Told", target_url="http://127.0.0.1:9/told", resource="people", event="updated", filter="a=b").webhook_id  # fmt: skip
    event = tel.schedules.details(site, "businessHours", hours).events[0].event_id
    return Made(sdk, company, site, person.person_id, room, line, hours, event, sound, menu, hunt, queue, rules, pattern, hook)  # fmt: skip


Pair = tuple[Callable[[], Any], Callable[[Any], Any]]


def by_sdk(it: Made) -> dict[str, Pair]:
    """How the SDK reads each object, and how it writes it back."""
    sdk, tel, site = it.sdk, it.sdk.telephony, it.site
    found: dict[str, Pair] = {
        "location": (lambda: sdk.locations.details(site), lambda had: sdk.locations.update(site, had)),
        "calling": (lambda: tel.location.details(site), lambda had: tel.location.update(site, had)),
        "person": (
            lambda: sdk.people.details(it.person, calling_data=True),
            lambda had: sdk.people.update(had, calling_data=True),
        ),
        "workspace": (
            lambda: sdk.workspaces.details(it.room),
            lambda had: sdk.workspaces.update(it.room, had),
        ),
        "schedule": (
            lambda: tel.schedules.details(site, "businessHours", it.hours),
            lambda had: tel.schedules.update(site, had),
        ),
        "event": (
            lambda: tel.schedules.event_details(site, "businessHours", it.hours, it.event),
            lambda had: tel.schedules.event_update(site, "businessHours", it.hours, had),
        ),
        "menu": (
            lambda: tel.auto_attendant.details(site, it.menu),
            lambda had: tel.auto_attendant.update(site, it.menu, had),
        ),
        "hunt group": (
            lambda: tel.huntgroup.details(site, it.hunt),
            lambda had: tel.huntgroup.update(site, it.hunt, had),
        ),
        "queue": (
            lambda: tel.callqueue.details(site, it.queue),
            lambda had: tel.callqueue.update(site, it.queue, had),
        ),
        "caller id": (
            lambda: sdk.person_settings.caller_id.read(it.person),
            lambda had: sdk.person_settings.caller_id.configure_settings(it.person, had),
        ),
        "permissions": (
            lambda: sdk.person_settings.permissions_out.read(it.person),
            lambda had: sdk.person_settings.permissions_out.configure(it.person, had),
        ),
        "permissions of a location": (
            lambda: tel.location.permissions_out.read(site),
            lambda had: tel.location.permissions_out.configure(site, had),
        ),
        "permissions of a workspace": (
            lambda: sdk.workspace_settings.permissions_out.read(it.room),
            lambda had: sdk.workspace_settings.permissions_out.configure(it.room, had),
        ),
        "digit pattern": (
            lambda: sdk.person_settings.permissions_out.digit_patterns.details(it.person, it.pattern),
            lambda had: sdk.person_settings.permissions_out.digit_patterns.update(it.person, had),
        ),
        "webhook": (lambda: sdk.webhook.details(it.hook), lambda had: sdk.webhook.update(it.hook, had)),
        "notices": (
            lambda: tel.emergency_services.get_notification(),
            lambda had: tel.emergency_services.update_notification(had),
        ),
    }
    policy, queue = tel.callqueue.policy, (site, it.queue)
    found |= {
        "night": (
            lambda: policy.night_service_detail(*queue),
            lambda had: policy.night_service_update(*queue, had),
        ),
        "holiday": (
            lambda: policy.holiday_service_details(*queue),
            lambda had: policy.holiday_service_update(*queue, had),
        ),
        "forced": (
            lambda: policy.forced_forward_details(*queue),
            lambda had: policy.forced_forward_update(*queue, had),
        ),
        "stranded": (
            lambda: policy.stranded_calls_details(*queue),
            lambda had: policy.stranded_calls_update(*queue, had),
        ),
    }
    for word, api, feature in (
        ("autoAttendants", tel.auto_attendant, it.menu),
        ("huntGroups", tel.huntgroup, it.hunt),
        ("queues", tel.callqueue, it.queue),
    ):
        found[f"forwarding of {word}"] = (
            lambda api=api, feature=feature: api.forwarding.settings(site, feature),
            lambda had, api=api, feature=feature: api.forwarding.update(site, feature, had),
        )
        found[f"rule of {word}"] = (
            lambda api=api, feature=feature, word=word: api.forwarding.call_forwarding_rule(site, feature, it.rules[word]),
            lambda had, api=api, feature=feature, word=word: api.forwarding.update_call_forwarding_rule(site, feature, it.rules[word], had),
        )  # fmt: skip
    return found


def by_path(it: Made) -> dict[str, str | tuple[str, str]]:
    """Where each object is, and where it is written if that is elsewhere."""
    here = it.here
    found: dict[str, str | tuple[str, str]] = {
        "location": f"/locations/{it.site}",
        "calling": here,
        "callback of a location": f"{here}/features/emergencyCallbackNumber",
        "permissions of a location": f"{here}/outgoingPermission",
        "notices of a location": f"{here}/emergencyCallNotification",
        "notices": f"{CONFIG}/emergencyCallNotification",
        "connection": f"/telephony/pstn/locations/{it.site}/connection",
        "person": f"/people/{it.person}?callingData=true",
        "callback of a person": f"{CONFIG}/people/{it.person}/emergencyCallbackNumber",
        "callback of a workspace": f"{CONFIG}/workspaces/{it.room}/emergencyCallbackNumber",
        "callback of a line": f"{CONFIG}/virtualLines/{it.line}/emergencyCallbackNumber",
        "caller id of a person": f"/people/{it.person}/features/callerId",
        "caller id of a workspace": f"/workspaces/{it.room}/features/callerId",
        "caller id of a line": f"{CONFIG}/virtualLines/{it.line}/callerId",
        "permissions of a person": f"{CONFIG}/people/{it.person}/outgoingPermission",
        "permissions of a workspace": f"/workspaces/{it.room}/features/outgoingPermission",
        "permissions of a line": f"{CONFIG}/virtualLines/{it.line}/outgoingPermission",
        "digit pattern": f"{CONFIG}/people/{it.person}/outgoingPermission/digitPatterns/{it.pattern}",
        "billing plan": f"{CONFIG}/people/{it.person}/outboundBillingPlan",
        "billing plan of a workspace": f"{CONFIG}/workspaces/{it.room}/outboundBillingPlan",
        "billing plan of a line": f"{CONFIG}/virtualLines/{it.line}/outboundBillingPlan",
        "workspace": f"/workspaces/{it.room}",
        "virtual line": f"{CONFIG}/virtualLines/{it.line}",
        "schedule": f"{here}/schedules/businessHours/{it.hours}",
        "event": f"{here}/schedules/businessHours/{it.hours}/events/{it.event}",
        "menu": f"{here}/autoAttendants/{it.menu}",
        "hunt group": f"{here}/huntGroups/{it.hunt}",
        "queue": f"{here}/queues/{it.queue}",
        "webhook": f"/webhooks/{it.hook}",
    }
    for service in ("nightService", "holidayService", "forcedForward", "strandedCalls"):
        found[service] = f"{here}/queues/{it.queue}/{service}"
    for word, feature in (("autoAttendants", it.menu), ("huntGroups", it.hunt), ("queues", it.queue)):
        found[f"forwarding of {word}"] = f"{here}/{word}/{feature}/callForwarding"
        found[f"rule of {word}"] = f"{here}/{word}/{feature}/callForwarding/selectiveRules/{it.rules[word]}"
    return found


def test_what_the_sdk_reads_it_may_write_back(made: Made) -> None:
    wrong = {}
    for name, (read, write) in by_sdk(made).items():
        had = read().model_dump()
        try:
            write(read())
            now = read().model_dump()
        except Exception as error:  # whatever it is, it belongs to this object
            wrong[name] = str(error)
            continue
        if now != had:
            wrong[name] = {key: (had.get(key), now.get(key)) for key in {*had, *now} if had.get(key) != now.get(key)}  # fmt: skip
    assert wrong == {}


def test_what_is_read_may_be_written_back(made: Made) -> None:
    call, key, wrong = made.company.served.call, made.company.key, {}
    for name, path in by_path(made).items():
        at, to = path if isinstance(path, tuple) else (path, path)
        status, had, _headers = call(key, "GET", at)
        assert status == 200, (name, had)
        status, refusal, _headers = call(key, "PUT", to, had)
        if status not in (200, 204):
            wrong[name] = refusal
            continue
        now = call(key, "GET", at)[1]
        if now != had:
            wrong[name] = {each: (had.get(each), now.get(each)) for each in {*had, *now} if had.get(each) != now.get(each)}  # fmt: skip
    assert wrong == {}

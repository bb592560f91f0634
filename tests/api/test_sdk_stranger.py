"""An integrator who has never seen our tests: opens an office with the vendor's SDK, fills it, pages and filters through its lists, changes one
thing of each by reading it and writing the whole of it back, and takes everything away again."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from wxc_sdk.common.schedules import Event, Schedule
from wxc_sdk.telephony.autoattendant import AutoAttendant
from wxc_sdk.telephony.callqueue import CallQueue
from wxc_sdk.telephony.callqueue.policies import CPActionType, StrandedCallsAction
from wxc_sdk.telephony.hg_and_cq import Agent
from wxc_sdk.telephony.huntgroup import HuntGroup
from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation
from wxc_sdk.workspace_settings.numbers import UpdateWorkspacePhoneNumber
from wxc_sdk.workspaces import Workspace, WorkSpaceType

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired, rows
from tests.api.test_sdk_workspaces import with_calling

NUMBERS = [f"+163055501{last}" for last in range(30, 42)]


def changed(read: Any, write: Any, field: str, value: Any) -> None:
    """One field is changed by reading all and writing all back: nothing else may change."""
    before = read()
    after = read()
    setattr(after, field, value)
    write(after)
    now = read()
    assert getattr(now, field) == value, field
    assert now.model_dump(exclude={field}) == before.model_dump(exclude={field}), field


@pytest.mark.req("SMB-10", "NUM-10")
def test_a_stranger_builds_changes_and_takes_down_an_office(sdk: Any, company: Company) -> None:
    tel = sdk.telephony
    site = opened(sdk, "Stranger's office", connection="NON_INTEGRATED_CCP")
    tel.location.number.add(site, NUMBERS, state="ACTIVE")
    tel.location.update(site, TelephonyLocation(calling_line_id=CallingLineId(phone_number=NUMBERS[0])))
    people = [hired(sdk, name, site, extension=f"50{i:02}") for i, name in enumerate(("Abe", "Bo", "Cy"))]
    room = sdk.workspaces.create(
        Workspace(display_name="Stranger's room", supported_devices="phones", workspace_type=WorkSpaceType.desk,
                  calling=with_calling(site, extension="5100", phone_number=NUMBERS[1]))
    ).workspace_id  # fmt: skip
    loft = sdk.workspaces.create(Workspace(display_name="Stranger's loft", location_id=site, capacity=3))
    assert (loft.location_id, loft.calling.type) == (site, "freeCalling")
    lines = tel.virtual_lines
    line = lines.create("Ann", "Swers", site, extension="5200", phone_number=NUMBERS[2], caller_id_number=NUMBERS[0], caller_id_first_name="Stranger", caller_id_last_name="Inc")  # fmt: skip
    opens = Event(name="Open", start_date=date(2026, 11, 2), end_date=date(2026, 11, 2), start_time=time(9), end_time=time(17))  # fmt: skip
    hours = tel.schedules.create(site, Schedule(name="Opening", schedule_type="businessHours", events=[opens]))  # fmt: skip
    menu = tel.auto_attendant.create(site, AutoAttendant.create(name="Stranger's menu", business_schedule="Opening", extension="5300"))  # fmt: skip
    agents = [Agent(agent_id=each) for each in (people[0].person_id, room, line)]
    hunt = tel.huntgroup.create(site, HuntGroup(name="Stranger's hunters", extension="5400", agents=agents))
    queue = tel.callqueue.create(site, CallQueue.create(name="Stranger's queue", agents=agents, queue_size=5, extension="5500"))  # fmt: skip

    # Through the lists, one row a page, and by their filters.
    mine = [each.person_id for each in sdk.people.list(location_id=site, max=1)]
    assert sorted(mine) == sorted(each.person_id for each in people)
    assert [each.workspace_id for each in sdk.workspaces.list(location_id=site, max=1)] == [
        loft.workspace_id,
        room,
    ]
    assert [each.workspace_id for each in sdk.workspaces.list(location_id=site, calling="webexCalling")] == [
        room
    ]
    assert [each.workspace_id for each in sdk.workspaces.list(location_id=site, capacity=3)] == [
        loft.workspace_id
    ]
    assert [each.id for each in lines.list(owner_name=["swers"], has_dn_assigned=True)] == [line]
    assert list(lines.list(location_id=[site], has_device_assigned=True)) == []
    assert set(rows(sdk, location_id=site, assigned=True)) == {NUMBERS[1], NUMBERS[2]}
    assert {each.agent_id for each in tel.callqueue.details(site, queue).agents} <= {each.id for each in tel.callqueue.available_agents(site, max=2)}  # fmt: skip

    # What is shown of the line is what was written.
    found = lines.details(line)
    assert (found.caller_id_number, found.caller_id_first_name, found.caller_id_last_name) == (NUMBERS[0], "Stranger", "Inc")  # fmt: skip
    assert (lines.get_phone_number(line).direct_number, lines.get_phone_number(line).extension) == (NUMBERS[2], "5200")  # fmt: skip
    assert lines.caller_id.read(line).first_name == "Stranger"
    lines.update(line, caller_id_number=NUMBERS[2], time_zone="America/Denver", announcement_language="sv_se")
    found = lines.details(line)
    assert (found.caller_id_number, found.time_zone, found.announcement_language) == (NUMBERS[2], "America/Denver", "sv_se")  # fmt: skip
    assert (found.caller_id_first_name, found.number.extension) == ("Stranger", "5200")
    lines.update_directory_search(line, enabled=False)
    assert lines.details(line).directory_search_enabled is False

    # One field of each.
    changed(
        lambda: sdk.locations.details(site), lambda it: sdk.locations.update(site, it), "notes", "Moved in"
    )
    changed(
        lambda: tel.location.details(site), lambda it: tel.location.update(site, it), "routing_prefix", "8999"
    )
    changed(lambda: sdk.workspaces.details(room), lambda it: sdk.workspaces.update(room, it), "display_name", "Room of strangers")  # fmt: skip
    changed(lambda: tel.auto_attendant.details(site, menu), lambda it: tel.auto_attendant.update(site, menu, it), "name", "Renamed menu")  # fmt: skip
    changed(lambda: tel.huntgroup.details(site, hunt), lambda it: tel.huntgroup.update(site, hunt, it), "enabled", False)  # fmt: skip
    changed(lambda: tel.callqueue.details(site, queue), lambda it: tel.callqueue.update(site, queue, it), "allow_agent_join_enabled", True)  # fmt: skip
    policy = tel.callqueue.policy
    night = policy.night_service_detail(site, queue)
    night.night_service_enabled, night.action = True, CPActionType.transfer
    night.transfer_phone_number, night.business_hours_name = "5200", "Opening"
    policy.night_service_update(site, queue, night)
    changed(lambda: policy.night_service_detail(site, queue), lambda it: policy.night_service_update(site, queue, it), "force_night_service_enabled", True)  # fmt: skip
    changed(lambda: policy.stranded_calls_details(site, queue), lambda it: policy.stranded_calls_update(site, queue, it), "action", StrandedCallsAction.busy)  # fmt: skip
    changed(lambda: policy.holiday_service_details(site, queue), lambda it: policy.holiday_service_update(site, queue, it), "action", CPActionType.transfer)  # fmt: skip
    changed(lambda: policy.forced_forward_details(site, queue), lambda it: policy.forced_forward_update(site, queue, it), "transfer_phone_number", "5000")  # fmt: skip

    # Further numbers of a workspace, and what is not offered.
    numbers = sdk.workspace_settings.numbers
    numbers.update(room, [UpdateWorkspacePhoneNumber(primary=False, action="ADD", direct_number=NUMBERS[3])])
    assert [each.external for each in numbers.read(room).phone_numbers] == [NUMBERS[1], NUMBERS[3]]
    numbers.update(
        room, [UpdateWorkspacePhoneNumber(primary=False, action="DELETE", direct_number=NUMBERS[3])]
    )
    assert [each.external for each in numbers.read(room).phone_numbers] == [NUMBERS[1]]
    refused(lambda: tel.location.number.add(site, ["+16305550151"], subscription_id="Sub-1"), 409)
    for forwarding, id in ((tel.auto_attendant.forwarding, menu), (tel.huntgroup.forwarding, hunt), (tel.callqueue.forwarding, queue)):  # fmt: skip
        forwarding.switch_mode_for_call_forwarding(site, id)
    tel.location.change_announcement_language(site, "da_dk", service_enabled=True, agent_enabled=True)
    assert (
        tel.auto_attendant.details(site, menu).language_code
        == lines.details(line).announcement_language
        == "da_dk"
    )
    rival = company.sdk("customer_admin_2")
    refused(lambda: rival.telephony.callqueue.policy.night_service_detail(site, queue), 404)
    refused(lambda: rival.workspace_settings.numbers.read(room), 404)

    # Everything goes again, and what it had is free.
    tel.callqueue.delete_queue(site, queue)
    tel.huntgroup.delete_huntgroup(site, hunt)
    tel.auto_attendant.delete_auto_attendant(site, menu)
    tel.schedules.delete_schedule(site, "businessHours", hours)
    lines.delete(line)
    sdk.workspaces.delete_workspace(room)
    sdk.workspaces.delete_workspace(loft.workspace_id)
    for each in people:
        sdk.people.delete_person(each.person_id)
    assert rows(sdk, location_id=site, assigned=True) == {}


def test_the_other_sdk_writes_back_what_it_read(sdk: Any, company: Company) -> None:
    from webexpythonsdk import WebexAPI

    site = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(site, ["+16305550150"], state="ACTIVE")
    person = hired(sdk, "Zoe", site, number="+16305550150", extension="5900").person_id
    api = WebexAPI(access_token=company.known["token"], base_url=f"{company.served.url}/v1/")
    had = api.people.get(person).json_data
    told = {name: value for name, value in had.items() if name not in ("id", "created", "timeZone", "type")}
    assert api.people.update(person, **told).json_data == had
    assert api.people.get(person).json_data == had
    hook = api.webhooks.create(name="n", targetUrl="http://127.0.0.1:9/", resource="people", event="all")
    seen = api.webhooks.get(hook.id).json_data
    assert api.webhooks.update(hook.id, name="n", targetUrl="http://127.0.0.1:9/").json_data == seen
    api.webhooks.delete(hook.id)
    sdk.people.delete_person(person)

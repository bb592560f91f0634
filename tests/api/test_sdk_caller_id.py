"""Caller IDs of people, workspaces and virtual lines by the vendor's own SDK, and what a call shows then (NUM-10)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk.person_settings.caller_id import CallerIdSelectedType, ExternalCallerIdNamePolicy
from wxc_sdk.workspaces import Workspace

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired
from tests.api.test_sdk_workspaces import with_calling

OWN, MAIN, SERVICE, DESK, SPARE = (f"+1312555062{last}" for last in range(5))


@pytest.fixture(scope="module")
def site(sdk: Any) -> str:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, [OWN, MAIN, DESK, SPARE], state="ACTIVE")
    sdk.telephony.location.number.add(id, [SERVICE], number_usage_type="SERVICE", state="ACTIVE")
    return id


@pytest.mark.req("NUM-10")
def test_a_person_shows_a_service_number(sdk: Any, company: Company, site: str) -> None:
    person = hired(sdk, "Cora", site, number=OWN, extension="7101").person_id
    api = sdk.person_settings.caller_id
    start = api.read(person)
    assert (start.selected, start.direct_number, start.extension_number) == (
        CallerIdSelectedType.direct_line, OWN, "7101",
    )  # fmt: skip
    assert start.external_caller_id_name_policy == ExternalCallerIdNamePolicy.direct_line
    assert start.caller_id_types == [CallerIdSelectedType.direct_line, CallerIdSelectedType.custom]

    api.configure(person, selected=CallerIdSelectedType.custom, custom_number=SERVICE)
    seen = api.read(person)
    assert (seen.selected, seen.custom_number) == (CallerIdSelectedType.custom, SERVICE)
    # What was read can be sent back as it is, and with another name.
    api.configure_settings(person, seen)
    assert api.read(person) == seen
    seen.external_caller_id_name_policy = ExternalCallerIdNamePolicy.other
    seen.custom_external_caller_id_name = "Acme Sales"
    api.configure_settings(person, seen)
    assert api.read(person).custom_external_caller_id_name == "Acme Sales"

    refused(lambda: api.configure(person, custom_number="+13125550699"), 404)  # nobody's
    refused(lambda: api.configure(person, custom_number="nonsense"), 400)
    refused(lambda: api.configure(person, selected=CallerIdSelectedType.mobile_number), 400)
    seen.block_in_forward_calls_enabled = True
    refused(lambda: api.configure_settings(person, seen), 400)
    sdk.telephony.location.number.add(site, ["+13125550629"])  # not live
    sdk.telephony.location.number.manage_number_state(site, ["+13125550629"], "DEACTIVATE")
    refused(lambda: api.configure(person, custom_number="+13125550629"), 409)
    assert api.read(person).custom_number == SERVICE

    rival = company.sdk("customer_admin_2")
    refused(lambda: rival.person_settings.caller_id.read(person), 404)
    refused(lambda: rival.person_settings.caller_id.configure(person, custom_number=SERVICE), 404)
    there = opened(rival, connection="NON_INTEGRATED_CCP")
    rival.telephony.location.number.add(there, ["+13125550628"], state="ACTIVE")
    refused(lambda: api.configure(person, custom_number="+13125550628"), 404)  # somebody else's

    # It goes, and nobody is left with a number that is not theirs.
    sdk.telephony.location.number.remove(site, [SERVICE])
    after = api.read(person)
    assert (after.selected, after.custom_number) == (CallerIdSelectedType.direct_line, None)


@pytest.mark.req("NUM-10")
def test_workspaces_and_virtual_lines_show_their_locations_number(
    sdk: Any, company: Company, site: str
) -> None:
    found = sdk.telephony.location.details(site)
    found.calling_line_id.phone_number = MAIN
    sdk.telephony.location.update(site, found)
    desk = sdk.workspaces.create(
        Workspace(
            display_name="Shop floor",
            supported_devices="phones",
            calling=with_calling(site, extension="7102", phone_number=DESK),
        )
    ).workspace_id
    night = sdk.telephony.virtual_lines.create(
        first_name="Late", last_name="Desk", location_id=site, extension="7103"
    )
    for api, owner in (
        (sdk.workspace_settings.caller_id, desk),
        (sdk.telephony.virtual_lines.caller_id, night),
    ):
        before = api.read(owner)
        assert (before.location_number, before.toll_free_location_number) == (MAIN, False)
        api.configure(
            owner,
            selected=CallerIdSelectedType.location_number,
            external_caller_id_name_policy=ExternalCallerIdNamePolicy.location,
        )
        after = api.read(owner)
        assert (after.selected, after.external_caller_id_name_policy) == (
            CallerIdSelectedType.location_number,
            ExternalCallerIdNamePolicy.location,
        )
    refused(lambda: company.sdk("customer_admin_2").workspace_settings.caller_id.read(desk), 404)
    refused(lambda: sdk.workspace_settings.caller_id.configure(desk, selected="CUSTOM"), 400)

"""Numbers to call back and notices of emergency calls, driven by the vendor's own SDK and read back."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk.person_settings.ecbn import SelectedECBN
from wxc_sdk.telephony.emergency_services import OrgEmergencyCallNotification
from wxc_sdk.telephony.location import CallBackSelected

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired

NUMBERS = [f"+131255504{last}" for last in range(10, 14)]


@pytest.fixture(scope="module")
def site(sdk: Any) -> str:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, NUMBERS, state="ACTIVE")
    return id


@pytest.mark.req("ESA-01")
def test_a_number_to_call_back_is_chosen_and_shown(sdk: Any, company: Company, site: str) -> None:
    ida = hired(sdk, "Ida", site, number=NUMBERS[0], extension="7101").person_id
    ulf = hired(sdk, "Ulf", site, extension="7102").person_id
    line = sdk.telephony.virtual_lines.create(
        first_name="Night", last_name="Door", location_id=site, extension="7103", phone_number=NUMBERS[1]
    )
    of_person, of_line = sdk.person_settings.ecbn, sdk.telephony.virtual_lines.ecbn
    at_site = sdk.telephony.location

    own = of_person.read(ida)
    assert (own.selected, own.direct_line_info.effective_value, own.direct_line_info.quality) == (
        "DIRECT_LINE",
        NUMBERS[0],
        "RECOMMENDED",
    )
    alone = of_person.read(ulf)
    assert (alone.selected, alone.default_info.effective_value, alone.default_info.quality) == (
        "LOCATION_ECBN",
        None,
        "INVALID",
    )

    at_site.update_ecbn(site, CallBackSelected.location_member_number, ida, elin_expiry_time_minutes=30)
    seen = at_site.read_ecbn(site)
    assert (seen.selected, seen.location_member_info.member_id, seen.elin_expiry_time_minutes) == (
        "LOCATION_MEMBER_NUMBER",
        ida,
        30,
    )
    assert (seen.location_member_info.effective_value, seen.location_member_info.first_name) == (
        NUMBERS[0],
        "Ida",
    )
    held = of_person.read(ulf).location_ecbn_info
    assert (held.effective_level, held.effective_value) == ("LOCATION_MEMBER_NUMBER", NUMBERS[0])

    of_person.configure(ulf, SelectedECBN.location_member_number, line, elin_enabled=True)
    told = of_person.read(ulf)
    assert (
        told.location_member_info.effective_value,
        told.location_member_info.quality,
        told.elin_enabled,
    ) == (
        NUMBERS[1],
        "NOT_RECOMMENDED",
        True,
    )
    depend = of_line.dependencies(line)
    assert (depend.dependent_member_count, depend.is_location_ecbn_default) == (1, False)
    assert of_person.dependencies(ida).is_location_ecbn_default

    refused(lambda: of_person.configure(ida, SelectedECBN.location_member_number, ulf), 409)
    refused(lambda: of_person.configure(ulf, SelectedECBN.direct_line), 409)
    refused(
        lambda: at_site.update_ecbn(site, CallBackSelected.location_number, elin_expiry_time_minutes=5), 400
    )
    elsewhere = opened(sdk, connection="NON_INTEGRATED_CCP")
    refused(lambda: at_site.update_ecbn(elsewhere, CallBackSelected.location_member_number, ida), 409)
    refused(lambda: company.sdk("customer_admin_2").person_settings.ecbn.read(ida), 404)

    # The number goes: the location's choice comes to nothing, and says so, until somebody chooses again.
    sdk.telephony.virtual_lines.update(line, phone_number="")
    assert of_person.read(ulf).default_info.effective_value == NUMBERS[0]
    at_site.update_ecbn(site, CallBackSelected.location_number)
    assert at_site.read_ecbn(site).location_info.effective_level == "NONE"


def test_who_is_told_of_emergency_calls(sdk: Any, company: Company, site: str) -> None:
    api = sdk.telephony.emergency_services
    assert api.get_notification().emergency_call_notification_enabled is False
    api.update_notification(
        OrgEmergencyCallNotification(
            emergency_call_notification_enabled=True,
            allow_email_notification_all_location_enabled=True,
            email_address="safety@people.example",
        )
    )
    api.update_location_notification(site, True, "reception@people.example, Guard@people.example")
    told = api.get_location_notification(site)
    assert told.email_address == "reception@people.example,guard@people.example"
    assert told.organization.email_address == "safety@people.example"
    assert told.organization.allow_email_notification_all_location_enabled
    refused(lambda: api.update_location_notification(site, email_address="no address"), 400)
    refused(lambda: api.update_location_notification(site, True, ""), 400)
    refused(
        lambda: company.sdk("customer_admin_2").telephony.emergency_services.get_location_notification(site),
        404,
    )

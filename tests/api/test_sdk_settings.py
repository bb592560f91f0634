"""Settings of people, and where calls would go, by the vendor's own SDK."""

from __future__ import annotations

from typing import Any

from wxc_sdk.person_settings.numbers import UpdatePersonNumbers, UpdatePersonPhoneNumber

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened
from tests.api.test_sdk_numbers import hired, rows


def test_alternate_numbers(sdk: Any, company: Company) -> None:
    id = opened(sdk, connection="NON_INTEGRATED_CCP")
    sdk.telephony.location.number.add(id, ["+13125550171", "+13125550172"], state="ACTIVE")
    ida = hired(sdk, "Ida", id, number="+13125550171", extension="7001")
    settings = sdk.person_settings.numbers
    first = settings.read(ida.person_id).phone_numbers
    assert [(each.primary, each.direct_number, each.extension) for each in first] == [
        (True, "+13125550171", "7001")
    ]
    add = UpdatePersonPhoneNumber(primary=False, action="ADD", external="+13125550172", extension="7002")
    settings.update(ida.person_id, UpdatePersonNumbers(phone_numbers=[add]))
    both = settings.read(ida.person_id).phone_numbers
    assert [each.direct_number for each in both] == ["+13125550171", "+13125550172"]
    assert rows(sdk, phone_number="+13125550172")["+13125550172"].phone_number_type == "ALTERNATE"
    refused(lambda: settings.update(ida.person_id, UpdatePersonNumbers(phone_numbers=[add])), 409)
    whole = sdk.people.details(ida.person_id, calling_data=True)
    assert sdk.people.update(whole, calling_data=True).phone_numbers == whole.phone_numbers
    gone = UpdatePersonPhoneNumber(primary=False, action="DELETE", external="+13125550172")
    settings.update(ida.person_id, UpdatePersonNumbers(phone_numbers=[gone]))
    assert "+13125550172" in rows(sdk, available=True)
    refused(lambda: company.sdk("customer_admin_2").person_settings.numbers.read(ida.person_id), 404)


def test_the_outbound_calling_plan_and_where_calls_go(sdk: Any, company: Company) -> None:
    office = company.office()
    first, second = sorted(company.numbers(office, 2))
    jan = hired(sdk, "Jan", office, number=first, extension="8001")
    kim = hired(sdk, "Kim", office, number=second, extension="8002")
    elsewhere = opened(sdk, connection="NON_INTEGRATED_CCP")
    lee = hired(sdk, "Lee", elsewhere, extension="8003")
    plan = sdk.person_settings.outbound_billing_plan
    assert plan.read(jan.person_id) is False
    plan.update(jan.person_id, enabled=True)
    assert plan.read(jan.person_id) is True
    plan.update(jan.person_id, enabled=False)
    assert plan.read(jan.person_id) is False
    refused(lambda: plan.update(lee.person_id, enabled=True), 409)

    def routed(destination: str) -> Any:
        return sdk.telephony.test_call_routing(
            jan.person_id, "USER", destination, include_applied_services=True
        )

    for inside in ("8002", second):
        found = routed(inside)
        assert (found.destination_type, found.is_rejected) == ("HOSTED_AGENT", False)
        assert (found.hosted_user.hu_id, found.hosted_user.location_id) == (kim.person_id, office)
    assert routed("8999").destination_type == "UNKNOWN_EXTENSION"
    out = routed("+13125550100")
    assert (out.destination_type, out.is_rejected) == ("PSTN_NUMBER", False)
    abroad = routed("+442079460018")
    assert (abroad.destination_type, abroad.is_rejected) == ("PSTN_NUMBER", True)
    told = abroad.applied_services[0].outgoing_calling_plan_permissions_by_type
    assert (told.call_type, told.permission) == ("INTERNATIONAL", "BLOCK")
    for code in ("911", "112"):
        help_call = routed(code)
        assert (help_call.destination_type, help_call.is_rejected) == ("EMERGENCY", False)

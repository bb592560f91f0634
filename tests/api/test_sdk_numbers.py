"""Numbers of a location's own provider and of a calling plan, driven by the vendor's own SDK and read back."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk.people import Person, PhoneNumber, PhoneNumberType
from wxc_sdk.telephony.emergency_address import EmergencyAddress
from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation
from wxc_sdk.telephony.location.numbers import NumbersRequestAction
from wxc_sdk.telephony.pstn import ModifyNumberAction

from tests.api.conftest import Company, refused
from tests.api.test_sdk_locations import opened

PROFESSIONAL = "Webex Calling - Professional"


def licence(sdk: Any, name: str = PROFESSIONAL) -> str:
    return str(next(each.license_id for each in sdk.licenses.list() if each.name == name))


def hired(sdk: Any, first: str, location_id: str, *, number: str = "", **more: Any) -> Person:
    """A person with a calling licence, as the SDK makes one."""
    phones = [PhoneNumber(number_type=PhoneNumberType.work, value=number)] if number else None
    return sdk.people.create(  # type: ignore[no-any-return]
        settings=Person(
            emails=[f"{first.lower()}.{location_id[-8:].lower()}@people.example"],
            first_name=first,
            last_name="Person",
            display_name=f"{first} Person",
            licenses=[licence(sdk)],
            location_id=location_id,
            phone_numbers=phones,
            **more,
        ),
        calling_data=True,
    )


@pytest.fixture(scope="module")
def own_carrier(sdk: Any) -> str:
    """A location that brings its own carrier."""
    return opened(sdk, connection="NON_INTEGRATED_CCP")


def rows(sdk: Any, **filters: Any) -> dict[str, Any]:
    """Numbers by their digits; lines without a number by their extension."""
    return {each.phone_number or each.extension: each for each in sdk.telephony.phone_numbers(**filters)}


def test_numbers_are_added_switched_and_removed(sdk: Any, own_carrier: str) -> None:
    number = sdk.telephony.location.number
    # Formatting characters and ten digits of the United States are understood.
    number.add(own_carrier, ["+1 (773) 555-0101", "7735550102"], state="ACTIVE")
    number.add(own_carrier, ["+17735550103"])
    found = rows(sdk, location_id=own_carrier)
    assert [found[each].state for each in ("+17735550101", "+17735550102", "+17735550103")] == [
        "ACTIVE",
        "ACTIVE",
        "INACTIVE",
    ]
    assert found["+17735550101"].main_number is False
    assert found["+17735550101"].toll_free_number is False
    assert found["+17735550101"].location.id == own_carrier
    error = refused(lambda: number.add(own_carrier, ["+17735550104", "+17735550101"]), 409)
    assert (error.detail.error_code, error.code) == (25223, 8363)
    assert "+17735550104" not in rows(sdk, location_id=own_carrier)
    number.activate(own_carrier, ["+17735550103"])
    number.manage_number_state(own_carrier, ["+17735550102"], NumbersRequestAction.deactivate)
    assert rows(sdk, location_id=own_carrier, state="INACTIVE").keys() == {"+17735550102"}
    refused(lambda: number.remove(own_carrier, ["+17735550103", "+17735550199"]), 404)
    assert "+17735550103" in rows(sdk)
    number.remove(own_carrier, ["+17735550103"])
    assert "+17735550103" not in rows(sdk)
    number.add(own_carrier, ["+17735550103"], number_usage_type="SERVICE", state="ACTIVE")
    assert rows(sdk, service_number=True).keys() == {"+17735550103"}
    number.remove(own_carrier, ["+17735550103"])


@pytest.mark.parametrize(
    "numbers",
    [["+1773555"], ["911"], [], ["+442079460018"], ["+17735550150", "+17735550150"], ["nonsense"]],
)
def test_a_wrong_number_is_never_taken_for_success(sdk: Any, own_carrier: str, numbers: list[str]) -> None:
    """The SDK takes 400 for success here, so every refusal is a conflict."""
    refused(lambda: sdk.telephony.location.number.add(own_carrier, numbers), 409)


def test_numbers_are_validated_one_by_one(sdk: Any, own_carrier: str, company: Company) -> None:
    sdk.telephony.location.number.add(own_carrier, ["+17735550110"], state="ACTIVE")
    answer = sdk.telephony.validate_phone_numbers(
        ["+17735550111", "+17735550110", "+17735550111", "12", "+18005550111"]
    )
    assert not answer.ok
    assert [each.state for each in answer.phone_numbers] == [
        "Available",
        "Duplicate",
        "Duplicate In List",
        "Invalid",
        "Available",
    ]
    assert [each.toll_free_number for each in answer.phone_numbers] == [False, False, False, False, True]
    assert answer.phone_numbers[3].detail
    rival = company.sdk("customer_admin_2")
    assert rival.telephony.validate_phone_numbers(["+17735550110"]).phone_numbers[0].state == "Unavailable"
    there = opened(rival, connection="NON_INTEGRATED_CCP")
    refused(lambda: rival.telephony.location.number.add(there, ["+17735550110"]), 409)
    assert sdk.telephony.validate_phone_numbers(["+17735550111"]).ok


def test_people_get_numbers_and_the_list_says_so(sdk: Any, own_carrier: str) -> None:
    sdk.telephony.location.number.add(
        own_carrier, ["+17735550120", "+17735550121", "+17735550122"], state="ACTIVE"
    )
    ann = hired(sdk, "Ann", own_carrier, number="+17735550120", extension="2001")
    assert ann.tn.value == "+17735550120"
    assert (ann.extension, ann.location_id) == ("2001", own_carrier)
    bob = hired(sdk, "Bob", own_carrier, extension="2002")
    row = rows(sdk, phone_number="+17735550120")["+17735550120"]
    assert (row.owner.owner_id, row.owner.owner_type, row.extension) == (ann.person_id, "PEOPLE", "2001")
    assert (row.owner.first_name, row.owner.last_name, row.owner.display_name) == (
        "Ann",
        "Person",
        "Ann Person",
    )
    assert row.phone_number_type == "PRIMARY"
    only = rows(sdk, owner_id=bob.person_id)["2002"]
    assert (only.phone_number, only.main_number, only.owner.owner_id) == (None, False, bob.person_id)
    assert rows(sdk, number_type="EXTENSION").keys() >= {"2002"}
    assert "2002" not in rows(sdk, number_type="NUMBER")
    assert rows(sdk, owner_name="Ann").keys() == {"+17735550120"}
    assert "+17735550120" not in rows(sdk, available=True)
    assert rows(sdk, assigned=True, location_id=own_carrier).keys() >= {"+17735550120"}
    assert rows(sdk, extension="2001").keys() == {"+17735550120"}
    assert rows(sdk, owner_type="PLACE") == {}
    error = refused(lambda: hired(sdk, "Cid", own_carrier, number="+17735550120"), 409)
    assert "Ann Person" in error.description
    refused(lambda: hired(sdk, "Cid", own_carrier, number="+17735550199"), 404)
    assert list(sdk.people.list(display_name="Cid")) == []
    error = refused(
        lambda: sdk.telephony.location.number.remove(own_carrier, ["+17735550121", "+17735550120"]), 409
    )
    assert "+17735550121" in rows(sdk)
    ann.phone_numbers = [PhoneNumber(number_type=PhoneNumberType.work, value="+17735550121")]
    assert sdk.people.update(ann, calling_data=True).tn.value == "+17735550121"
    assert "+17735550120" in rows(sdk, available=True)
    sdk.people.delete_person(ann.person_id)
    assert "+17735550121" in rows(sdk, available=True)


def test_filters_that_exclude_each_other(sdk: Any) -> None:
    for filters in (
        {"reserved_number": True, "available": True},
        {"reserved_number": False, "assigned": False},
        {"number_type": "EXTENSION", "available": True},
        {"state": "SLEEPING"},
        {"number_type": "LETTERS"},
    ):
        refused(lambda filters=filters: rows(sdk, **filters), 400)
    assert rows(sdk, reserved_number=True) == {}
    assert rows(sdk, included_telephony_type="MOBILE_NUMBER") == {}
    assert rows(sdk, elin_enabled=True) == {}


def test_counts_are_those_of_the_lists(sdk: Any) -> None:
    counted = sdk.telephony.phone_number_details()
    listed = list(sdk.telephony.phone_numbers(max=3))
    assert counted.total == len(listed)
    assert counted.assigned == len(rows(sdk, assigned=True))
    assert counted.un_assigned == len(rows(sdk, assigned=False))
    assert counted.in_active == len(rows(sdk, state="INACTIVE"))
    assert counted.extension_only == len(rows(sdk, number_type="EXTENSION"))
    assert counted.toll_free_numbers == len(rows(sdk, toll_free_numbers=True))
    assert counted.service_number == len(rows(sdk, service_number=True))
    digits = [each.phone_number for each in listed if each.phone_number]
    assert digits == sorted(digits)
    backwards = [
        each.phone_number
        for each in sdk.telephony.phone_numbers(order="dn-desc", number_type="NUMBER", max=2)
    ]
    assert backwards == sorted(backwards, reverse=True)


def test_what_can_be_chosen_for_what(sdk: Any, own_carrier: str) -> None:
    sdk.telephony.location.number.add(own_carrier, ["+17735550130", "+18005550130"], state="ACTIVE")
    dan = hired(sdk, "Dan", own_carrier, number="+17735550130", extension="2030")
    location = sdk.telephony.location
    mains = {each.phone_number: each for each in location.phone_numbers(own_carrier)}
    assert mains["+17735550130"].owner.owner_id == dan.person_id
    assert "+18005550130" not in mains
    assert [each.phone_number for each in location.phone_numbers(own_carrier, owner_name="Dan")] == [
        "+17735550130"
    ]
    free = {
        each.phone_number for each in sdk.person_settings.available_numbers.primary(location_id=own_carrier)
    }
    assert not {"+17735550130", "+18005550130"} & free
    callback = {each.phone_number for each in location.ecbn_available_phone_numbers(own_carrier)}
    assert "+17735550130" in callback
    for features in (sdk.telephony.auto_attendant, sdk.telephony.huntgroup, sdk.telephony.callqueue):
        offered = {each.phone_number for each in features.primary_available_phone_numbers(own_carrier)}
        assert "+18005550130" in offered
        assert "+17735550130" not in offered
    for offered in (
        location.phone_numbers_available_for_external_caller_id(own_carrier),
        location.charge_number_available_phone_numbers(own_carrier),
        location.call_intercept_available_phone_numbers(own_carrier),
        sdk.person_settings.available_numbers.call_forward(dan.person_id),
        sdk.person_settings.available_numbers.ecbn(dan.person_id),
    ):
        assert "+17735550130" in {each.phone_number for each in offered}
    assert "+17735550130" not in {
        each.phone_number for each in sdk.person_settings.available_numbers.secondary(dan.person_id)
    }


@pytest.mark.req("NUM-04", "NUM-07", "NUM-08")
def test_numbers_become_service_numbers_and_standard_again(sdk: Any, own_carrier: str) -> None:
    sdk.telephony.location.number.add(own_carrier, ["+17735550140", "+17735550141"], state="ACTIVE")
    eve = hired(sdk, "Eve", own_carrier, number="+17735550141", extension="2040")
    pstn = sdk.telephony.pstn
    offered = {
        each.phone_number
        for each in pstn.get_modifiable_numbers(own_carrier, ModifyNumberAction.modify_service)
    }
    assert "+17735550140" in offered
    assert "+17735550141" not in offered
    order = pstn.perform_numbers_action(
        own_carrier, ModifyNumberAction.modify_service, ["+17735550140", "+17735550141"]
    )[0]
    assert order.status == "PARTIAL"
    assert [(each.number, each.status) for each in order.numbers] == [
        ("+17735550140", "SUCCESS"),
        ("+17735550141", "FAILED"),
    ]
    assert order.numbers[1].errors[0].error_message
    assert rows(sdk, service_number=True)["+17735550140"].is_service_number
    eve.phone_numbers = [PhoneNumber(number_type=PhoneNumberType.work, value="+17735550140")]
    refused(lambda: sdk.people.update(eve), 409)
    back = pstn.perform_numbers_action(own_carrier, ModifyNumberAction.modify_standard, ["+17735550140"])[0]
    assert (back.status, back.numbers[0].usage) == ("PROVISIONED", "NONE")
    elin = pstn.perform_numbers_action(own_carrier, ModifyNumberAction.modify_elin, ["+17735550140"])[0]
    assert elin.numbers[0].usage == "ELIN"
    assert rows(sdk, elin_enabled=True).keys() == {"+17735550140"}


@pytest.mark.req("ESA-02", "ESA-03", "ESA-04", "NUM-05")
def test_numbers_of_a_calling_plan_come_from_orders(sdk: Any, company: Company) -> None:
    office = company.office()
    first, second = sorted(company.numbers(office, 2))
    assert rows(sdk, location_id=office)[first].state == "ACTIVE"
    refused(lambda: sdk.telephony.location.number.add(office, ["+12125550177"]), 409)
    sdk.telephony.location.update(
        office, TelephonyLocation(calling_line_id=CallingLineId(name="Reception", phone_number=first))
    )
    line = sdk.telephony.location.details(office).calling_line_id
    assert (line.name, line.phone_number) == ("Reception", first)
    assert rows(sdk, phone_number=first)[first].main_number
    refused(lambda: sdk.telephony.location.number.remove(office, [first]), 409)
    fay = hired(sdk, "Fay", office, number=second, extension="3001")
    home = EmergencyAddress(
        address1="1 Centre Street", city="New York", state="NY", postal_code="10007", country="US"
    )
    sdk.telephony.emergency_address.update_for_phone_number(second, home)
    here = f"/telephony/pstn/numbers/{second}/emergencyAddress"
    _status, shown, _headers = company.served.call(company.key, "GET", here)
    assert (shown["isOwn"], shown["address"]["address1"]) == (True, "1 Centre Street")
    sdk.telephony.emergency_address.update_for_phone_number(second)
    _status, shown, _headers = company.served.call(company.key, "GET", here)
    assert (shown["isOwn"], shown["address"]["address1"]) == (False, "350 Fifth Avenue")
    sdk.telephony.emergency_address.update_for_phone_number(second, home)
    sdk.people.delete_person(fay.person_id)
    _status, shown, _headers = company.served.call(company.key, "GET", here)
    assert shown["isOwn"] is False
    sdk.telephony.location.number.manage_number_state(office, [second], NumbersRequestAction.deactivate)
    assert rows(sdk, phone_number=second)[second].state == "INACTIVE"
    sdk.telephony.location.number.activate(office, [second])
    refusal = sdk.telephony.pstn.perform_numbers_action(office, ModifyNumberAction.modify_service, [second])[
        0
    ]
    assert (refusal.status, refusal.numbers[0].errors[0].error_title) == ("ERROR", "numbers.service_licence")
    company.licences("service_number", 5)
    served = sdk.telephony.pstn.perform_numbers_action(office, ModifyNumberAction.modify_service, [second])[0]
    assert served.status == "PROVISIONED"
    sdk.telephony.location.number.remove(office, [second])
    assert second not in rows(sdk)

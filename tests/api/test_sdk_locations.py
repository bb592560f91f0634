"""Locations, their PSTN connection and emergency addresses, driven by the vendor's own SDK and read back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from wxc_sdk.locations import Location, LocationAddress
from wxc_sdk.telephony.emergency_address import EmergencyAddress
from wxc_sdk.telephony.location import CallingLineId, TelephonyLocation

from tests.api.conftest import Company, refused

CHICAGO = {
    "address1": "233 South Wacker Drive",
    "city": "Chicago",
    "state": "IL",
    "postal_code": "60606",
    "country": "US",
}


def opened(sdk: Any, name: str = "", *, calling: bool = True, connection: str = "", **more: Any) -> str:
    """A location opened by the SDK; its id."""
    name = name or f"Site {uuid4().hex[:8]}"
    id = sdk.locations.create(
        name=name,
        time_zone="America/Chicago",
        preferred_language="en_us",
        announcement_language="en_us",
        **{**CHICAGO, **more},
    )
    if calling or connection:
        assert sdk.telephony.location.enable_for_calling(sdk.locations.details(id)) == id
    if connection:
        option = next(each for each in sdk.telephony.pstn.list(id) if each.pstn_connection_type == connection)
        sdk.telephony.pstn.configure(id, id=option.id)
    return str(id)


@pytest.mark.req("LOC-01")
def test_a_location_is_opened_found_changed_and_deleted(sdk: Any, company: Company) -> None:
    id = opened(sdk, "Wacker Drive", calling=False, latitude="41.8789", longitude="-87.6359", notes="Loop")
    found = sdk.locations.details(id)
    assert found.org_id == company.org_id
    assert (found.name, found.time_zone, found.address.postal_code) == (
        "Wacker Drive",
        "America/Chicago",
        "60606",
    )
    assert (found.latitude, found.longitude, found.notes) == (41.8789, -87.6359, "Loop")
    assert sdk.locations.by_name("Wacker Drive").location_id == id
    assert [each.location_id for each in sdk.locations.list(name="wACKER")] == [id]
    assert [each.location_id for each in sdk.locations.list(location_id=id)] == [id]
    refused(lambda: opened(sdk, "Wacker Drive", calling=False), 409)
    found.name, found.notes = "Wacker Tower", "Lake side"
    sdk.locations.update(id, found)
    again = sdk.locations.details(id)
    assert (again.name, again.notes, again.address) == ("Wacker Tower", "Lake side", found.address)
    sdk.locations.update(
        id,
        Location(
            address=LocationAddress(
                **{**CHICAGO, "address1": "875 North Michigan Avenue", "postal_code": "60611"}
            )
        ),
    )
    assert sdk.locations.details(id).address.address1 == "875 North Michigan Avenue"
    assert sdk.locations.details(id).name == "Wacker Tower"
    sdk.locations.delete(id)
    refused(lambda: sdk.locations.details(id), 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"time_zone": "Mars/Olympus"},
        {"address1": ""},
        {"postal_code": "6060"},
        {"country": "XX"},
        {"latitude": "91", "longitude": "0"},
    ],
)
def test_a_wrong_location_names_its_field(sdk: Any, wrong: dict[str, Any]) -> None:
    told = {
        "name": f"Wrong {uuid4().hex[:8]}",
        "time_zone": "America/Chicago",
        "preferred_language": "en_us",
        "announcement_language": "en_us",
        **CHICAGO,
        **wrong,
    }
    error = refused(lambda: sdk.locations.create(**told), 400)
    assert error.detail.errors[0].description
    assert error.detail.tracking_id


def test_calling_at_a_location(sdk: Any) -> None:
    id = opened(sdk, calling=False)
    refused(lambda: sdk.telephony.location.details(id), 404)
    assert id not in [each.location_id for each in sdk.telephony.location.list()]
    assert sdk.telephony.location.enable_for_calling(sdk.locations.details(id)) == id
    assert id in [each.location_id for each in sdk.telephony.location.list()]
    found = sdk.telephony.location.details(id)
    assert found.announcement_language == "en_us"
    assert found.e911_setup_required is False
    found.outside_dial_digit, found.routing_prefix, found.external_caller_id_name = "9", "8101", "Acme"
    sdk.telephony.location.update(id, found)
    again = sdk.telephony.location.details(id)
    assert (again.outside_dial_digit, again.routing_prefix, again.external_caller_id_name) == (
        "9",
        "8101",
        "Acme",
    )
    sdk.telephony.location.update(id, TelephonyLocation(outside_dial_digit=None))
    assert sdk.telephony.location.details(id).outside_dial_digit is None
    assert sdk.telephony.location.details(id).routing_prefix == "8101"
    other = opened(sdk)
    refused(lambda: sdk.telephony.location.update(other, TelephonyLocation(routing_prefix="8101")), 409)
    refused(lambda: sdk.telephony.location.update(other, TelephonyLocation(outside_dial_digit="99")), 400)
    refused(lambda: sdk.locations.delete(id), 409)
    names = [each.name for each in sdk.telephony.location.list(order="desc")]
    assert names == sorted(names, key=str.lower, reverse=True)


def test_extensions_are_checked_before_they_are_used(sdk: Any) -> None:
    id = opened(sdk)
    answer = sdk.telephony.location.validate_extensions(id, ["1001", "911", "1001", "x"])
    assert not answer.ok
    assert [each.state for each in answer.extension_status] == [
        "VALID",
        "INVALID",
        "DUPLICATE_IN_LIST",
        "INVALID",
    ]
    assert answer.extension_status[1].message
    assert sdk.telephony.validate_extensions(["1001", "1002"]).ok
    assert not sdk.telephony.validate_extensions(["112"]).ok


def test_countries_and_languages(sdk: Any) -> None:
    found = sdk.telephony.get_country_configuration("US")
    assert found.state_required
    assert found.zip_code_required
    assert {"IL", "NY"} <= {each.code for each in found.states}
    assert "America/Chicago" in found.time_zones
    assert not sdk.telephony.get_country_configuration("GB").state_required
    refused(lambda: sdk.telephony.get_country_configuration("XX"), 404)
    assert "en_us" in {each.code for each in sdk.telephony.read_list_of_announcement_languages()}


@pytest.mark.req("LOC-02")
def test_the_pstn_connection_is_chosen(sdk: Any) -> None:
    id = opened(sdk)
    options = {each.pstn_connection_type: each for each in sdk.telephony.pstn.list(id)}
    assert {"CISCO_PSTN", "NON_INTEGRATED_CCP"} <= set(options)
    error = refused(lambda: sdk.telephony.pstn.read(id), 404)
    assert "PSTN for the location is not configured" in error.response.json()["errorMessage"]
    refused(lambda: sdk.telephony.pstn.configure(id, id=str(uuid4())), 400)
    refused(lambda: sdk.telephony.pstn.configure(id, premise_route_type="ROUND", premise_route_id="x"), 400)
    sdk.telephony.pstn.configure(id, id=options["NON_INTEGRATED_CCP"].id)
    assert sdk.telephony.pstn.read(id).id == options["NON_INTEGRATED_CCP"].id
    sdk.telephony.pstn.configure(id, id=options["CISCO_PSTN"].id)
    found = sdk.telephony.pstn.read(id)
    assert (found.pstn_connection_type, found.display_name) == (
        "CISCO_PSTN",
        options["CISCO_PSTN"].display_name,
    )
    assert "GEOGRAPHIC_NUMBERS" in found.pstn_services
    assert sdk.telephony.location.details(id).e911_setup_required is True
    sdk.telephony.pstn.configure(id, premise_route_type="TRUNK", premise_route_id="trunk-1")
    found = sdk.telephony.pstn.read(id)
    assert (found.pstn_connection_type, found.route_type, found.route_id) == (
        "LOCAL_GATEWAY",
        "TRUNK",
        "trunk-1",
    )


@pytest.mark.req("LOC-07", "ESA-05", "ESA-06")
def test_the_emergency_address_is_looked_up_added_and_changed(sdk: Any, company: Company) -> None:
    id = opened(sdk, connection="CISCO_PSTN")
    good = EmergencyAddress(**CHICAGO)
    found = sdk.telephony.emergency_address.lookup_for_location(id, good)
    assert not found[0].errors
    near = EmergencyAddress(**{**CHICAGO, "address1": "233 South Waker Drive"})
    corrected = sdk.telephony.emergency_address.lookup_for_location(id, near)[0]
    assert corrected.address1 == "233 South Wacker Drive"
    assert corrected.errors
    refused(lambda: sdk.telephony.emergency_address.add_to_location(id, near), 409)
    address_id = sdk.telephony.emergency_address.add_to_location(id, corrected)
    assert sdk.telephony.location.details(id).e911_setup_required is False
    elsewhere = EmergencyAddress(
        **{**CHICAGO, "address1": "875 North Michigan Avenue", "postal_code": "60611"}
    )
    sdk.telephony.emergency_address.update_for_location(id, address_id, elsewhere)
    status, shown, _headers = company.served.call(
        company.key, "GET", f"/telephony/pstn/locations/{id}/emergencyAddresses"
    )
    assert status == 200
    assert shown["items"][0]["address"]["address1"] == "875 North Michigan Avenue"
    assert shown["items"][0]["state"] == "accepted"
    refused(lambda: sdk.telephony.emergency_address.update_for_location(id, str(uuid4()), elsewhere), 404)
    london = EmergencyAddress(
        address1="10 Downing Street", city="London", postal_code="SW1A 2AA", country="GB"
    )
    refused(lambda: sdk.telephony.emergency_address.add_to_location(id, london), 409)


def test_other_customers_and_partners(sdk: Any, company: Company) -> None:
    id = opened(sdk, connection="CISCO_PSTN")
    partner, stranger, rival = (company.sdk(who) for who in ("partner", "partner_2", "customer_admin_2"))
    assert partner.locations.details(id, org_id=company.org_id).location_id == id
    assert id in [each.location_id for each in partner.locations.list(org_id=company.org_id)]
    partner.telephony.location.update(
        id, TelephonyLocation(calling_line_id=CallingLineId(name="By the partner")), org_id=company.org_id
    )
    assert sdk.telephony.location.details(id).calling_line_id.name == "By the partner"
    for calls in (
        lambda: stranger.locations.details(id, org_id=company.org_id),
        lambda: rival.locations.details(id),
        lambda: rival.telephony.pstn.read(id),
        lambda: rival.telephony.location.details(id),
        lambda: rival.locations.delete(id),
        lambda: rival.telephony.emergency_address.add_to_location(id, EmergencyAddress(**CHICAGO)),
    ):
        refused(calls, 404)
    refused(lambda: next(iter(stranger.locations.list(org_id=company.org_id))), 404)
    nobody = company.sdk(f"{company.key}_person")
    refused(lambda: list(nobody.locations.list()), 403)

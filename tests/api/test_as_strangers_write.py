"""What somebody sends who has read the description only: the right thing in the wrong place, two things at once, a text
where an object belongs. Nothing of it may be taken for something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from dialtone import countries
from dialtone.calls.emergency import emergency_code
from tests.api.conftest import Caller, outside
from tests.calls.test_ask import NUMBER, number
from tests.plugins.office import open_office
from tests.plugins.world import START, World

__all__ = ["number"]
HOME = {
    "address1": "20 West 34th Street",
    "city": "New York",
    "state": "NY",
    "postalCode": "10118",
    "country": "US",
}
SITE = {"timeZone": "America/New_York", "preferredLanguage": "en_us", "address": HOME}
ORDERS = "/telephony/pstn/orders"


@pytest.mark.req("ESA-02", "ESA-03")
@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"emergencyAddress": "20 West 34th Street"}, "/emergencyAddress"),
        ({"emergencyAddress": []}, "/emergencyAddress"),
        ({"emergencyAddress": {"street": "West 34th Street 20"}}, "/emergencyAddress/country"),
        ({"emergencyAddress": {**HOME, "country": ""}}, "/emergencyAddress/country"),
        ({"address": HOME}, "/emergencyAddress"),
    ],
)
def test_an_address_told_wrongly_never_takes_the_own_address_away(
    number: str, caller: Callable[[str], Caller], told: dict[str, Any], field: str
) -> None:
    who, path = caller("alice_admin"), f"/telephony/pstn/numbers/{NUMBER}/emergencyAddress"
    assert who.put(path, {"emergencyAddress": HOME}).status == 204
    before = who.get(path).body
    assert before["isOwn"]
    refused = who.put(path, told)
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, field)
    assert who.get(path).body == before
    assert who.put(path, {"emergencyAddress": {}}).status == 204, "the SDK's way to take it back"
    assert not who.get(path).body["isOwn"]


@pytest.mark.req("ORD-04", "ORD-06")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"phoneNumbers": ["+12125550160"], "quantity": 5, "areaCode": "212"}, "/quantity"),
        ({"phoneNumbers": ["+12125550160"], "blockSize": 10}, "/blockSize"),
        ({"block": {"first": "+12125550160", "size": 10}, "quantity": 3}, "/quantity"),
        ({"blockSize": 10, "quantity": 3, "areaCode": "212"}, "/quantity"),
    ],
)
def test_an_order_that_says_two_things_is_not_half_placed(
    stocked: World, caller: Callable[[str], Caller], body: dict[str, Any], field: str
) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"])
    who = caller("alice_admin")
    told = {"locationId": outside("LOCATION", office.id), **body}
    refused = who.post(ORDERS, told, **{"Idempotency-Key": str(uuid4())})
    assert (refused.status, refused.codes) == (422, ["orders.one_way"]), refused.body
    assert refused.body["errors"][0]["field"] == field
    assert who.get(ORDERS).body["items"] == []


@pytest.mark.req("ORD-08", "ORD-35", "ACC-06")
@pytest.mark.parametrize("body", [{"phoneNumbers": ["+498920180010"]}, {"quantity": 3}, {"blockSize": 10}])
def test_where_numbers_are_had_by_case_every_order_by_search_says_so(
    stocked: World, caller: Callable[[str], Caller], body: dict[str, Any]
) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"], country="DE")
    told = {"locationId": outside("LOCATION", office.id), **body}
    refused = caller("alice_admin").post(ORDERS, told, **{"Idempotency-Key": str(uuid4())})
    assert (refused.status, refused.codes) == (409, ["orders.by_case_only"]), refused.body


@pytest.mark.req("ACC-06")
def test_where_there_are_no_calling_plans_nobody_is_told_to_set_one_up(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    who = caller("alice_admin")
    oslo = {"address1": "Karl Johans gate 1", "city": "Oslo", "postalCode": "0154", "country": "NO"}
    site = who.post("/locations", {**SITE, "name": "Oslo", "timeZone": "Europe/Oslo", "address": oslo}).body[
        "id"
    ]
    by_case = who.get(f"/telephony/pstn/caseOrderDemands?locationId={site}")
    placed = who.post(ORDERS, {"locationId": site, "quantity": 1}, **{"Idempotency-Key": str(uuid4())})
    for refused in (by_case, placed):
        assert (refused.status, refused.codes) == (422, ["locations.not_served"]), refused.body
        assert "DE" in refused.body["errors"][0]["allowed"], "H24: with the list of those served"


@pytest.mark.req("ORD-17", "ORD-19", "ORD-20", "ORD-29", "LOC-02")
@pytest.mark.parametrize(
    ("country", "services"),
    [
        ("US", {"GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS", "SERVICE_NUMBERS"}),
        ("GB", {"GEOGRAPHIC_NUMBERS", "NON_GEOGRAPHIC_NUMBERS", "SERVICE_NUMBERS"}),
        ("DE", {"GEOGRAPHIC_NUMBERS"}),
    ],
)
def test_a_calling_plan_offers_what_its_country_has(
    stocked: World, caller: Callable[[str], Caller], country: str, services: set[str]
) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"], country=country)
    who, path = caller("alice_admin"), f"/telephony/pstn/locations/{outside('LOCATION', office.id)}"
    options = who.get(f"{path}/connectionOptions").body["items"]
    plan = next(each for each in options if each["pstnConnectionType"] == "CISCO_PSTN")
    assert set(plan["pstnServices"]) == services == set(who.get(f"{path}/connection").body["pstnServices"])


@pytest.mark.req("LOC-01", "ACC-01")
def test_a_new_location_belongs_to_whom_the_body_names(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    alice, partner = caller("alice_admin"), caller("partner_admin")
    theirs, own = (outside("ORGANIZATION", each.id) for each in (stocked.bob, stocked.alice))
    refused = alice.post("/locations", {**SITE, "name": "Theirs", "orgId": theirs})
    assert (refused.status, refused.codes) == (404, ["not_found"])
    assert alice.get("/locations?name=Theirs").body["items"] == []
    made = partner.post("/locations", {**SITE, "name": "Managed", "orgId": own})
    assert (made.status, made.body["orgId"]) == (200, own), made.body


@pytest.mark.parametrize(
    ("address", "field", "code"),
    [
        ({name: HOME[name] for name in HOME if name != "country"}, "/address/country", "field.required"),
        ([], "/address", "field.wrong_type"),
        ("20 West 34th Street", "/address", "field.wrong_type"),
    ],
)
def test_what_is_wrong_with_an_address_is_named(
    caller: Callable[[str], Caller], address: object, field: str, code: str
) -> None:
    refused = caller("alice_admin").post("/locations", {**SITE, "name": "Nowhere", "address": address})
    assert (refused.status, refused.codes, refused.body["errors"][0]["field"]) == (400, [code], field)


def test_a_filter_that_is_neither_true_nor_false(caller: Callable[[str], Caller]) -> None:
    refused = caller("alice_admin").get(f"{ORDERS}?withCancelled=maybe")
    assert (refused.codes, refused.body["errors"][0]["allowed"]) == (["field.wrong_type"], "true or false")


@pytest.mark.req("ESA-10")
@pytest.mark.parametrize(("country", "codes"), [("JP", ("110", "119")), ("NO", ("110", "112", "113"))])
def test_help_is_called_where_no_calling_plan_is_sold(
    stocked: World, caller: Callable[[str], Caller], country: str, codes: tuple[str, ...]
) -> None:
    """An office with a provider of its own may be anywhere; its country's codes are no extensions, and always reach help."""
    who = caller("alice_admin")
    places = {
        "JP": (
            "Asia/Tokyo",
            {"address1": "1-1 Marunouchi", "city": "Chiyoda", "state": "Tokyo", "postalCode": "100-0005"},
        ),
        "NO": ("Europe/Oslo", {"address1": "Karl Johans gate 1", "city": "Oslo", "postalCode": "0154"}),
    }
    zone, address = places[country]
    told = {**SITE, "name": country, "timeZone": zone, "address": {**address, "country": country}}
    site = who.post("/locations", told).body["id"]
    assert who.post("/telephony/config/locations", {**told, "id": site}).status == 201
    path = f"/telephony/config/locations/{site}/actions/validateExtensions/invoke"
    answer = who.post(path, {"extensions": [*codes, "4001"]})
    states = [each["state"] for each in answer.body["extensionStatus"]]
    assert states == ["INVALID"] * len(codes) + ["VALID"]
    anywhere = who.post(
        "/telephony/config/actions/validateExtensions/invoke", {"extensions": [*codes, "4001"]}
    )
    assert anywhere.body["extensionStatus"] == answer.body["extensionStatus"], "a code there is one of theirs"
    for code in codes:
        for dialled in (code, f"tel:{code}"):
            assert emergency_code(dialled, countries.emergency_codes(country, START.date())) == code


@pytest.mark.req("ESA-09")
def test_the_part_that_the_authority_writes_otherwise_is_named(
    stocked: World, number: str, caller: Callable[[str], Caller]
) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"], country="DK", name="City hall")
    who, path = caller("alice_admin"), f"/telephony/pstn/locations/{outside('LOCATION', office.id)}"
    told = {"address1": "Rådhuspladsen 1", "city": "København", "postalCode": "1550", "country": "DK"}
    refused = who.post(f"{path}/emergencyAddress", told)
    assert (refused.status, refused.codes) == (409, ["emergency.corrected"]), refused.body
    assert refused.body["errors"][0]["field"] == "/city"
    path = f"/telephony/pstn/numbers/{NUMBER}/emergencyAddress"
    own = {
        **HOME,
        "address1": "233 South Waker Drive",
        "city": "Chicago",
        "state": "IL",
        "postalCode": "60606",
    }
    refused = who.put(path, {"emergencyAddress": own})
    assert (refused.codes, refused.body["errors"][0]["field"]) == (
        ["emergency.corrected"],
        "/emergencyAddress/address1",
    )


def test_a_webhook_s_address_is_named_as_it_was_sent(caller: Callable[[str], Caller]) -> None:
    told = {"name": "Orders", "targetUrl": "ftp://hooks.example/", "resource": "orders", "event": "created"}
    refused = caller("alice_admin").post("/webhooks", told)
    assert (refused.codes, refused.body["errors"][0]["field"]) == (["url.https"], "/targetUrl")

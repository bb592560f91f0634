"""The contact of a contract, its signature, and the terms of service over the API (LOC-06, SPK-07 to SPK-09, ACC-02, ORD-16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialtone.base.models import Letter
from dialtone.locations import connect, create_location
from dialtone.orders import queries as orders
from tests.api.conftest import Caller, outside
from tests.plugins.world import World, as_customer, as_operator

TERMS = "/telephony/pstn/termsOfService"
CONTACT = {"companyName": "Alice Ltd", "firstName": "Sam", "lastName": "Signer", "email": "sam@example.com"}


@pytest.mark.req("LOC-06", "SPK-08", "SPK-09", "ACC-02", "ORD-16")
def test_an_order_goes_on_once_both_were_given_over_the_api(
    stocked: World, caller: Callable[[str], Caller], work: Any
) -> None:
    from dialtone.base.address import CivicAddress
    from dialtone.emergency import enter_address
    from dialtone.orders import cart, place

    who, address = caller("alice_admin"), CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        office = create_location.create_location(name="Tower", address=address, time_zone="America/New_York")
    contract = f"/telephony/pstn/locations/{outside('LOCATION', office.id)}/contract"
    early = who.call("PUT", contract, CONTACT)
    assert (early.status, early.codes) == (409, ["locations.not_by_calling_plan"])
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        connect.connect(office.id, "calling_plan")
        enter_address.enter_address(office.id, address)
    assert who.get(contract).status == 404, "no contact yet"
    wrong = who.call("PUT", contract, {**CONTACT, "email": "sam", "lastName": " "})
    assert wrong.status == 422
    assert {each["field"] for each in wrong.body["errors"]} == {"/email", "/lastName"}
    made = who.call("PUT", contract, CONTACT).body
    assert (made["state"], made["lastName"], "signed" in made) == ("sent", "Signer", False)
    with as_operator():
        assert Letter.objects.get(template="contract_sign").to == "sam@example.com"
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        order = place.place(cart.add(office.id, [cart.Choice(["+12122070007"], "standard")]).id)
    work()
    shown = who.get(TERMS).body
    assert (shown["isAccepted"], shown["text"]) == (False, "Terms")
    other = who.post(f"{TERMS}/actions/accept/invoke", {"version": "1999"})
    assert (other.status, other.codes) == (409, ["plans.other_terms"])
    assert caller("alice_reader").post(f"{TERMS}/actions/accept/invoke", {"version": "2026-11"}).status == 403
    org = f"?orgId={outside('ORGANIZATION', stocked.alice.id)}"
    partners = caller("partner_admin").post(f"{TERMS}/actions/accept/invoke{org}", {"version": "2026-11"})
    assert partners.status == 403, "never accepted by a partner for a customer"
    accepted = who.post(f"{TERMS}/actions/accept/invoke", {"version": "2026-11"}).body
    assert (accepted["isAccepted"], accepted["acceptedBy"]) == (True, "Alice Admin")
    refused = who.post(f"{contract}/actions/sign/invoke", {"name": "Nobody", "title": "", "agreed": False})
    assert {each["field"] for each in refused.body["errors"]} == {"/name", "/title", "/agreed"}
    with as_customer(stocked.alice):
        assert orders.order(order.id).begun_at is None
    signature = {"name": "Sam Signer", "title": "Owner", "agreed": True}
    assert who.post(f"{contract}/actions/sign/invoke", signature).body["state"] == "signed"
    work()
    with as_customer(stocked.alice):
        assert orders.order(order.id).status == "provisioned"
    kept = who.call("PUT", contract, {**CONTACT, "lastName": "Late"}).body
    assert (kept["state"], kept["lastName"]) == ("signed", "Signer"), "a signed contract stays as it is"
    assert caller("bob_admin").get(contract).status == 404

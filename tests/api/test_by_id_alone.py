"""Orders by their id alone: a partner and the operator need not name the customer; whose it is follows from the id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from dialtone.orders import cart, place
from tests.api.conftest import Caller, outside
from tests.api.test_case_orders import camel
from tests.orders.test_case_rules import RIGHT
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer
from tests.porting.bench import open_bench


@pytest.mark.req("ACC-01", "ORD-01")
@pytest.mark.parametrize("who", ["partner_admin", "desk"])
def test_an_order_is_cancelled_and_a_reservation_dropped_by_id(
    stocked: World, caller: Callable[[str], Caller], who: str
) -> None:
    """It was a crash: the customer's rows may not be locked in the partner's own scope (H21: the partner may cancel)."""
    unsigned = open_office(stocked.alice, stocked.people["alice_admin"], signed=False)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        placed = place.place(cart.add(unsigned.id, [cart.Choice(["+12125550160"], "standard")]).id)
        held = cart.add(unsigned.id, [cart.Choice(["+12125550161"], "standard")])
    theirs = caller(who)
    reservation = f"/telephony/pstn/reservations/{outside('RESERVATION', held.id)}"
    assert theirs.post(f"{reservation}/actions/extend/invoke").body["extended"] is True
    assert theirs.delete(reservation).status == 204
    path = f"/telephony/pstn/orders/{outside('ORDER', placed.id)}/actions/cancel/invoke"
    told = theirs.post(path)
    assert (told.status, told.body["endReason"]) == (200, "by_owner"), told.body
    assert caller("partner_admin_q").post(path).status == 404


@pytest.mark.req("ESA-07", "ORD-40")
def test_a_partner_answers_for_an_order_by_case(stocked: World, caller: Callable[[str], Caller]) -> None:
    bench = open_bench(stocked, "AU")
    right = RIGHT["AU"]
    body: dict[str, Any] = {
        "locationId": outside("LOCATION", bench.office.id),
        "quantity": 1,
        "numberType": "local",
        "identity": camel(right["identity"]),
        "address": camel(right["address"]),
    }
    made = caller("alice_admin").post("/telephony/pstn/caseOrders", body, **{"Idempotency-Key": str(uuid4())})
    path, partner = f"/telephony/pstn/caseOrders/{made.body['id']}/actions", caller("partner_admin")
    assert partner.post(f"{path}/answer/invoke", {"text": "Yes"}).codes == ["orders.nothing_asked"]
    told = partner.post(f"{path}/supplyEmergencyInformation/invoke", {"text": "Level 3"})
    assert (told.status, [each["code"] for each in told.body["missing"]]) == (200, ["paper_missing"])


@pytest.mark.req("PORT-15", "ORD-13")
def test_a_filter_that_is_no_choice_and_a_country_that_is_none_are_refused(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    bench = open_bench(stocked, "US")
    who = caller("alice_admin")
    body = {"locationId": outside("LOCATION", bench.office.id), "phoneNumbers": ["+12127310100"]}
    made = who.post("/telephony/pstn/portOrders", body, **{"Idempotency-Key": str(uuid4())})
    listed = f"/telephony/pstn/portOrders/{made.body['id']}/phoneNumbers"
    for name in ("state", "portability"):
        assert who.get(f"{listed}?{name}=%00").codes == ["text.control"]
        wrong = who.get(f"{listed}?{name}=moon")
        assert (wrong.status, wrong.codes, wrong.body["errors"][0]["field"]) == (
            422,
            ["field.not_allowed"],
            f"/{name}",
        )
    assert len(who.get(f"{listed}?state=open&portability=portable").body["items"]) == 1
    told = who.get("/telephony/pstn/numberSearch?country=none&state=NY&city=Bath,+Somerset")
    assert (told.status, told.codes[0]) == (422, "search.country")


@pytest.mark.req("NUM-08")
def test_nothing_is_found_by_a_character_that_no_text_has(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    """NUL in a question was a crash of ours: it is refused by name."""
    who = caller("alice_admin")
    for path in ("/telephony/config/locations?name=%00", "/telephony/config/numbers?ownerName=a%00"):
        told = who.get(path)
        assert (told.status, told.codes) == (400, ["text.control"])
        assert told.body["errors"][0]["field"] == f"/{path.partition('?')[2].partition('=')[0]}"

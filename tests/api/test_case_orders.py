"""Orders by support case over the API: what is demanded, the order, what is missing, and what a program is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dialtone.base import clock
from dialtone.orders import deliver_case
from dialtone.orders.models import Order
from tests.api.conftest import Caller, outside
from tests.api.test_ports import upload
from tests.orders.test_case import approve
from tests.orders.test_case_rules import RIGHT
from tests.plugins.world import World, as_operator
from tests.porting.bench import open_bench, pdf

ORDERS = "/telephony/pstn/caseOrders"


def camel(told: dict[str, Any]) -> dict[str, Any]:
    from dialtone.orders.case_rules import outside as name_outside

    return {name_outside(name): value for name, value in told.items()}


@pytest.mark.req("ORD-40", "ORD-41", "ORD-44", "STAT-07", "ESA-07")
@pytest.mark.parametrize(("country", "number"), [("AU", "+61293744000")])
def test_the_whole_life(stocked: World, caller: Callable[[str], Caller], country: str, number: str) -> None:
    bench = open_bench(stocked, country)
    who = caller("alice_admin")
    place = outside("LOCATION", bench.office.id)
    demands = who.get(f"/telephony/pstn/caseOrderDemands?locationId={place}").body
    right = RIGHT[country]
    assert set(demands["identity"]) == set(camel(right["identity"]))
    body = {
        "locationId": place,
        "quantity": 1,
        "numberType": "local",
        "identity": camel(right["identity"]),
        "address": camel(right["address"]),
    }
    assert who.post(ORDERS, body).status == 422, "without a key"
    wrong = {**body, "quantity": 0, "identity": {**body["identity"], "companyName": "", "shoeSize": "44"}}
    refused = who.post(ORDERS, wrong, **{"Idempotency-Key": str(uuid4())})
    assert refused.status == 422
    assert {each["field"] for each in refused.body["errors"]} == {
        "/quantity",
        "/identity/companyName",
        "/identity/shoeSize",
    }
    key = {"Idempotency-Key": str(uuid4())}
    made = who.post(ORDERS, body, **key)
    assert made.status == 201
    assert who.post(ORDERS, body, **key).body == made.body
    assert made.body["status"] == "ACTION_REQUIRED"
    assert made.body["orderNumber"].startswith("ORD-")
    path = f"{ORDERS}/{made.body['id']}"
    day = (clock.today("UTC") - timedelta(days=9)).isoformat()
    for wanted in demands["papers"]:
        dated = {"datedOn": day} if wanted.get("maxAgeMonths") else {}
        assert upload(who, path, wanted["kind"], pdf(wanted["kind"]), **dated).status == 201
    assert upload(who, path, "horoscope", pdf("x")).codes == ["orders.paper_kind"]
    if demands["needsEmergencyInformation"]:
        assert [each["code"] for each in who.get(path).body["missing"]] == ["emergency_information"]
        invoke = f"{path}/actions/supplyEmergencyInformation/invoke"
        assert who.post(invoke, {"text": ""}).status == 422
        assert who.post(invoke, {"text": "Level 3, ring at the gate"}).status == 200
    found = who.get(path).body
    assert (found["status"], found["actsNext"], found["missing"]) == ("PENDING", "desk", [])
    assert ("expectedUntil" in found) == (country == "CH")
    assert who.post(f"{path}/actions/answer/invoke", {"text": "Yes"}).codes == ["orders.nothing_asked"]
    assert caller("bob_admin").get(path).status == 404
    assert caller("alice_reader").post(f"{path}/actions/answer/invoke", {"text": "Yes"}).status == 403
    with as_operator():
        order = Order.objects.get(number=found["orderNumber"])
    approve(bench, order)
    with bench.desk():
        deliver_case.deliver(order.id, [number], area_confirmed=True)
    done = who.get(path).body
    assert (done["status"], done["phoneNumbers"]) == ("PROVISIONED", [number])
    assert who.get("/telephony/pstn/orders?status=PROVISIONED").body["items"][0]["kind"] == "case"


def test_what_is_no_order_by_case_says_so(
    stocked: World, office: Any, caller: Callable[[str], Caller]
) -> None:
    who = caller("alice_admin")
    place = outside("LOCATION", office.id)
    told = who.get(f"/telephony/pstn/caseOrderDemands?locationId={place}")
    assert (told.status, told.codes) == (409, ["orders.by_search_only"])
    assert who.get("/telephony/pstn/orders?status=ACTION_REQUIRED").body["items"] == []
    assert who.get("/telephony/pstn/orders?status=LOST").status == 422

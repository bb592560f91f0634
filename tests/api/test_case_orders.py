"""Orders by support case over the API: what is demanded, the order, what is missing, and what a program is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dialtone.base import clock
from tests.api.conftest import Caller, outside
from tests.api.test_ports import upload
from tests.orders.test_case_rules import RIGHT
from tests.plugins.world import World
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
    # Australia does not know the status Action Required: what waits for whom is told beside it.
    assert (made.body["status"], made.body["waitsFor"], made.body["actsNext"]) == (
        "PENDING",
        "information",
        "customer",
    )
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
    _through_the_desk(caller("desk"), who, path, number)
    done = who.get(path).body
    assert (done["status"], done["phoneNumbers"]) == ("PROVISIONED", [number])
    assert who.get("/telephony/pstn/orders?status=PROVISIONED").body["items"][0]["kind"] == "case"


def _through_the_desk(desk: Caller, who: Caller, path: str, number: str) -> None:
    """The operator's program refuses a paper, approves the next, asks, and delivers (STAT-07)."""
    review, ask, deliver = (f"{path}/actions/{verb}/invoke" for verb in ("review", "ask", "deliver"))

    def decisions(**said: Any) -> dict[str, Any]:
        waiting = [each for each in who.get(path).body["papers"] if each["state"] == "given"]
        return {"decisions": [{"paperId": each["id"], "approved": True, **said} for each in waiting]}

    assert who.post(review, decisions()).status == 403
    assert desk.post(deliver, {"phoneNumbers": [number], "areaConfirmed": True}).codes == [
        "orders.case_waits"
    ]
    silent = desk.post(review, decisions(approved=False))
    assert (silent.status, set(silent.codes)) == (422, {"orders.reason_needed"})
    assert set(desk.post(review, decisions(validUntil="31.5.2031")).codes) == {"time.day"}
    refused = desk.post(review, decisions(approved=False, reason="Cut off")).body
    assert (refused["status"], refused["actsNext"]) == ("PENDING", "customer")
    assert {each["why"] for each in refused["missing"]} == {"Cut off"}
    day = (clock.today("UTC") - timedelta(days=5)).isoformat()
    for each in refused["missing"]:
        dated = {"datedOn": day} if each["paper"] in ("proof_of_address", "utility_bill") else {}
        assert upload(who, path, each["paper"], pdf(f"{each['paper']} again"), **dated).status == 201
    assert desk.post(review, decisions()).body["waitsFor"] == "desk"
    assert desk.post(ask, {"text": "Which floor?"}).body["missing"][0]["why"] == "Which floor?"
    assert who.post(f"{path}/actions/answer/invoke", {"text": "The third."}).status == 200
    delivered = desk.post(deliver, {"phoneNumbers": [number], "areaConfirmed": True})
    assert delivered.body["phoneNumbers"] == [number]


def test_what_is_no_order_by_case_says_so(
    stocked: World, office: Any, caller: Callable[[str], Caller]
) -> None:
    who = caller("alice_admin")
    place = outside("LOCATION", office.id)
    told = who.get(f"/telephony/pstn/caseOrderDemands?locationId={place}")
    assert (told.status, told.codes) == (409, ["orders.by_search_only"])
    assert who.get("/telephony/pstn/orders?status=ACTION_REQUIRED").body["items"] == []
    assert who.get("/telephony/pstn/orders?status=LOST").status == 422

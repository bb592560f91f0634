"""The main job over the API: open an office, search, reserve, order, read back; and what is refused."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any
from uuid import uuid4

import pytest

from tests.plugins.served import REPO, Served
from tools.soak.shared import OFFICE

ADDRESS = {
    "address1": "233 South Wacker Drive",
    "city": "Chicago",
    "state": "IL",
    "postalCode": "60606",
    "country": "US",
}


@pytest.fixture(scope="module")
def office_id(served: Served) -> str:
    """An office that is ready for numbers, opened by the verbs beside the served sandbox."""
    environment = {
        **served.environment,
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
        "PYTHONPATH": str(REPO),
    }
    done = subprocess.run(
        [sys.executable, "-c", OFFICE.replace("Soak office", "API office")],
        cwd=REPO,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def order(served: Served, body: dict[str, Any], key: str | None = None) -> tuple[int, Any, Any]:
    return served.call(
        "customer_admin", "POST", "/telephony/pstn/orders", body, **{"Idempotency-Key": key or str(uuid4())}
    )


def provisioned(served: Served, order_id: str) -> Any:
    """The order once it is no longer pending."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        _status, found, _headers = served.call("customer_admin", "GET", f"/telephony/pstn/orders/{order_id}")
        if found["status"] != "PENDING":
            return found
        served.wait(1)
        time.sleep(0.1)
    raise AssertionError(found)


@pytest.mark.req("ORD-06", "ORD-13", "ORD-14", "ORD-15", "SPK-15", "STAT-05", "NUM-01")
def test_search_reserve_order_and_read_back(served: Served, office_id: str) -> None:
    status, found, _headers = served.call(
        "customer_admin", "GET", "/telephony/pstn/numberSearch?areaCode=312&state=IL&max=3"
    )
    assert status == 200
    assert found["total"] > 3
    assert found["simulated"]
    number = found["items"][0]["phoneNumbers"][0]
    status, held, _headers = served.call(
        "customer_admin",
        "POST",
        "/telephony/pstn/reservations",
        {"locationId": office_id, "phoneNumbers": [number]},
    )
    assert status == 201
    assert held["lines"][0]["phoneNumbers"] == [number]
    status, placed, _headers = order(served, {"reservationId": held["id"]})
    assert status == 201, placed
    done = provisioned(served, placed["id"])
    assert (done["status"], done["lines"][0]["state"]) == ("PROVISIONED", "fulfilled")
    status, listed, _headers = served.call(
        "customer_admin", "GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}"
    )
    assert listed["phoneNumbers"][0]["state"] == "ACTIVE"
    status, events, _headers = served.call(
        "customer_admin", "GET", f"/telephony/pstn/orders/{placed['id']}/events"
    )
    assert next(each["what"] for each in events["items"]) == "order_placed"


@pytest.mark.req("ORD-04", "ORD-21", "ORD-25")
def test_a_block_and_a_toll_free_number(served: Served, office_id: str) -> None:
    status, block, _headers = order(served, {"locationId": office_id, "blockSize": 100, "areaCode": "312"})
    assert status == 201, block
    status, found, _headers = served.call(
        "customer_admin", "GET", "/telephony/pstn/numberSearch?numberType=toll_free&max=1"
    )
    status, free, _headers = order(
        served, {"locationId": office_id, "phoneNumbers": found["items"][0]["phoneNumbers"]}
    )
    assert status == 201, free
    assert provisioned(served, block["id"])["quantity"] == 100
    assert provisioned(served, free["id"])["status"] == "PROVISIONED"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"quantity": 0}, 422, "orders.quantity"),
        ({"quantity": 101}, 422, "orders.quantity"),
        ({"blockSize": 37}, 422, "search.block_size"),
        ({"phoneNumbers": []}, 422, "orders.empty"),
        ({"phoneNumbers": ["2125550101"]}, 422, "phone.national"),
        ({"phoneNumbers": ["+12125551"]}, 422, "phone.too_short"),
        ({"quantity": 1, "unknown_field": 1}, 422, "field.unknown"),
    ],
)
def test_a_wrong_order_names_the_field(
    served: Served, office_id: str, body: dict[str, Any], status: int, code: str
) -> None:
    answered, refusal, _headers = order(served, {"locationId": office_id, **body})
    assert answered == status
    assert code in [error["code"] for error in refusal["errors"]]
    assert refusal["errors"][0]["field"].startswith("/")
    assert refusal["trackingId"]


def test_the_same_key_answers_the_same_order_and_another_body_is_refused(
    served: Served, office_id: str
) -> None:
    body = {"locationId": office_id, "quantity": 1, "areaCode": "312"}
    key = str(uuid4())
    first = order(served, body, key)
    assert order(served, body, key)[1]["id"] == first[1]["id"]
    assert order(served, {**body, "quantity": 2}, key)[0] == 422
    refused = served.call("customer_admin", "POST", "/telephony/pstn/orders", body)
    assert (refused[0], refused[1]["errors"][0]["code"]) == (422, "idempotency.key_needed")


def test_another_customer_sees_nothing_of_it(served: Served, office_id: str) -> None:
    _status, placed, _headers = order(served, {"locationId": office_id, "quantity": 1, "areaCode": "312"})
    for path in (f"/telephony/pstn/orders/{placed['id']}", f"/locations/{office_id}"):
        mine = served.call("customer_admin", "GET", path)
        assert mine[0] == 200
        for who in ("customer_admin_2", "partner_2", "customer_trial"):
            status, refusal, _headers = served.call(who, "GET", path)
            assert status in (400, 404), (who, path, refusal)
    assert served.call("person", "GET", "/telephony/pstn/orders")[0] == 403


def test_a_location_over_the_compatible_api(served: Served) -> None:
    body = {
        "name": "Wacker Drive",
        "timeZone": "America/Chicago",
        "preferredLanguage": "en_us",
        "address": ADDRESS,
        "whatever": 1,
    }
    status, made, _headers = served.call("customer_admin_2", "POST", "/locations", body)
    assert status == 200, made
    assert served.call("customer_admin_2", "POST", "/locations", body)[0] == 409
    here = f"/telephony/pstn/locations/{made['id']}"
    assert (
        served.call("customer_admin_2", "POST", "/telephony/config/locations", {"id": made["id"]})[0] == 201
    )
    options = served.call("customer_admin_2", "GET", f"{here}/connectionOptions")[1]["items"]
    plan = next(each for each in options if each["pstnConnectionType"] == "CISCO_PSTN")
    assert served.call("customer_admin_2", "GET", f"{here}/connection")[0] == 404
    assert served.call("customer_admin_2", "PUT", f"{here}/connection", {"id": plan["id"]})[0] == 204
    assert served.call("customer_admin_2", "GET", f"{here}/connection")[1]["id"] == plan["id"]
    status, found, _headers = served.call(
        "customer_admin_2", "POST", f"{here}/emergencyAddress/lookup", ADDRESS
    )
    assert status == 200
    assert not found["addresses"][0]["errors"]
    assert served.call("customer_admin_2", "POST", f"{here}/emergencyAddress", ADDRESS)[0] == 201


@pytest.mark.parametrize(("token", "status"), [("", 401), ("Bearer nonsense", 401), ("Basic abc", 401)])
def test_without_a_valid_token_there_is_no_way_in(served: Served, token: str, status: int) -> None:
    answered, refusal, _headers = served.call("customer_admin", "GET", "/people/me", Authorization=token)
    assert answered == status
    assert refusal["errors"][0]["code"].startswith("auth.")


def test_the_description_is_served(served: Served) -> None:
    status, described, _headers = served.call("customer_admin", "GET", "/openapi.json")
    assert status == 200
    assert described["openapi"].startswith("3.1")
    assert "/v1/telephony/pstn/orders" in described["paths"]


def test_the_invariants_hold_and_the_audit_chain_verifies(served: Served) -> None:
    assert "verifies" in served.dialtone("audit")

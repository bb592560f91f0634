"""Port-outs over the API: locks and the PIN, what a simulated carrier asks, the desk's answers (P8)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from dialtone.base import ids
from tests.plugins.standing import Standing, plain_static, standing, undone  # noqa: F401

pytestmark = pytest.mark.usefixtures("undone")
BASE = "/v1/telephony/pstn"


def call(standing: Standing, who: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = Client().generic(
        method,
        path,
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers=standing.headers(who),
    )
    return answer.status_code, answer.json() if answer.content else None


def test_from_the_lock_to_the_answer(standing: Standing, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    alice = standing.of["alice"]
    e164 = alice.second_number.e164
    status, unlocked = call(
        standing, "alice_admin", "POST", f"{BASE}/numberLocks/actions/unlock/invoke", {"phoneNumbers": [e164]}
    )
    assert (status, unlocked["state"], len(unlocked["pin"])) == (201, "UNLOCKED", 8)
    _status, locks = call(standing, "alice_admin", "GET", f"{BASE}/numberLocks")
    assert {each["phoneNumber"]: each["state"] for each in locks["items"]}[e164] == "UNLOCKED"
    assert locks["accountNumber"] == unlocked["accountNumber"]
    assert "pin" not in json.dumps(locks)
    told = {
        "askedBy": "Meridian Voice",
        "reference": "API-1",
        "phoneNumbers": [e164, "+13122070001", standing.of["bob"].number.e164],
        "accountNumber": unlocked["accountNumber"],
        "pin": unlocked["pin"],
        "postalCode": alice.location.address["postal_code"],
    }
    status, answers = call(standing, "alice_admin", "POST", "/v1/sandbox/portOutRequests", told)
    assert status == 200
    assert [(each["state"], each.get("reason")) for each in answers["items"]] == [
        ("ASKED", None), ("REFUSED", "not_here"), ("REFUSED", "not_here")
    ]  # fmt: skip
    id = answers["items"][0]["portOutId"]
    _status, found = call(standing, "alice_admin", "GET", f"{BASE}/portOuts/{id}")
    assert (found["actsNext"], found["phoneNumbers"][0]["checks"]["pin"]) == ("operator", "ok")
    assert call(standing, "bob_admin", "GET", f"{BASE}/portOuts/{id}")[0] == 404
    assert (
        call(standing, "alice_admin", "POST", f"{BASE}/desk/portOuts/{id}/actions/agree/invoke", {})[0] == 403
    )
    _status, queue = call(standing, "desk", "GET", f"{BASE}/desk/portOuts")
    assert [each["id"] for each in queue["items"]] == [id]
    status, refused = call(standing, "desk", "POST", f"{BASE}/desk/portOuts/{id}/actions/agree/invoke", {"leavesOn": "2026-10-31"})  # fmt: skip
    assert (status, refused["errors"][0]["code"]) == (422, "porting.day_weekend")
    status, refused = call(standing, "desk", "POST", f"{BASE}/desk/portOuts/{id}/actions/refuse/invoke", {"reason": "money_owed"})  # fmt: skip
    assert (status, refused["errors"][0]["code"]) == (422, "port_out.reason")
    status, agreed = call(standing, "desk", "POST", f"{BASE}/desk/portOuts/{id}/actions/agree/invoke", {})
    assert (status, agreed["state"], agreed["actsNext"]) == (200, "AGREED", "carrier")
    status, stopped = call(standing, "alice_admin", "POST", f"{BASE}/portOuts/{id}/actions/stop/invoke")
    assert (status, stopped["state"], stopped["phoneNumbers"][0]["reason"]) == (
        200,
        "REFUSED",
        "not_the_holder",
    )
    wrong = {**told, "reference": "API-2", "phoneNumbers": ["911"], "wishedOn": "soon"}
    status, refused = call(standing, "desk", "POST", f"{BASE}/desk/portOuts", wrong)
    assert (status, {each["field"] for each in refused["errors"]}) == (422, {"/phoneNumbers/0", "/wishedOn"})
    _status, listed = call(
        standing, "alice_admin", "GET", f"{BASE}/portOuts?state=REFUSED&phoneNumber=%2B{e164[1:]}"
    )
    assert id in [each["id"] for each in listed["items"]]
    body = {"phoneNumbers": [standing.of["bob"].number.e164]}
    for action in ("lock", "unlock"):
        assert (
            call(standing, "alice_admin", "POST", f"{BASE}/numberLocks/actions/{action}/invoke", body)[0]
            == 404
        )
    assert ids.inside(id, "PORT_OUT")

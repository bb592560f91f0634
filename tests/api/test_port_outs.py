"""Port-outs over the API: locks and the PIN, what a simulated carrier asks, the desk's answers (P8)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dialtone.base.models import KeptAnswer
from tests.api.conftest import Caller
from tests.plugins.world import World, as_operator
from tests.porting.bench import live_numbers, open_bench

pytestmark = pytest.mark.usefixtures("examined_once")
BASE = "/telephony/pstn"
OURS = "+12122070001"


def test_from_the_lock_to_the_answer(stocked: World, caller: Callable[[str], Caller]) -> None:
    bench = open_bench(stocked)
    live_numbers(bench, [OURS])
    alice, bob, desk = caller("alice_admin"), caller("bob_admin"), caller("desk")
    path, key = f"{BASE}/numberLocks/actions/unlock/invoke", {"Idempotency-Key": "unlock-1"}
    unlocked = alice.post(path, {"phoneNumbers": [OURS]}, **key)
    again = alice.post(path, {"phoneNumbers": [OURS]}, **key)  # no answer came, so it was sent again (D2)
    assert (again.status, again.body) == (201, unlocked.body)
    assert alice.post(path, {"phoneNumbers": []}, **key).codes == ["idempotency.other_body"]
    with as_operator():
        assert unlocked.body["pin"] not in json.dumps(KeptAnswer.objects.get(key="unlock-1").answer)
    assert (unlocked.status, unlocked.body["state"], len(unlocked.body["pin"])) == (201, "UNLOCKED", 8)
    locks = alice.get(f"{BASE}/numberLocks").body
    assert [(each["phoneNumber"], each["state"]) for each in locks["items"]] == [(OURS, "UNLOCKED")]
    assert locks["accountNumber"] == unlocked.body["accountNumber"]
    assert "pin" not in json.dumps(locks)
    told = {
        "askedBy": "Meridian Voice",
        "reference": "API-1",
        "phoneNumbers": [OURS, "+13122070001"],
        "accountNumber": locks["accountNumber"],
        "pin": unlocked.body["pin"],
        "postalCode": bench.office.address["postal_code"],
    }
    foreign = bob.post("/sandbox/portOutRequests", told)  # it looks as if it were nobody's (S4)
    assert {each["reason"] for each in foreign.body["items"]} == {"not_here"}
    asked = alice.post("/sandbox/portOutRequests", told)
    assert [(each["state"], each.get("reason")) for each in asked.body["items"]] == [("ASKED", None), ("REFUSED", "not_here")]  # fmt: skip
    id = asked.body["items"][0]["portOutId"]
    found = alice.get(f"{BASE}/portOuts/{id}").body
    assert (found["actsNext"], found["phoneNumbers"][0]["checks"]["pin"]) == ("operator", "ok")
    assert bob.get(f"{BASE}/portOuts/{id}").status == 404
    one = f"{BASE}/desk/portOuts/{id}/actions"
    assert alice.post(f"{one}/agree/invoke", {}).status == 403
    assert [each["id"] for each in desk.get(f"{BASE}/desk/portOuts").body["items"]] == [id]
    assert desk.post(f"{one}/agree/invoke", {"leavesOn": "2026-10-31"}).codes == ["porting.day_weekend"]
    assert desk.post(f"{one}/refuse/invoke", {"reason": "money_owed"}).codes == ["port_out.reason"]
    agreed = desk.post(f"{one}/agree/invoke", {})
    assert (agreed.status, agreed.body["state"], agreed.body["actsNext"]) == (200, "AGREED", "carrier")
    assert desk.post(f"{one}/left/invoke", {"phoneNumbers": []}).codes == ["port_out.not_yet"]
    see, version = f"{BASE}/portOuts/{id}/actions/see/invoke", agreed.body["version"]
    assert bob.post(see, {"version": version}).status == 404
    assert alice.post(see, {"version": version - 1}).codes == ["version.stale"]
    seen = alice.post(see, {"version": version}).body
    assert (seen["seenBy"], alice.post(see, {"version": version}).body) == ("Alice Admin", seen)
    assert alice.get(f"{BASE}/portOuts?unseen=true").body["items"] == []
    stopped = alice.post(f"{BASE}/portOuts/{id}/actions/stop/invoke")
    assert (stopped.body["state"], stopped.body["phoneNumbers"][0]["reason"]) == ("REFUSED", "not_the_holder")
    wrong = {**told, "reference": "API-2", "phoneNumbers": ["911"], "wishedOn": "soon"}
    refused = desk.post(f"{BASE}/desk/portOuts", wrong)
    assert (refused.status, {each["field"] for each in refused.body["errors"]}) == (422, {"/phoneNumbers/0", "/wishedOn"})  # fmt: skip
    listed = alice.get(f"{BASE}/portOuts?state=REFUSED&phoneNumber=%2B{OURS[1:]}").body
    assert [each["id"] for each in listed["items"]] == [id]
    for action in ("lock", "unlock"):
        assert bob.post(f"{BASE}/numberLocks/actions/{action}/invoke", {"phoneNumbers": [OURS]}).status == 404

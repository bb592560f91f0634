"""Many emergency addresses over the API: the plan, consent to exactly it, and what became of each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from dialtone.emergency import activate
from dialtone.jobs.batches import run
from tests.api.conftest import Caller
from tests.emergency.conftest import Deliver, assign, deliver
from tests.plugins.world import World, as_customer

__all__ = ["assign", "deliver"]
PLANS = "/telephony/pstn/emergencyAddressPlans"
JOBS = "/telephony/pstn/emergencyAddressJobs"
E164 = "+12122070001"
HOME = {"address1": "12 Elm Road", "city": "New York", "state": "NY", "postalCode": "10010"}


@pytest.mark.req("ESA-02", "ESA-05")
def test_many_addresses(
    stocked: World, office: Any, deliver: Deliver, assign: Any, caller: Callable[[str], Caller]
) -> None:
    deliver(E164)
    assign(E164, "alice_user")
    with as_customer(stocked.alice):
        activate.activate([E164])
    who = caller("alice_admin")
    rows = [
        {"phoneNumber": E164, **HOME},
        {"locationName": office.name, **HOME, "address1": "350 Fith Avenue", "postalCode": "10118"},
        {"phoneNumber": "+12122079999", **HOME},
        {"phoneNumber": E164, **HOME, "postalCode": "x"},
    ]
    assert caller("alice_user").post(PLANS, {"rows": rows}).status == 403
    # A typing error in a field's name, and an empty list.
    assert who.post(PLANS, {"rows": [{**rows[0], "street": "x"}]}).status == 422
    assert who.post(PLANS, {"rows": []}).status == 422

    plan = who.post(PLANS, {"rows": rows})
    assert plan.status == 200
    assert [each["verdict"] for each in plan.body["rows"]] == ["new", "changed", "wrong", "wrong"]
    assert (plan.body["new"], plan.body["changed"], plan.body["wrong"]) == (1, 1, 2)
    assert plan.body["rows"][2]["faults"][0]["field"] == "phoneNumber"
    assert plan.body["rows"][3]["faults"][0]["code"] == "emergency.plan_twice"
    assert who.post(JOBS, {"rows": rows, "plan": "another"}).codes == ["emergency.plan_changed"]
    assert caller("bob_admin").post(JOBS, {"rows": rows, "plan": plan.body["plan"]}).status in (404, 409)

    made = who.post(JOBS, {"rows": rows, "plan": plan.body["plan"]})
    assert (made.status, made.body["state"], made.body["total"]) == (202, "waiting", 2)
    one = f"{JOBS}/{made.body['id']}"
    assert caller("bob_admin").get(one).status == 404
    assert who.post(f"{one}/actions/pause/invoke").status == 204
    run(UUID(made.body["id"]), stocked.alice.id)
    assert who.get(one).body["done"] == 0
    assert who.post(f"{one}/actions/resume/invoke").status == 204
    run(UUID(made.body["id"]), stocked.alice.id)
    assert (who.get(one).body["state"], who.get(one).body["done"]) == ("done", 2)
    came = who.get(f"{one}/rows").body["items"]
    assert [(each["state"], each["addressState"]) for each in came] == [
        ("done", "accepted"),
        ("done", "suggested"),
    ]
    assert [each["id"] for each in who.get(JOBS).body["items"]] == [made.body["id"]]
    shown = who.get(f"/telephony/pstn/numbers/{E164}/emergencyAddress").body
    assert (shown["isOwn"], shown["address"]["address1"]) == (True, "12 Elm Road")
    assert who.post(f"{one}/actions/abandon/invoke").codes == ["batches.over"]

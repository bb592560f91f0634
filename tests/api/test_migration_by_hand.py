"""A move by hand over the API: step by step, all of it back, again, and closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialtone.base import ids
from dialtone.emergency import enter_address
from dialtone.migration import by_hand
from tests.api.conftest import Caller, outside
from tests.migration.test_by_hand import PLACE, _office
from tests.plugins.world import World, as_customer

ALL = "/telephony/pstn/manualMigrations"


@pytest.mark.req("MIG-08", "MIG-13")
def test_by_hand_there_back_and_closed(stocked: World, caller: Callable[[str], Caller]) -> None:
    who = caller("alice_admin")
    old = _office(stocked)
    place = outside("LOCATION", old.id)
    assert caller("alice_user").post(ALL, {"locationId": place, "target": "premises"}).status == 403
    assert caller("bob_admin").post(ALL, {"locationId": place, "target": "premises"}).status == 404
    assert who.post(ALL, {"locationId": place, "target": "calling_plan"}).codes == ["migration.not_by_hand"]
    refused = who.get("/telephony/pstn/migrationPaths?from=moon")
    assert [(each["code"], each["field"]) for each in refused.body["errors"]] == [
        ("field.not_allowed", "/from")
    ]
    made = who.post(ALL, {"locationId": place, "target": "premises"})
    assert (made.status, made.body["step"], made.body["left"]) == (
        201,
        "create",
        {"numbers": 1, "people": 2, "services": 4},
    )
    assert who.post(ALL, {"locationId": place, "target": "premises"}).codes == ["migration.under_way"]
    one = f"{ALL}/{made.body['id']}"
    assert who.post(f"{one}/carryOut").codes == who.post(f"{one}/undo").codes == ["migration.wrong_step"]
    assert [each["field"] for each in who.post(f"{one}/create", {}).body["errors"]] == ["/name"]
    new = who.post(f"{one}/create", {"name": "Mill (own lines)"}).body["newLocationId"]
    assert who.post(f"{one}/ready", {"gatewayReady": True}).codes == ["migration.not_ready"]
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        enter_address.enter_address(ids.inside(new, "LOCATION"), PLACE)
    assert who.post(f"{one}/ready", {"gatewayReady": True}).body["step"] == "numbers"

    def carried_out(verb: str = "carryOut") -> Any:
        told = who.post(f"{one}/{verb}").body
        assert told["isRunning"]
        by_hand.run(ids.inside(told["id"], "PSTN_MANUAL_MIGRATION"), stocked.alice.id)
        return who.get(one).body

    for verb, step, left in (
        ("carryOut", "people", (0, 2, 4)),
        ("carryOut", "services", (0, 0, 4)),
        ("undo", "numbers", (1, 2, 4)),
        ("carryOut", "people", (0, 2, 4)),
        ("carryOut", "services", (0, 0, 4)),
        ("carryOut", "close", (0, 0, 0)),
    ):
        now = carried_out(verb)
        assert (now["step"], tuple(now["left"].values()), now["reason"]) == (step, left, "")
        assert now["mayUndo"] is (step != "numbers")
    assert who.post(f"{one}/leave").codes == ["migration.has_moved"]
    assert who.post(f"{one}/close").body["step"] == "closed"
    assert who.post(f"{one}/undo").codes == ["migration.no_way_back"]
    assert [each["step"] for each in who.get(ALL).body["items"]] == ["closed"]
    assert caller("bob_admin").get(one).status == 404

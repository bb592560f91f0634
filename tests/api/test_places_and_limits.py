"""Places in buildings and limits of calls over the API: what pages can say, programs can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialtone.calls import ask
from tests.api.conftest import Caller, outside
from tests.calls.test_ask import NUMBER, number
from tests.plugins.world import World, as_customer

__all__ = ["number"]
LIMITS = "/telephony/pstn/callLimits"


@pytest.mark.req("ESA-02")
def test_the_place_in_a_building_reaches_the_emergency_call(
    stocked: World, office: Any, number: str, caller: Callable[[str], Caller]
) -> None:
    who = caller("alice_admin")
    path = f"/telephony/pstn/people/{outside('PEOPLE', stocked.people['alice_user'].id)}/placeInBuilding"
    assert who.get(path).body == {"locationId": outside("LOCATION", office.id)}
    assert who.put(path, {"building": "Tower A", "floor": "21", "room": "2107"}).status == 204
    told = who.get(path).body
    assert (told["building"], told["floor"], told["room"]) == ("Tower A", "21", "2107")
    assert told["changedBy"]
    with as_customer(stocked.alice):
        document = ask.may_call(NUMBER, "911").values["pidf_lo"]
    assert "2107</ca:ROOM>" in document
    wrong = who.put(path, {"floor": "x" * 21})
    assert (wrong.status, [each["field"] for each in wrong.body["errors"]]) == (422, ["/floor"])
    assert who.put(path, {"stair": "2"}).status == 422
    assert caller("bob_admin").get(path).status == 404
    assert caller("alice_reader").put(path, {}).status == 403
    assert who.put(path, {}).status == 204
    assert {"building", "floor", "room"}.isdisjoint(who.get(path).body)


@pytest.mark.req("USE-02")
def test_limits_hold_for_the_next_call_and_below_what_holds_above(
    stocked: World, number: str, caller: Callable[[str], Caller]
) -> None:
    who = caller("alice_admin")
    told = who.get(LIMITS).body
    assert (told["inEffect"], told["customer"], told["ownLevel"]) == (told["house"], {}, "customer")
    changed = who.put(LIMITS, {"callsAtOnce": 5, "minutesADay": 0, "spentADay": "250.5"})
    assert changed.body["customer"] == {"callsAtOnce": 5, "minutesADay": 0, "spentADay": "250.50"}
    assert changed.body["inEffect"]["riskyCallsAnHour"] == 20
    with as_customer(stocked.alice):
        assert ask.may_call(NUMBER, "3125550123").code == "calls.minutes_used"
        assert ask.may_call(NUMBER, "911").allowed
    above = who.put(LIMITS, {"callsAtOnce": 201})
    assert above.codes == ["calls.limit_above"]
    for wrong in (
        {"callsAtOnce": -1},
        {"callsAtOnce": 1.5},
        {"spentADay": 2.5},
        {"spentADay": "1e3"},
        {"calls": 1},
    ):
        assert who.put(LIMITS, wrong).status == 422, wrong
    assert who.get(LIMITS).body["customer"] == changed.body["customer"]
    assert who.put(LIMITS, {}).body["customer"] == {}
    assert caller("alice_reader").put(LIMITS, {}).status == 403

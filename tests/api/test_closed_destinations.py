"""Closed destinations over the API: for the operator alone; planned, closed, told with the decision, opened again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialtone.base import ids
from tests.api.conftest import Caller
from tests.calls.test_ask import NUMBER, number
from tests.plugins.world import World

__all__ = ["number"]
PATH = "/telephony/pstn/closedDestinations"
BODY = {"prefix": "+1312", "reason": "Fraud ends calls here"}


@pytest.mark.req("USE-04", "ESA-10")
def test_closed_and_opened(stocked: World, number: str, caller: Callable[[str], Caller]) -> None:
    desk, admin = caller("desk"), caller("alice_admin")
    plan = desk.post(f"{PATH}/actions/plan/invoke", BODY)
    assert (plan.body["prefix"], plan.body["calls"], plan.body["days"]) == ("+1312", 0, 30)
    assert desk.get(PATH).body["items"] == []
    made = desk.post(PATH, BODY)
    assert made.status == 201
    assert made.body["inForce"]
    asked = {"callingNumber": NUMBER, "dialled": "3122070000"}
    told = admin.post("/telephony/pstn/calls/decision", asked).body
    assert (told["code"], told["reason"]) == ("calls.destination_closed", "Fraud ends calls here")
    assert desk.post(PATH, BODY).status == 409
    assert desk.post(PATH, {**BODY, "prefix": "+1911"}).status == 422
    for wrong in ("2026-02-30", "tomorrow", "2020-01-01"):
        assert desk.post(PATH, {**BODY, "prefix": "44", "closedFrom": wrong}).status == 422
    later = desk.post(PATH, {**BODY, "prefix": "44", "closedFrom": "2099-01-01"})
    assert (later.status, later.body["inForce"]) == (201, False)
    opened = desk.post(f"{PATH}/+1312/actions/open/invoke", {})
    assert opened.body["openFrom"]
    assert not opened.body["inForce"]
    assert admin.post("/telephony/pstn/calls/decision", asked).body["code"] == "calls.allowed"
    assert [each["prefix"] for each in desk.get(PATH).body["items"]] == ["+44", "+1312"]
    assert admin.get(PATH).status == caller("partner_admin").get(PATH).status == 403


@pytest.mark.req("USE-04")
def test_open_for_one_customer(stocked: World, number: str, caller: Callable[[str], Caller]) -> None:
    desk, admin = caller("desk"), caller("alice_admin")
    here = f"?orgId={ids.outside('ORGANIZATION', stocked.alice.id)}"
    exceptions = "/telephony/pstn/openedDestinations"
    assert desk.post(PATH, BODY).status == 201
    wanted = {"prefix": "+1312", "reason": "A branch of theirs", "openUntil": "2099-01-01"}
    assert desk.post(f"{exceptions}{here}", {**wanted, "prefix": "+44"}).status == 409
    assert desk.post(f"{exceptions}{here}", {**wanted, "openUntil": "2020-01-01"}).status == 422
    made = desk.post(f"{exceptions}{here}", wanted)
    assert (made.status, made.body["inForce"], made.body["openUntil"]) == (201, True, "2099-01-01")
    assert desk.post(f"{exceptions}{here}", wanted).status == 409
    asked = {"callingNumber": NUMBER, "dialled": "3122070000"}
    assert admin.post("/telephony/pstn/calls/decision", asked).body["code"] == "calls.allowed"
    assert admin.post(exceptions, wanted).status == admin.get(exceptions).status == 403
    closed = desk.post(f"{exceptions}/+1312/actions/close/invoke{here}", {})
    assert not closed.body["inForce"]
    assert admin.post("/telephony/pstn/calls/decision", asked).body["code"] == "calls.destination_closed"
    assert [each["prefix"] for each in desk.get(f"{exceptions}{here}").body["items"]] == ["+1312"]
    assert desk.post(f"{exceptions}/+1312/actions/close/invoke{here}", {}).status == 404

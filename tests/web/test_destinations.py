"""Closed destinations on the pages: the plan first, then closed, then opened again; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from dialtone.calls import destinations
from tests.calls.test_ask import number
from tests.plugins.world import World, as_operator

__all__ = ["number"]
ALL = "/calls/destinations/"
LINE = {"begins": "+1312", "reason": "Fraud ends calls here", "from_on": "2099-01-01"}


@pytest.mark.req("USE-04")
def test_closed_by_a_plan_and_opened_again(
    stocked: World, number: str, signed_in: Callable[..., Client]
) -> None:
    desk = signed_in(stocked.people["desk"], proven=True)
    today = desk.get(f"{ALL}new/").context["form"].initial["from_on"].isoformat()
    shown = desk.post(f"{ALL}new/", {**LINE, "from_on": today})
    assert "Close it for everybody" in shown.content.decode()
    with as_operator():
        assert destinations.in_force() == {}, "shown, not yet closed"
    assert desk.post(f"{ALL}close/", {**LINE, "from_on": today}).status_code == 302
    assert "Fraud ends calls here" in desk.get(ALL).content.decode()
    admin = signed_in(stocked.people["alice_admin"])
    why = admin.get("/calls/ask/", {"caller": number, "dialled": "3122070000"}).content.decode()
    assert "Calls to +1312 are closed." in why
    assert "Fraud ends calls here" in why
    assert "Ask for this destination" in why
    assert desk.get(f"{ALL}1312/open/").status_code == 200
    assert desk.post(f"{ALL}1312/open/").status_code == 302
    assert "Open again" in desk.get(ALL).content.decode()
    assert desk.post(f"{ALL}1312/open/").status_code == 404
    assert admin.get(ALL).status_code == 403


@pytest.mark.req("ESA-10")
def test_an_emergency_number_is_refused_beside_its_field_and_nothing_typed_is_lost(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    desk = signed_in(stocked.people["desk"], proven=True)
    for where in ("new/", "close/"):
        answer = desk.post(f"{ALL}{where}", {**LINE, "begins": "112"})
        assert answer.status_code == 422
        assert "112 is an emergency number" in answer.context["form"].errors["begins"][0]
        assert "Fraud ends calls here" in answer.content.decode()

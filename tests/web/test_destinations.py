"""Closed destinations on the pages: the plan first, then closed, then opened again; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.calls import ask, destinations, photograph
from dialtone.calls.rules import Asked
from dialtone.calls.snapshot import Answers
from dialtone.numbers.worldplan import world_plan
from tests.calls.test_ask import number
from tests.plugins.world import World, as_customer, as_operator

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


@pytest.mark.req("USE-04")
def test_opened_for_one_customer_from_its_case_and_closed_again(
    stocked: World, number: str, signed_in: Callable[..., Client]
) -> None:
    """Asked for by the customer, opened by the desk for days, decided by the page and the picture; nobody else's, and undone."""
    desk, admin = signed_in(stocked.people["desk"], proven=True), signed_in(stocked.people["alice_admin"])
    today = desk.get(f"{ALL}new/").context["form"].initial["from_on"].isoformat()
    desk.post(f"{ALL}close/", {**LINE, "from_on": today})
    asked = {"title": "Please", "text": "Our branch is there", "situation": "pstn_question"}
    opened = admin.post("/cases/new/?about=destination&id=%2B13122070000", asked)
    case = opened["Location"]
    assert "Open it for this customer" not in admin.get(case).content.decode()
    shown = desk.get(case).content.decode()
    assert "Open it for this customer" in shown
    assert ">Destination<" in shown
    where = f"{case}open/"
    assert admin.get(where).status_code == 403
    assert desk.get(where).context["form"].initial["begins"] == "+13122070000"
    told = {"begins": "+1312207", "reason": "A branch of theirs", "from_on": today, "until_on": ""}
    for wrong, field in (
        ({"begins": "+13"}, "begins"),
        ({"begins": "+1911"}, "begins"),
        ({"until_on": today}, "until_on"),
        ({"from_on": "2020-01-01"}, "from_on"),
        ({"reason": " "}, "reason"),
    ):
        answer = desk.post(where, {**told, **wrong})
        assert answer.status_code == 422, wrong
        assert list(answer.context["form"].errors) == [field]
        assert "1312207" in answer.content.decode() or "begins" in wrong
    assert desk.post(where, told)["Location"] == case
    assert desk.post(where, told).status_code == 422, "open already"

    def decided() -> list[str]:
        answers = Answers(world_plan())
        answers.show(photograph.take())
        found = []
        for dialled in ("3122070000", "3125550123"):
            with as_customer(stocked.alice):
                by_page = ask.may_call(number, dialled).code
            by_switch = answers.answer(Asked(number, dialled, str(stocked.alice.id)), clock.now()).code
            assert by_page == by_switch
            found.append(by_page)
        return found

    assert decided() == ["calls.allowed", "calls.destination_closed"]
    with as_customer(stocked.bob):
        assert destinations.opened_for(stocked.bob.id, clock.today("UTC")) == ()
        assert not destinations.opened_history().exists()
    shown = desk.get(f"{ALL}opened/").content.decode()
    assert "A branch of theirs" in shown
    assert admin.get(f"{ALL}opened/").status_code == 403
    close = f"{ALL}opened/{stocked.alice.id}/1312207/close/"
    assert desk.get(close).status_code == 200
    assert desk.post(close).status_code == 302
    assert decided() == ["calls.destination_closed"] * 2
    assert desk.post(close).status_code == 404
    with as_customer(stocked.alice):
        done = AuditRecord.objects.filter(action__in=("destination_opened_for", "destination_closed_for"))
        assert done.count() == 2

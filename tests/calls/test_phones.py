"""Phones without a number of their own: they call out with a number of their organisation, and their calls are their place's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.calls import ask, photograph, queries
from dialtone.calls.rules import Asked
from dialtone.calls.server import Desk, Picture
from dialtone.calls.snapshot import Answers, load
from dialtone.calls.take_in import take_in
from dialtone.emergency.models import EmergencyCall
from dialtone.numbers import queries as numbers
from dialtone.numbers import set_main
from dialtone.numbers.assign import Owner, assign
from dialtone.numbers.caller_id import CallerId
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.set_caller_id import set_caller_id
from dialtone.numbers.worldplan import world_plan
from dialtone.orders import cart, place
from tests.plugins.world import START, World, as_customer, as_operator

MAIN, OTHER = "+12122070001", "+12122070002"


@pytest.fixture
def lobby(office: Any, stocked: World, work: Any) -> Owner:
    """A phone in the lobby with the extension 2001; the office has a main number, and another."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place.place(cart.add(office.id, [cart.Choice([MAIN, OTHER], "standard")]).id)
    work()
    found = Owner("workspace", uuid7(), "Lobby")
    with as_customer(stocked.alice):
        assign(owner=found, location_id=office.id, location_country="US", extension="2001")
        set_main.set_main(office.id, MAIN)
    return found


def desk(tmp_path: Path) -> Desk:
    file = tmp_path / "picture"
    photograph.keep(file)
    answers = Answers(world_plan())
    answers.show(load(file))
    return Desk(Picture(file, answers))


def decided(stocked: World, tmp_path: Path, name: str, dialled: str) -> dict[str, Any]:
    """What the program tells a switch, and that the database knows it the same."""
    shop = desk(tmp_path)
    told = shop._decided("", "", name, dialled)
    with as_customer(stocked.alice):
        by_page = ask.may_call(name, dialled)
        shown = ask.caller_id(name, by_page)
        assert ask.may_call(name.partition(".")[0], dialled) == by_page
    found = shop.picture.answers.answer(Asked(name, dialled, ""), clock.now())
    same = [key for key in {*found.values, *by_page.values} if key != "pidf_lo"]
    assert (found.code, found.number, found.call_type) == (by_page.code, by_page.number, by_page.call_type)
    assert {key: found.values[key] for key in same} == {key: by_page.values[key] for key in same}
    assert shop.picture.answers.caller_id(name, found) == shown
    return told


@pytest.mark.req("NUM-10", "ESA-10")
def test_it_calls_out_with_the_number_it_shows(
    office: Any, stocked: World, lobby: Owner, tmp_path: Path
) -> None:
    name = f"2001.{office.id}"
    told = decided(stocked, tmp_path, name, "3125550123")
    assert (told["code"], told["callerId"], told["chargedTo"], told["line"]) == (
        "calls.allowed",
        MAIN,
        MAIN,
        name,
    )
    with as_customer(stocked.alice):
        set_caller_id(lobby, selected="CUSTOM", custom_number=OTHER)
    assert decided(stocked, tmp_path, name, "3125550123")["callerId"] == OTHER
    help_call = decided(stocked, tmp_path, name, "911")
    assert (help_call["code"], help_call["callbackNumber"], help_call["chargedTo"]) == (
        "calls.emergency",
        MAIN,
        MAIN,
    )
    abroad = decided(stocked, tmp_path, name, "+442079460000")
    assert (abroad["code"], abroad["chargedTo"]) == ("calls.permission", OTHER)
    with as_customer(stocked.bob):
        assert ask.may_call(name, "3125550123").code == "calls.not_your_number"
        assert ask.caller_id(name, ask.may_call(name, "911")) == CallerId()


HEADER = "Call ID,Direction,Start,Answer,End,Caller,Called,Line\n"


def test_its_calls_are_its_places_and_are_charged_to_the_number_that_was_shown(
    office: Any, stocked: World, lobby: Owner
) -> None:
    begun = START + timedelta(minutes=10)
    times = ",".join((begun + timedelta(seconds=each)).isoformat() for each in (0, 5, 65))
    name = f"2001.{office.id}"

    def taken(call_id: str, called: str) -> Any:
        text = f"{HEADER}{call_id},outbound,{times},{MAIN},{called},{name}\n"
        with as_operator(), clock.frozen(START + timedelta(days=1)):
            return take_in(text.encode(), source="switch", name="calls.csv")

    assert (taken("1", "+13125550123").new, taken("2", "911").new) == (1, 1)
    with as_customer(stocked.alice):
        remove_lines(lobby.id)
    assert taken("3", "+13125550123").new == 1
    with as_customer(stocked.alice):
        found = {each.call_id: each for each in queries.records(queries.CallFilter())}
        assert {
            each: (found[each].caller, found[each].owner_name, found[each].location_id) for each in found
        } == {
            "1": (MAIN, "Lobby", office.id),
            "2": (MAIN, "Lobby", office.id),
            "3": (MAIN, "", office.id),
        }
        assert found["1"].number_id == numbers.number_by_e164(MAIN).id
        told = EmergencyCall.objects.get()
        assert (told.caller, told.callback, told.location_id) == ("2001", MAIN, office.id)
        assert "350 Fifth Avenue" in told.address

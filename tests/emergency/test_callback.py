"""Which number an emergency centre calls back, and that it is one that reaches the caller (E4, H27)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dialtone.base import invariants
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.calls import ask, photograph
from dialtone.calls.rules import Asked
from dialtone.calls.snapshot import Answers
from dialtone.emergency import activate, callback, callbacks, own_address, set_callback, set_place
from dialtone.emergency.callback import (
    CallbackNumber,
    Chosen,
    Effective,
    fault,
    of_line,
    of_location,
    quality,
)
from dialtone.emergency.unassign import unassign
from dialtone.numbers.worldplan import world_plan
from tests.calls.facts import NOW
from tests.emergency.conftest import Deliver
from tests.emergency.location_schemas import civic
from tests.plugins.world import World, as_customer, as_operator

MAIN = CallbackNumber("+12125550100", "here", shows="office")
OWN = CallbackNumber("+12125550101", "here", "person", "pia", "Pia", shows="office")
KEN = CallbackNumber("+12125550102", "here", "person", "ken", "Ken", shows="office")
GROUP = CallbackNumber("+12125550103", "here", "hunt_group", "desk", "Desk", shows="office")
AT_MAIN = Effective("LOCATION_NUMBER", MAIN)
UNFIT = [
    replace(KEN, is_toll_free=True),
    replace(KEN, is_live=False),
    replace(KEN, is_leaving=True),
    replace(KEN, location_id="there"),
]


def test_a_number_is_called_back_only_where_it_reaches_somebody() -> None:
    assert fault(KEN, "here") is None
    assert [fault(each, "here").code.removeprefix("emergency.callback_") for each in UNFIT] == [  # type: ignore[union-attr]
        "toll_free",
        "not_live",
        "leaving",
        "elsewhere",
    ]
    assert [quality(each, "here") for each in (KEN, GROUP, UNFIT[1], None)] == [
        "RECOMMENDED",
        "NOT_RECOMMENDED",
        "INVALID",
        "INVALID",
    ]


@pytest.mark.parametrize("unfit", [None, *UNFIT])
def test_what_cannot_be_called_back_gives_way_to_the_next_level(unfit: CallbackNumber | None) -> None:
    chosen = Chosen("LOCATION_MEMBER_NUMBER", unfit)
    assert of_location("here", chosen, MAIN) == AT_MAIN
    assert of_location("here", chosen, replace(MAIN, is_toll_free=True)) == Effective()
    assert of_line("here", chosen, None, AT_MAIN) == AT_MAIN
    assert of_line("here", Chosen("DIRECT_LINE"), unfit, AT_MAIN) == AT_MAIN
    assert of_line("here", chosen, OWN, Effective()) == Effective("DIRECT_LINE", OWN)


def test_a_choice_holds_while_it_sends_help_to_the_same_place() -> None:
    chosen = Chosen("LOCATION_MEMBER_NUMBER", KEN)
    assert of_location("here", chosen, MAIN) == Effective("LOCATION_MEMBER_NUMBER", KEN)
    assert of_line("here", chosen, OWN, AT_MAIN) == Effective("LOCATION_MEMBER_NUMBER", KEN)
    assert of_line("here", Chosen("LOCATION_ECBN"), OWN, AT_MAIN) == AT_MAIN
    at_home = replace(OWN, shows="home")
    assert of_line("here", chosen, at_home, AT_MAIN) == Effective("DIRECT_LINE", at_home)
    assert of_line("here", Chosen("LOCATION_ECBN"), at_home, AT_MAIN) == Effective("DIRECT_LINE", at_home)
    assert of_line("here", None, OWN, AT_MAIN) == Effective("DIRECT_LINE", OWN)
    assert of_line("here", None, None, AT_MAIN) == AT_MAIN


PIA, KENS = "+12122070001", "+12122070002"


@pytest.fixture
def two(stocked: World, deliver: Deliver, assign: Callable[[str, str], None]) -> None:
    """Two people of Alice's office with numbers that can call; a third has an extension alone."""
    from dialtone.numbers import assign as verb

    deliver(PIA, KENS)
    assign(PIA, "alice_user")
    assign(KENS, "alice_admin")
    with as_customer(stocked.alice):
        activate.activate([PIA, KENS])
        other = stocked.people["alice_reader"]
        verb.assign(
            owner=verb.Owner("person", other.id, other.display_name),
            location_id=callbacks_location(stocked),
            location_country="US",
            extension="4711",
        )


def callbacks_location(stocked: World) -> Any:
    from dialtone.numbers.models import Number

    return Number.objects.get(e164=PIA).location_id


def choose(stocked: World, who: str, selected: str, member: str = "") -> Any:
    person = stocked.people[who]
    return set_callback.set_callback(
        "person",
        person.id,
        person.display_name,
        callbacks_location(stocked),
        selected=selected,
        member_id=stocked.people[member].id if member else None,
    )


def told(caller: str, customer: Any) -> dict[str, Any]:
    """What a switch is told about an emergency call, out of the picture alone."""
    answers = Answers(world_plan())
    answers.show(photograph.take())
    found = answers.answer(Asked(caller, "911", str(customer.id)), NOW, is_fresh=False)
    assert found.allowed
    return dict(found.values)


def test_a_chosen_number_is_told_to_the_switch_until_it_goes(stocked: World, two: None) -> None:
    alice, reader = stocked.alice, stocked.people["alice_reader"]
    with as_customer(alice):
        choose(stocked, "alice_user", "LOCATION_MEMBER_NUMBER", "alice_admin")
        choose(stocked, "alice_reader", "LOCATION_MEMBER_NUMBER", "alice_admin")
        set_place.set_place(
            "person", reader.id, reader.display_name, callbacks_location(stocked), floor="3", room="3.14"
        )
        assert ask.may_call(PIA, "911").values["callback"] == KENS
        assert callbacks.dependents(stocked.people["alice_admin"].id) == 2
    assert told(PIA, alice)["callback"] == KENS
    # Somebody with an extension alone is found, too: by the number chosen, at its address, on the floor that was said.
    alone = told("4711", alice)
    assert (alone["callback"], alone["default_route"]) == (KENS, False)
    place = civic(alone["pidf_lo"].encode())
    assert (place["RD"], place["FLR"], place["ROOM"]) == ("Fifth Avenue", "3", "3.14")
    with as_customer(alice):
        phone = f"4711.{callbacks_location(stocked)}"
    assert told(phone, alice)["callback"] == KENS
    assert told("4712", alice)["default_route"]

    with as_customer(alice):
        unassign(KENS)
        assert ask.may_call(PIA, "911").values["callback"] == PIA
        assert [each.subject_kind for each in callbacks.broken()] == ["person", "person"]
    assert told(PIA, alice)["callback"] == PIA
    assert told("4711", alice)["default_route"]  # the office has no main number in this story
    with as_operator():
        assert [str(each) for each in invariants.run() if each.invariant.id.startswith("E")] == []


def test_what_reaches_nobody_or_sends_help_elsewhere_is_refused(stocked: World, two: None) -> None:
    with as_customer(stocked.alice):
        with pytest.raises(Problem, match="callback_no_number"):
            choose(stocked, "alice_user", "LOCATION_MEMBER_NUMBER", "alice_reader")
        with pytest.raises(Problem, match="callback_no_number"):
            choose(stocked, "alice_reader", "DIRECT_LINE")
        with pytest.raises(Problem, match="not_allowed"):
            choose(stocked, "alice_user", "NONE")
        own_address.set_own_address(PIA, CivicAddress("US", "12 Elm Road", "New York", "10010", "NY"))
        with pytest.raises(Problem, match="callback_other_address"):
            choose(stocked, "alice_user", "LOCATION_MEMBER_NUMBER", "alice_admin")
        choose(stocked, "alice_user", callback.LOCATION_ECBN)
        assert ask.may_call(PIA, "911").values["callback"] == PIA

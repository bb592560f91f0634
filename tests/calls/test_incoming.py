"""Whose calls somebody takes: what the routing answers, what colleagues are told, and that help calls back all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.calls import ask, photograph
from dialtone.calls.incoming import ALL, CALLED_BACK, NONE, TRANSFERRED, Incoming
from dialtone.calls.routing import route
from dialtone.calls.rules import Asked
from dialtone.calls.set_incoming import set_incoming
from dialtone.calls.snapshot import Answers, load
from dialtone.numbers.assign import Owner, assign
from dialtone.numbers.worldplan import world_plan
from tests.calls.test_ask import NUMBER, number  # noqa: F401  a fixture
from tests.calls.test_routing import BOARD, DAY, HERE, MAIN
from tests.plugins.world import World, as_customer


@pytest.mark.parametrize(
    ("held", "direct", "through_menu", "from_inside"),
    [
        (Incoming(True, ALL, internal=True), "person", "person", "person"),
        (Incoming(True, TRANSFERRED), "calls.external_direct", "person", "person"),
        (Incoming(True, NONE), "calls.external_refused", "calls.external_refused", "person"),
        (Incoming(True, ALL, internal=False), "person", "person", "calls.internal_refused"),
        (Incoming(False, NONE, internal=False), "person", "person", "person"),
    ],
)
def test_who_is_put_through(held: Incoming, direct: str, through_menu: str, from_inside: str) -> None:
    board = replace(BOARD, incoming={"ann": held})

    def told(dialled: str, *entries: str, **more: Any) -> str:
        found = route(board, dialled, DAY, entries, from_location=HERE, **more)
        assert (found.ring == ()) == bool(found.reason)
        return found.reason or found.kind

    assert told("1001") == direct
    assert told(MAIN, "0") == through_menu
    assert told("1001", is_internal=True) == from_inside
    assert told("1001", is_help=True) == told(MAIN, "0", is_help=True) == "person"


def test_a_group_rings_those_who_take_its_calls() -> None:
    board = replace(BOARD, incoming={"ann": Incoming(True, NONE)})
    assert route(board, MAIN, DAY, ["1"]).ring == (f"1002.{HERE}",)
    assert len(route(board, "1100", DAY, from_location=HERE, is_internal=True).ring) == 2


@pytest.mark.req("ESA-10")
def test_colleagues_are_told_and_an_emergency_centre_calls_back(
    office: Any, stocked: World, number: str, tmp_path: Path
) -> None:
    user = stocked.people["alice_user"]
    with as_customer(stocked.alice):
        assign(
            owner=Owner("workspace", uuid7(), "Lobby"),
            location_id=office.id,
            location_country="US",
            extension="2001",
        )
        set_incoming("person", user.id, "x", office.id, is_own=True, external=NONE, internal=False)
    photograph.keep(tmp_path / "picture")
    answers = Answers(world_plan())
    answers.show(load(tmp_path / "picture"))
    now, lobby = clock.now(), f"2001.{office.id}"
    for dialled in ("1001", NUMBER):
        with as_customer(stocked.alice):
            by_page = ask.may_call("2001", dialled)
        found = answers.answer(Asked(lobby, dialled), now)
        assert found.code == by_page.code == "calls.internal_refused"
        assert answers.answer(Asked(lobby, dialled), now) == found  # out of tables
    assert answers.answer(Asked(lobby, "2001"), now).code == "calls.internal"
    outside = answers.route(NUMBER, now)
    assert outside is not None
    assert (outside.kind, outside.reason, outside.ring) == ("refused", "calls.external_refused", ())

    assert answers.answer(Asked(number, "911"), now, call_id="help").allowed
    back = answers.route(NUMBER, now + timedelta(hours=1))
    assert back is not None
    assert (back.kind, back.ring) == ("person", (NUMBER,))
    later = answers.route(NUMBER, now + CALLED_BACK)
    assert later is not None
    assert later.kind == "refused"

    with as_customer(stocked.alice):
        set_incoming("person", user.id, "x", office.id, is_own=False)
        assert ask.may_call("2001", "1001").code == "calls.internal"

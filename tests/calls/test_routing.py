"""Where calls to own numbers go: menus by the hour and by the key, groups, forwarding; the page's rules, out of the picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dialtone.calls.routing import ALL, IN_TURN, Group, Route, Switchboard, line_of, route
from dialtone.calls.rules import Limits
from dialtone.calls.snapshot import Answers, Customer, Line, load
from dialtone.numbers.worldplan import world_plan
from dialtone.services.diverting import Diversion
from tests.calls.facts import NOW, PAID, caller
from tests.calls.test_program import ME, picture
from tests.services.test_walk import ANN, HERE, PLACE, local

MAIN = "+13125550100"
BOARD = Switchboard(
    PLACE,
    {"sales": Group(("ann", "gone", "bea"), IN_TURN, 18, then="+13125550199")},
    {"ann": "+13125550101", "bea": line_of("", "1002", HERE)},
)
DAY, NIGHT = local(24, 10), local(24, 22)


@pytest.mark.req("SMB-10")
def test_a_menu_says_what_it_offers_and_a_key_where_it_leads() -> None:
    told = route(BOARD, MAIN, DAY)
    assert (told.kind, told.id, told.hours) == ("phone_menu", "main", "business")
    assert (told.keys["1"], told.keys["#"]) == ("1100", "EXIT")
    assert route(BOARD, MAIN, NIGHT).hours == "after"
    assert route(BOARD, MAIN, DAY, ["0"]).ring == ("+13125550101",)
    assert route(BOARD, MAIN, DAY, ["2"]) == Route("outside", destination="+13125550199")
    assert route(BOARD, MAIN, DAY, ["5"]).kind == "phone_menu"


def test_a_group_rings_its_members_in_their_turn_and_then_somebody_else() -> None:
    told = route(BOARD, "1100", DAY, from_location=HERE)
    assert (told.kind, told.ring, told.how) == ("hunt_group", ("+13125550101", f"1002.{HERE}"), IN_TURN)
    assert (told.seconds_each, told.then) == (18, "+13125550199")
    off = replace(BOARD, groups={})
    assert route(off, "1100", DAY, from_location=HERE).ring == ()
    at_once = replace(BOARD, groups={"sales": Group(("ann",), ALL, 30)})
    assert route(at_once, MAIN, DAY, ["1"]).how == ALL


def test_what_is_forwarded_goes_on_and_what_nobody_has_is_nobodys() -> None:
    away = replace(BOARD, place=replace(PLACE, forwarded={"ann": "+442079460000"}))
    assert route(away, "1001", DAY, from_location=HERE) == Route("outside", destination="+442079460000")
    assert route(BOARD, "7777", DAY, from_location=HERE).kind == "nobody"


@pytest.mark.req("SMB-10")
def test_an_emergency_centre_that_calls_back_reaches_a_busy_group() -> None:
    busy = replace(BOARD, place=replace(PLACE, diverted={"sales": [Diversion("group_busy")]}))
    assert route(busy, "1100", DAY, from_location=HERE) == Route("busy", "sales", "Sales")
    assert route(busy, "1100", DAY, from_location=HERE, is_help=True).ring != ()


def test_the_program_routes_out_of_an_old_picture_too(tmp_path: Path) -> None:
    lines = {
        MAIN: Line(caller(e164=MAIN), "office"),
        ME: Line(caller(), "office"),
        "+13125550109": Line(caller(e164="+13125550109", is_active=False), "office"),
    }
    place: Any = replace(PLACE, numbers={**PLACE.numbers, ME: ANN})
    customer = Customer(PAID, "US", {}, {}, Limits(), replace(BOARD, place=place))
    picture(lines=lines, customers={"alice": customer}).save(tmp_path / "picture.bin")
    answers = Answers(world_plan())
    answers.show(load(tmp_path / "picture.bin"))
    assert answers.route(MAIN, DAY, entries=["1"]) == route(BOARD, MAIN, DAY, ["1"])
    found = answers.route("1001", NOW, caller=ME)
    assert found is not None
    assert found.ring == ("+13125550101",)
    assert answers.route("+13125550109", NOW) == Route("nobody", destination="+13125550109")
    assert answers.route("+19995550000", NOW) is None
    assert answers.route("1001", NOW) is None
    assert answers.main_number(ME) == "+12125550100"

"""Home: a to-do list first, sorted by due date, then pictures; each role sees its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.jobs import sweeper
from dialtone.orders import cart, place
from dialtone.plans import subscribe
from dialtone.support import answer_case, open_case
from dialtone.web import todo
from dialtone.web.pictures import Part, bar
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator


def tasks(page: str) -> list[str]:
    """The words of each task on a page, in order."""
    listed = page.split('<ul class="tasks">')[1].split("</ul>")[0] if '<ul class="tasks">' in page else ""
    return [part.split("<span>")[1].split("<")[0] for part in listed.split("<li>")[1:]]


def test_a_newcomer_is_told_where_to_begin(world: World, signed_in: Callable[..., Client]) -> None:
    assert tasks(signed_in(world.people["alice_admin"]).get("/").content.decode()) == [
        "Open your first location"
    ]
    reader = signed_in(world.people["alice_reader"]).get("/").content.decode()
    assert "Nothing waits for you" in reader
    person = signed_in(world.people["alice_user"]).get("/").content.decode()
    assert "You have no number yet" in person


def test_what_ends_first_comes_first(stocked: World, signed_in: Callable[..., Client]) -> None:
    me = stocked.people["alice_admin"]
    office = open_office(stocked.alice, me, signed=False, terms=False)
    with as_customer(stocked.alice, me):
        held = cart.add(office.id, [cart.Choice(["+12122070001"], "standard", False, {})])
        order = place.place(held.id)
        case = open_case.open_case("portal", "A page does not open", "Since Monday")
    with as_operator(), clock.frozen(clock.now() - timedelta(days=3)):
        answer_case.answer_case(case.id, "Which one?")
    found = tasks(signed_in(me).get("/").content.decode())
    assert found == [
        f"Case {case.number} was answered: A page does not open",
        f"Order {order.number} waits for the terms of service",
        "Sign the contract of Head office",
    ]
    reader = tasks(signed_in(stocked.people["alice_reader"]).get("/").content.decode())
    assert reader == []


@pytest.mark.req("ACC-14")
def test_a_trial_that_is_over_comes_up_everywhere(world: World, signed_in: Callable[..., Client]) -> None:
    with as_operator():
        subscribe.publish_terms("2026-11", {"en": "Terms"})
    with as_customer(world.alice):
        subscribe.start_trial()
    with clock.frozen(clock.now() + timedelta(days=91)):
        sweeper.run_due()
        admin = signed_in(world.people["alice_admin"]).get("/").content.decode()
        assert tasks(admin)[0] == "The trial is over: convert it, or its numbers go"
        partner = signed_in(world.people["partner_admin"]).get("/").content.decode()
        assert "Alice Ltd: The trial is over" in tasks(partner)[0]
        assert "plan-convert" in partner


def test_no_more_than_a_page_of_tasks(world: World) -> None:
    assert todo.MOST == 20
    assert [(part.at, part.wide) for part in bar([Part("a", 0, "ok")])] == [("0.00", "0.00")]


def test_the_pictures_say_their_figures(stocked: World, signed_in: Callable[..., Client]) -> None:
    open_office(stocked.alice, stocked.people["alice_admin"])
    page = signed_in(stocked.people["alice_admin"]).get("/").content.decode()
    for words in (
        "Numbers",
        "Emergency coverage",
        "Locations with an emergency address in effect",
        "Outbound calling plan",
    ):
        assert words in page
    partner = signed_in(stocked.people["partner_admin"]).get("/").content.decode()
    assert 'href="/customers/?plan=paid"' in partner

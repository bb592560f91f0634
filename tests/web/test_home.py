"""Home: a to-do list first, sorted by due date, then pictures; each role sees its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.jobs import sweeper
from dialtone.orders import cart, place
from dialtone.people.models import Person
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


def test_an_address_that_only_a_button_sends_to_tells_the_way_on(
    world: World, signed_in: Callable[..., Client]
) -> None:
    """Back, a reload or a language chosen after a refusal lead there: Django's own answer is a blank page."""
    client = signed_in(world.people["alice_admin"])
    for address in ("/language/", "/account/sessions/end/", "/set-up/finish/"):
        page = client.get(address, headers={"accept": "text/html"})
        assert page.status_code == 405
        assert page["Allow"] == "POST"
        assert "Go to the start page" in page.content.decode()
    assert client.get("/language/", headers={"accept": "application/json"}).content == b""


def test_whoever_looks_after_customers_finds_whose_a_number_is(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    me = stocked.people["alice_admin"]
    office = open_office(stocked.alice, me)
    with as_customer(stocked.alice, me):
        place.place(cart.add(office.id, [cart.Choice(["+12122070001"], "standard")]).id)
    for who in ("desk", "partner_admin"):
        found = signed_in(stocked.people[who]).get("/search", {"q": "212 207 0001"}).content.decode()
        assert "+12122070001 · Alice Ltd" in found
        assert f"/customers/{stocked.alice.id}/" in found
    assert (
        "Alice"
        not in signed_in(stocked.people["partner_admin_q"])
        .get("/search", {"q": "2122070001"})
        .content.decode()
        .split("<main")[1]
    )


def test_one_box_finds_addresses_orders_people_and_cases(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    me = stocked.people["alice_admin"]
    office = open_office(stocked.alice, me)
    branch = open_office(stocked.alice, me, name="Branch")
    with as_customer(stocked.alice, me):
        order = place.place(cart.add(office.id, [cart.Choice(["+12122070001"], "standard")]).id)
        case = open_case.open_case("portal", "Broken lamp", "It is dark.")

    def found(text: str, who: str = "alice_admin") -> str:
        page = signed_in(stocked.people[who]).get("/search", {"q": text}).content.decode()
        return page.split("<main")[1]

    assert f"/locations/{branch.id}/" in found("branch")
    by_address = found("avenue york")
    assert by_address.count("New York") >= 2, "one for each location"
    assert f"/orders/{order.id}/" in found(order.number)
    assert f"/cases/{case.id}/" in found("lamp")
    assert "Nothing was found" in found("avenue nowhere")
    with as_operator():
        Person.objects.filter(id=stocked.people["alice_user"].id).update(
            role="location", location_ids=[branch.id]
        )
    assert f"/locations/{office.id}/" not in found("avenue york", "alice_user"), "not one of the own"
    assert f"/locations/{branch.id}/" in found("avenue york", "alice_user")
    assert "+12122070001" not in found("212 207 0001", "alice_user")
    assert f"/orders/{order.id}/" not in found(order.number, "alice_user")


def test_help_says_who_opens_a_case_for_a_person(world: World, signed_in: Callable[..., Client]) -> None:
    assert "Ask an administrator" in signed_in(world.people["alice_user"]).get("/help/pstn/").content.decode()
    assert (
        "Choose what it is about"
        in signed_in(world.people["alice_admin"]).get("/help/pstn/").content.decode()
    )


def test_a_contact_of_the_directory_is_changed_from_what_it_is(
    world: World, signed_in: Callable[..., Client]
) -> None:
    """An empty form would take it out."""
    desk = signed_in(world.people["desk"])
    kept = {
        "division": "pstn_support",
        "region": "emea",
        "phone": "+45 33 13 14 15",
        "email": "",
        "hours": "8-16",
    }
    assert desk.post("/help/directory/", kept).status_code == 302
    there = "/help/directory/?division=pstn_support&amp;region=emea"
    assert there in desk.get("/help/pstn/").content.decode()
    assert "+45 33 13 14 15" in desk.get(there.replace("&amp;", "&")).content.decode()

"""What ordinary calls show, by the page's and the switch's answer alike; emergency calls never show it (NUM-10)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.calls import ask, photograph
from dialtone.calls.common import Outcome
from dialtone.calls.rules import Asked
from dialtone.calls.snapshot import Answers, load
from dialtone.emergency import deactivate, give_back, leave
from dialtone.locations.change_calling import change_calling
from dialtone.locations.models import Location
from dialtone.numbers import caller_ids, set_main, states
from dialtone.numbers import queries as numbers
from dialtone.numbers.assign import Owner, assign
from dialtone.numbers.caller_id import CallerId
from dialtone.numbers.change_usage import change_usage
from dialtone.numbers.models import CallerIdChoice, Number
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.set_caller_id import set_caller_id
from dialtone.numbers.worldplan import world_plan
from dialtone.orders import cart, place
from tests.calls.facts import NOW
from tests.plugins.world import World, as_customer, as_operator

OWN, MAIN, OTHER = "+12122070000", "+12122070001", "+12122070002"
OUTSIDE = "3125550123"


@pytest.fixture
def owner(office: Any, stocked: World, work: Any) -> Owner:
    """Alice's user with a live number; the office has a main number, and one that nobody has."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place.place(cart.add(office.id, [cart.Choice([OWN, MAIN, OTHER], "standard")]).id)
    work()
    user = stocked.people["alice_user"]
    found = Owner("person", user.id, user.display_name)
    with as_customer(stocked.alice):
        assign(owner=found, location_id=office.id, location_country="US", e164=OWN, extension="1001")
        set_main.set_main(office.id, MAIN)
    return found


def shown(stocked: World, dialled: str = OUTSIDE) -> CallerId:
    """What the call shows, by the database and by the picture that a switch is answered from: always the same."""
    with as_customer(stocked.alice):
        told = ask.may_call(OWN, dialled)
        by_page = ask.caller_id(OWN, told)
    answers = Answers(world_plan())
    answers.show(photograph.take())
    found = answers.answer(Asked(OWN, dialled, str(stocked.alice.id)), NOW)
    assert answers.caller_id(OWN, found) == by_page
    if found.call_type != "EMERGENCY":  # never a common call
        assert answers.shown_number(OWN, Outcome(found)) == by_page.e164
    return by_page


def put(stocked: World, e164: str, **values: Any) -> None:
    with as_customer(stocked.alice):
        Number.objects.filter(e164=e164).update(**values)


def choose(stocked: World, owner: Owner, **told: Any) -> None:
    with as_customer(stocked.alice):
        set_caller_id(owner, **told)


@pytest.mark.req("NUM-10")
def test_a_service_number_is_the_caller_id_of_a_user_and_a_workspace(stocked: World, owner: Owner) -> None:
    put(stocked, OTHER, usage="service")
    assert shown(stocked) == CallerId("DIRECT_LINE", OWN, "Alice User")
    choose(stocked, owner, selected="CUSTOM", custom_number=OTHER)
    assert shown(stocked) == CallerId("CUSTOM", OTHER, "Alice User")
    with as_customer(stocked.alice):
        remove_lines(owner.id)
        desk = Owner("workspace", UUID(int=7), "Lobby")
        there = Number.objects.get(e164=OWN).location_id
        assign(owner=desk, location_id=there, location_country="US", e164=OWN, extension="1001")
        set_caller_id(desk, selected="CUSTOM", custom_number=OTHER)
    assert shown(stocked) == CallerId("CUSTOM", OTHER, "Lobby")


@pytest.mark.req("NUM-10")
def test_a_service_number_that_is_the_main_number_is_shown_for_those_who_show_the_location(
    stocked: World, owner: Owner, office: Any
) -> None:
    put(stocked, MAIN, usage="service")
    choose(stocked, owner, selected="LOCATION_NUMBER", name_policy="LOCATION")
    with as_customer(stocked.alice):
        change_calling(office.id, {"external_caller_id_name": "Acme New York"})
    assert shown(stocked) == CallerId("LOCATION_NUMBER", MAIN, "Acme New York")
    choose(stocked, owner, name_policy="OTHER", custom_name="Acme Sales")
    assert shown(stocked).name == "Acme Sales"


@pytest.mark.req("NUM-10", "ESA-10")
def test_emergency_calls_tests_of_the_address_and_colleagues_do_not_get_the_chosen_number(
    stocked: World, owner: Owner
) -> None:
    with as_customer(stocked.alice):
        before = {code: ask.may_call(OWN, code).values for code in ("911", "9911", "112")}
    choose(stocked, owner, selected="CUSTOM", custom_number=OTHER, name_policy="OTHER", custom_name="Sales")
    for code in ("911", "112"):
        assert shown(stocked, code) == CallerId()
        with as_customer(stocked.alice):
            told = ask.may_call(OWN, code)
            assert told.values == before[code]
        assert (told.values["callback"], told.values["default_route"]) == (OWN, False)
        assert OTHER not in str(told.values)
    assert shown(stocked, "933").e164 == OWN  # reads out the address of the number that calls
    assert shown(stocked, "1001").e164 == OWN
    assert shown(stocked, OTHER).e164 == OWN
    assert shown(stocked, "411") == CallerId()  # refused


@pytest.mark.req("NUM-10")
def test_a_number_that_goes_is_shown_no_more_and_it_is_written_down(stocked: World, owner: Owner) -> None:
    def fallen_back() -> int:
        with as_operator():
            return AuditRecord.objects.filter(
                action="caller_id_fell_back", customer_id=stocked.alice.id
            ).count()

    for times, go in enumerate((lambda: change_usage(OTHER, "elin"), lambda: give_back.give_back([OTHER]))):
        choose(stocked, owner, selected="CUSTOM", custom_number=OTHER)
        assert shown(stocked).e164 == OTHER
        with as_customer(stocked.alice):
            go()
        assert shown(stocked) == CallerId("DIRECT_LINE", OWN, "Alice User")
        assert fallen_back() == times + 1
        with as_customer(stocked.alice):
            (row,) = CallerIdChoice.objects.filter(owner_id=owner.id)
            assert (row.selected, row.number) == ("DIRECT_LINE", None)
            if times == 0:
                change_usage(OTHER, "standard")
    # Another carrier takes the next one.
    choose(stocked, owner, selected="CUSTOM", custom_number=MAIN)
    with as_customer(stocked.alice):
        leave.leave([MAIN])
    assert shown(stocked).e164 == OWN
    assert fallen_back() == 3


def test_a_number_out_of_service_gives_way_until_it_is_back(stocked: World, owner: Owner) -> None:
    choose(stocked, owner, selected="CUSTOM", custom_number=OTHER)
    with as_customer(stocked.alice):
        deactivate.deactivate([OTHER])
    assert shown(stocked).e164 == OWN
    choose(stocked, owner, selected="LOCATION_NUMBER")
    with as_customer(stocked.alice):
        deactivate.deactivate([MAIN])
    assert shown(stocked).e164 == OWN


def test_what_cannot_be_shown_is_refused_with_its_field_and_nothing_changes(
    stocked: World, owner: Owner, office: Any
) -> None:
    choose(stocked, owner, selected="LOCATION_NUMBER")

    def refusal(**told: Any) -> tuple[str, str | None]:
        with as_customer(stocked.alice), pytest.raises(Problem) as refused:
            set_caller_id(owner, **told)
        return refused.value.code, refused.value.field

    at = "/customNumber"
    custom = {"selected": "CUSTOM", "custom_number": OTHER}
    assert refusal(selected="CUSTOM") == ("field.required", at)
    assert refusal(selected="MOBILE_NUMBER") == ("field.not_allowed", "/selected")
    assert refusal(selected="CUSTOM", custom_number="+12122079999") == ("not_found", at)
    put(stocked, OTHER, usage="elin")
    assert refusal(**custom) == ("numbers.caller_id_elin", at)
    put(stocked, OTHER, usage="standard")
    for country, connection, code in (
        ("GB", "calling_plan", "other_country"),
        ("US", "premises", "other_carrier"),
    ):
        with as_customer(stocked.alice):
            there = Location.objects.get(id=office.id)
            there.pk, there.name, there.search_name = UUID(int=ord(country[0])), code, code
            there.country, there.connection = country, connection
            there.save(force_insert=True)
            put(stocked, OTHER, location_id=there.id)
            assert OTHER not in [
                each.e164 for each in caller_ids.offered(numbers.lines_of_owner([owner.id])[owner.id])
            ]
        assert refusal(**custom) == (f"numbers.caller_id_{code}", at)
    with as_customer(stocked.alice):
        put(stocked, OTHER, location_id=office.id)
        deactivate.deactivate([OTHER])
    assert refusal(**custom) == ("numbers.caller_id_not_live", at)
    assert refusal(name_policy="OTHER") == ("field.required", "/customExternalCallerIdName")
    assert refusal(custom_name='Acme "Inc"') == ("numbers.caller_id_name", "/customExternalCallerIdName")
    assert refusal(custom_name="x" * 31) == ("field.too_long", "/customExternalCallerIdName")
    with as_customer(stocked.bob), pytest.raises(Problem) as foreign:
        set_caller_id(owner, **custom)
    assert foreign.value.code == "people.no_line"
    assert shown(stocked).e164 == MAIN


def test_the_choice_goes_with_the_line_and_comes_out_of_the_file(
    stocked: World, owner: Owner, tmp_path: Path
) -> None:
    choose(stocked, owner, selected="CUSTOM", custom_number=OTHER)
    photograph.keep(tmp_path / "picture.bin")
    read = load(tmp_path / "picture.bin")
    assert read is not None
    assert read.caller_ids == {OWN: CallerId("CUSTOM", OTHER, "Alice User")}
    with as_customer(stocked.alice):
        remove_lines(owner.id)
        assert not CallerIdChoice.objects.exists()
        assert numbers.number_by_e164(OTHER).state in states.IN_SERVICE
    assert shown(stocked).e164 == OWN

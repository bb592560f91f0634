"""A home worker's number shows the home, while the home worker has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock, invariants
from dialtone.base.address import CivicAddress
from dialtone.base.models import Letter
from dialtone.base.problems import Problem
from dialtone.emergency import activate, enter_address, own_address, queries, states
from dialtone.emergency.unassign import unassign
from tests.emergency.conftest import Deliver
from tests.plugins.world import World, as_customer, as_operator

OFFICE = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
HOME = CivicAddress("US", "12 Elm Road", "New York", "10010", "NY")
OTHER_HOME = CivicAddress("US", "7 Oak Lane", "New York", "10010", "NY")
TYPO = CivicAddress("US", "350 Fith Avenue", "New York", "10118", "NY")
E164 = "+12122070001"


def shown(number: Any) -> CivicAddress:
    return queries.shown_by([number.id])[number.id]


@pytest.fixture
def number(stocked: World, deliver: Deliver, assign: Callable[[str, str], None]) -> Any:
    """An active number of a person of Alice's."""
    (found,) = deliver(E164)
    assign(E164, "alice_user")
    with as_customer(stocked.alice):
        activate.activate([E164])
    return found


def nothing_is_wrong() -> None:
    with as_operator():
        assert [
            str(each) for each in invariants.run() if each.invariant.id.startswith(("E", "H37", "N6"))
        ] == []


@pytest.mark.req("ESA-02", "ESA-04")
def test_one_number_shows_an_own_address_and_falls_back(
    stocked: World, office: Any, number: Any, deliver: Deliver, check_constraints: Any
) -> None:
    begin = clock.now()
    (neighbour,) = deliver("+12122070002")
    with as_customer(stocked.alice):
        activate.activate([neighbour.e164])
    with clock.frozen(begin + timedelta(hours=1)), as_customer(stocked.alice):
        own = own_address.set_own_address(E164, HOME)
        assert (own.state, own.owner_id) == ("accepted", stocked.people["alice_user"].id)
        assert (shown(number), shown(neighbour)) == (HOME, OFFICE)
        assert own_address.set_own_address(E164, HOME).id == own.id
        assert [(row.e164, row.is_own) for row in queries.coverage(office.id)] == [
            (E164, True),
            ("+12122070002", False),
        ]
    check_constraints()
    nothing_is_wrong()
    with clock.frozen(begin + timedelta(hours=2)), as_customer(stocked.alice):
        assert own_address.set_own_address(E164, OTHER_HOME).state == states.ACCEPTED
        assert queries.address(own.id).state == states.REPLACED
        assert shown(number) == OTHER_HOME
    with clock.frozen(begin + timedelta(hours=3)), as_customer(stocked.alice):
        own_address.remove_own_address(E164)
        own_address.remove_own_address(E164)
        assert shown(number) == OFFICE
        times = [begin + timedelta(minutes=minutes) for minutes in (0, 59, 60, 119, 120, 179, 180)]
        assert [queries.shown_at(number.id, at) for at in times] == [
            OFFICE, OFFICE, HOME, HOME, OTHER_HOME, OTHER_HOME, OFFICE,
        ]  # fmt: skip
    check_constraints()
    nothing_is_wrong()


@pytest.mark.req("ESA-02")
def test_a_new_office_address_leaves_own_addresses_alone(stocked: World, office: Any, number: Any) -> None:
    with as_customer(stocked.alice):
        own_address.set_own_address(E164, HOME)
        enter_address.enter_address(
            office.id, CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")
        )
        assert shown(number) == HOME
        newest = queries.newest_of_location(office.id)
        assert newest is not None
        assert newest.is_location_default


def test_until_the_own_address_is_accepted_the_number_shows_the_office(
    stocked: World, office: Any, number: Any
) -> None:
    with as_customer(stocked.alice, stocked.people["alice_user"]):
        own = own_address.set_own_address(E164, TYPO)
        assert (own.state, shown(number)) == ("suggested", OFFICE)
        assert queries.coverage(office.id)[0].waiting == "suggested"
        taken = enter_address.apply_suggestion(own.id)
        assert (taken.state, taken.number_id) == ("accepted", number.id)
        assert queries.coverage(office.id)[0].is_own


def test_an_own_address_from_before_the_activation_is_shown_from_the_first_instant(
    stocked: World, deliver: Deliver, assign: Callable[[str, str], None], check_constraints: Any
) -> None:
    (found,) = deliver(E164)
    assign(E164, "alice_user")
    with as_customer(stocked.alice):
        own_address.set_own_address(E164, HOME)
        assert queries.shown_by([found.id]) == {}
        activate.activate([E164])
        assert shown(found) == HOME
    check_constraints()
    nothing_is_wrong()


@pytest.mark.req("ESA-04")
def test_when_the_number_changes_hands_the_home_of_the_former_person_is_gone(
    stocked: World, number: Any, assign: Callable[[str, str], None], check_constraints: Any
) -> None:
    with as_customer(stocked.alice):
        own_address.set_own_address(E164, HOME)
    with clock.frozen(clock.now() + timedelta(days=1)):
        with as_customer(stocked.alice):
            unassign(E164)
            assert shown(number) == OFFICE
            assert own_address.fall_back_unassigned() == []
        assign(E164, "alice_reader")
        with as_customer(stocked.alice):
            assert shown(number) == OFFICE
    check_constraints()
    nothing_is_wrong()
    with as_operator():
        told = Letter.objects.filter(template="emergency_fell_back").order_by("to")
        assert [letter.to for letter in told] == ["alice.admin@example.com", "alice.user@example.com"]
        assert told[0].facts["address"] == OFFICE.one_line()


def test_a_number_taken_by_another_way_is_seen_and_settled(
    stocked: World, number: Any, assign: Callable[[str, str], None]
) -> None:
    from dialtone.numbers import unassign as bare

    with as_customer(stocked.alice):
        own_address.set_own_address(E164, HOME)
        bare.unassign(E164)
    assign(E164, "alice_reader")
    with as_operator():
        assert [each.invariant.id for each in invariants.run() if each.invariant.id == "H37"] == ["H37"]
    with as_customer(stocked.alice):
        assert [each.e164 for each in own_address.fall_back_unassigned()] == [E164]
        assert shown(number) == OFFICE
    nothing_is_wrong()


@pytest.mark.parametrize(
    ("e164", "address", "code"),
    [
        ("+12122070003", HOME, "not_assigned"),
        (E164, CivicAddress("CA", "100 Queen Street West", "Toronto", "M5H 2N2", "ON"), "other_country"),
        ("+12122079999", HOME, "not_found"),
    ],
)
def test_what_cannot_have_an_own_address_says_why(
    stocked: World, number: Any, deliver: Deliver, e164: str, address: CivicAddress, code: str
) -> None:
    deliver("+12122070003")
    with as_customer(stocked.alice), pytest.raises(Problem, match=code):
        own_address.set_own_address(e164, address)


def test_another_customers_number_is_not_there(stocked: World, number: Any) -> None:
    with as_customer(stocked.bob):
        for verb in (
            lambda: own_address.set_own_address(E164, HOME),
            lambda: own_address.remove_own_address(E164),
        ):
            with pytest.raises(Problem, match="not_found"):
                verb()

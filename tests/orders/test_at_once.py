"""Several people order at the same instant: nothing is sold twice, no limit is passed, ended holds are taken over once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dialtone.api.orders import OrderWanted, _picked_and_held
from dialtone.base import clock, keeping
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.numbers.models import Number
from dialtone.orders import cart, place
from dialtone.orders.models import CartLine, Order
from tests.plugins.committed import at_once
from tests.plugins.office import open_office, stock
from tests.plugins.world import START, World, as_customer, as_operator

FIRST = 12122070000


@pytest.fixture
def shop(committed: World) -> World:
    """The stocked world, committed, with an office for everybody."""
    stock(committed)
    for name in ("alice", "bob", "charlie"):
        open_office(getattr(committed, name), committed.people[f"{name}_admin"])
    return committed


def office_of(org: Any) -> UUID:
    from dialtone.locations import queries as locations

    with as_customer(org):
        return locations.list_all()[0].id


def numbers_from(first: int, count: int) -> list[cart.Choice]:
    return [cart.Choice([f"+{first + step}"], "standard") for step in range(count)]


@pytest.mark.req("ACC-08")
def test_parallel_orders_of_a_trial_never_bring_an_eleventh_number(shop: World) -> None:
    """Each buyer has a cart of its own, so that nothing but the limit itself stands between them."""
    location_id = office_of(shop.charlie)
    refused: list[str] = []

    def buyer(nth: int) -> Callable[[], None]:
        def buy() -> None:
            try:
                with as_customer(
                    shop.charlie, shop.people[("charlie_admin", "charlie_reader", "charlie_user")[nth % 3]]
                ):
                    held = cart.add(location_id, numbers_from(FIRST + nth * 10, 4))
                with as_customer(shop.charlie):
                    place.place(held.id)
            except (Problem, Problems) as problem:
                refused.append(str(problem))

        return buy

    for round_ in range(4):
        assert at_once([buyer(round_ * 3 + nth) for nth in range(3)]) == []
    with as_operator():
        assert Number.objects.count() == 8, "two orders of four; a third would have made twelve"
        assert Order.objects.count() == 2
    assert set(refused) == {"plans.trial_numbers"}


@pytest.mark.req("ORD-01")
def test_an_ended_hold_is_taken_over_by_exactly_one(shop: World) -> None:
    """N3: at the instant at which Alice's hold ends she and two others go for the same numbers."""
    orgs = {"alice": shop.alice, "bob": shop.bob, "charlie": shop.charlie}
    places = {name: office_of(org) for name, org in orgs.items()}
    with as_customer(shop.alice, shop.people["alice_admin"]):
        hers = cart.add(places["alice"], numbers_from(FIRST, 5))
    got: list[str] = []
    refused: list[str] = []

    def buyer(name: str) -> Callable[[], None]:
        def buy() -> None:
            try:
                with (
                    clock.frozen(START + timedelta(minutes=30)),
                    as_customer(orgs[name], shop.people[f"{name}_admin"]),
                ):
                    if name == "alice":
                        place.place(hers.id)
                    else:
                        place.place(cart.add(places[name], numbers_from(FIRST, 5)).id)
                got.append(name)
            except (Problem, Problems) as problem:
                refused.append(str(problem))

        return buy

    assert at_once([buyer(name) for name in orgs]) == []
    assert len(got) == 1
    assert got != ["alice"], "her reservation has ended"
    assert len(refused) == 2
    with as_operator():
        owners = set(Number.objects.values_list("customer_id", flat=True))
        assert owners == {orgs[got[0]].id}


def test_the_button_pressed_twice_at_once_makes_one_order(shop: World) -> None:
    with as_customer(shop.alice, shop.people["alice_admin"]):
        held = cart.add(office_of(shop.alice), numbers_from(FIRST, 3))
    made: list[UUID] = []

    def press() -> None:
        with as_customer(shop.alice, shop.people["alice_admin"]):
            made.append(place.place(held.id).id)

    assert at_once([press] * 6) == []
    assert len(made) == 6
    assert len(set(made)) == 1


def test_fifty_equal_orders_with_one_key_are_one(shop: World) -> None:
    """D2: ten programs ask five times each; all hear of the same order, or that it is being worked on."""
    location_id = office_of(shop.alice)
    admin = shop.people["alice_admin"]
    answers: list[Any] = []

    def effect() -> tuple[int, dict[str, Any]]:
        return 201, {"id": str(place.place(cart.add(location_id, numbers_from(FIRST, 1)).id).id)}

    def ask() -> None:
        for _again in range(5):
            try:
                with as_customer(shop.alice, admin):
                    answers.append(
                        keeping.answered(
                            person_id=admin.id, key="one", operation="placeOrder", body=b"{}", effect=effect
                        )
                    )
            except Problem as problem:
                answers.append(problem.code)

    assert at_once([ask] * 10) == []
    assert len(answers) == 50
    heard = [each for each in answers if each != "idempotency.in_progress"]
    assert heard
    assert all(each == heard[0] for each in heard), answers
    with as_operator():
        assert Order.objects.count() == 1


@pytest.mark.req("ORD-14")
def test_who_lets_the_system_choose_at_the_same_moment_gets_other_numbers(shop: World) -> None:
    """All are shown the same offer first; nobody is refused a number that nobody has named."""
    location_id = office_of(shop.alice)
    wanted = OrderWanted(location_id="", quantity=2, area_code="212")
    held: list[str] = []

    def buy() -> None:
        with as_customer(shop.alice, shop.people["alice_admin"]):
            found = _picked_and_held(wanted, locations.location(location_id))
            held.extend(e164 for line in CartLine.objects.filter(cart=found) for e164 in line.e164s)

    assert at_once([buy] * 6) == []
    assert len(set(held)) == len(held) == 12

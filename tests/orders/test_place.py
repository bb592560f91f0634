"""Ordering numbers: from the cart to live numbers with the office's emergency address."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problems
from dialtone.emergency import queries as emergency
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.orders import cancel, cart, place, queries, remind, states
from dialtone.plans import accept_terms
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer


def order_of(org: Any, admin: Any, location: Any, *choices: cart.Choice) -> Any:
    with as_customer(org, admin):
        held = cart.add(location.id, list(choices))
        return place.place(held.id)


def single(number: str, kind: str = "standard") -> cart.Choice:
    return cart.Choice([number], kind)


def block(first: int, size: int) -> cart.Choice:
    return cart.Choice([f"+{first + step}" for step in range(size)], "standard", True)


@pytest.mark.req("ORD-03", "ORD-07", "ORD-15", "STAT-04", "STAT-05", "NUM-01", "ESA-01", "LOC-07")
def test_an_order_becomes_live_numbers_with_the_offices_address(
    stocked: World, office: Any, work: Any, check_constraints: Any
) -> None:
    admin = stocked.people["alice_admin"]
    order = order_of(stocked.alice, admin, office, single("+12122070001"), single("+12122070002"))
    assert order.status == states.PENDING
    work()
    with as_customer(stocked.alice, admin):
        found = queries.order(order.id)
        assert found.status == states.PROVISIONED
        assert [line.state for line in queries.lines(order.id)] == ["fulfilled", "fulfilled"]
        mine = list(numbers.numbers(numbers.Filter()))
        assert [(each.e164, each.state) for each in mine] == [
            ("+12122070001", "active"),
            ("+12122070002", "active"),
        ]
        shown = emergency.shown_by([each.id for each in mine])
        assert {address.one_line() for address in shown.values()} == {"350 Fifth Avenue, New York, NY 10118"}
    check_constraints()


@pytest.mark.req("ORD-16", "ACC-02")
def test_an_order_waits_for_the_customers_administrator_to_accept_the_terms(
    stocked: World, work: Any
) -> None:
    admin = stocked.people["alice_admin"]
    office = open_office(stocked.alice, admin, terms=False)
    order = order_of(stocked.alice, admin, office, single("+12122070001"))
    work()
    with as_customer(stocked.alice, admin):
        assert states.waits_for(queries.facts(queries.order(order.id))) == "terms"
        accept_terms.accept_terms(by=admin.id, by_name=admin.display_name, role="full")
        remind.resume_waiting(stocked.alice.id)
    work()
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.PROVISIONED


@pytest.mark.req("ACC-02")
def test_a_partner_cannot_accept_the_terms_for_the_customer(stocked: World) -> None:
    from dialtone.base.problems import Problem

    partner = stocked.people["partner_admin"]
    with pytest.raises(Problem, match="terms_by_customer"), as_customer(stocked.alice, partner):
        accept_terms.accept_terms(by=partner.id, by_name="P", role="partner")


@pytest.mark.req("SPK-09", "SPK-21")
def test_the_first_order_is_processed_only_after_the_contract_is_signed(stocked: World, work: Any) -> None:
    from dialtone.locations import contract

    admin = stocked.people["alice_admin"]
    office = open_office(stocked.alice, admin, signed=False)
    order = order_of(stocked.alice, admin, office, single("+12122070001"))
    work()
    with as_customer(stocked.alice, admin):
        assert states.waits_for(queries.facts(queries.order(order.id))) == "contract"
        contract.sign_contract(office.id, name="Sam Signer", title="Owner", agreed=True, signer_is_admin=True)
        remind.resume_waiting(stocked.alice.id)
    work()
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.PROVISIONED


@pytest.mark.req("ORD-04", "ORD-21", "ORD-22", "ACC-16")
def test_a_block_of_a_hundred_is_one_line_and_one_block(stocked: World, office: Any, work: Any) -> None:
    admin = stocked.people["alice_admin"]
    order = order_of(stocked.alice, admin, office, block(12122070100, 100))
    work()
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.PROVISIONED
        assert numbers.counts()["active"] == 100
        assert len({number.block_id for number in Number.objects.all()}) == 1


@pytest.mark.req("ORD-05", "ORD-21", "ORD-18")
@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ([block(12122070100, 37)], "orders.block_size"),
        (
            [cart.Choice([f"+1800555010{n}" for n in range(10)], "toll_free", True)],
            "orders.no_blocks_of_kind",
        ),
        ([single(f"+1212207{n:04}") for n in range(101)], "orders.quantity"),
        ([single("+12122070001"), single("+12122070001")], "orders.twice"),
    ],
)
def test_what_cannot_be_ordered_says_why(
    stocked: World, office: Any, choices: list[cart.Choice], code: str
) -> None:
    with pytest.raises(Problems) as refused, as_customer(stocked.alice, stocked.people["alice_admin"]):
        cart.add(office.id, choices)
    assert code in [problem.code for problem in refused.value.problems]


@pytest.mark.req("ACC-08", "ACC-09")
def test_a_trial_has_at_most_ten_numbers_and_no_blocks(stocked: World, work: Any) -> None:
    admin = stocked.people["charlie_admin"]
    office = open_office(stocked.charlie, admin)
    with pytest.raises(Problems, match="plans.trial_forbids"):
        order_of(stocked.charlie, admin, office, block(12122070100, 10))
    with pytest.raises(Problems, match="plans.trial_forbids"):
        order_of(stocked.charlie, admin, office, single("+18882310001", "toll_free"))
    order_of(stocked.charlie, admin, office, *[single(f"+1212207020{n}") for n in range(10)])
    with pytest.raises(Problems, match="plans.trial_numbers"):
        order_of(stocked.charlie, admin, office, single("+12122070250"))


@pytest.mark.req("ORD-01")
def test_a_number_that_somebody_else_holds_is_not_available(stocked: World, office: Any) -> None:
    bob = open_office(stocked.bob, stocked.people["bob_admin"], name="Bob's")
    with as_customer(stocked.bob, stocked.people["bob_admin"]):
        cart.add(bob.id, [single("+12122070001")])
    with pytest.raises(Problems, match="numbers.not_available"):
        order_of(stocked.alice, stocked.people["alice_admin"], office, single("+12122070001"))


def test_an_expired_reservation_frees_its_numbers_and_says_when_it_ended(stocked: World, office: Any) -> None:
    from dialtone.base.problems import Problem

    admin = stocked.people["alice_admin"]
    bob = open_office(stocked.bob, stocked.people["bob_admin"], name="Bob's")
    with as_customer(stocked.alice, admin):
        held = cart.add(office.id, [single("+12122070001")])
    with clock.frozen(clock.now() + cart.HOLD):
        with pytest.raises(Problem, match="orders.reservation_ended"), as_customer(stocked.alice, admin):
            place.place(held.id)
        with as_customer(stocked.bob, stocked.people["bob_admin"]):
            cart.add(bob.id, [single("+12122070001")])


@pytest.mark.req("STAT-06", "SPK-28")
def test_partial_acceptance_is_shown_not_hidden(stocked: World, office: Any, work: Any) -> None:
    admin = stocked.people["alice_admin"]
    order = order_of(stocked.alice, admin, office, single("+12122070001"), single("+12122079999"))
    work()
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.ERROR
        assert [(line.state, line.reason) for line in queries.lines(order.id)] == [
            ("fulfilled", ""),
            ("failed", "number_gone"),
        ]
        assert [each.e164 for each in numbers.numbers(numbers.Filter())] == ["+12122070001"]


def test_a_lost_answer_is_asked_for_not_sent_again(stocked: World, office: Any, work: Any) -> None:
    from dialtone.carriers.models import SandboxWork
    from tests.plugins.world import as_operator

    admin = stocked.people["alice_admin"]
    order = order_of(stocked.alice, admin, office, single("+12122079997"))
    work(8)
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.PROVISIONED
    with as_operator():
        assert SandboxWork.objects.filter(kind="provision").count() == 1


@pytest.mark.req("STAT-15")
def test_terms_not_accepted_in_time_end_the_order_and_free_the_numbers(stocked: World, work: Any) -> None:
    from datetime import timedelta

    admin = stocked.people["alice_admin"]
    office = open_office(stocked.alice, admin, terms=False)
    order = order_of(stocked.alice, admin, office, single("+12122070001"))
    work(16, timedelta(days=1))
    with as_customer(stocked.alice, admin):
        found = queries.order(order.id)
        assert (found.status, found.end_reason, found.reminders) == (states.PENDING, "terms_not_in_time", 2)
        assert found not in queries.orders()
        cart.add(office.id, [single("+12122070001")])


def test_the_button_pressed_twice_orders_once(stocked: World, office: Any) -> None:
    admin = stocked.people["alice_admin"]
    with as_customer(stocked.alice, admin):
        held = cart.add(office.id, [single("+12122070001")])
        assert place.place(held.id).id == place.place(held.id).id
        assert queries.orders().count() == 1


def test_an_order_is_cancelled_before_it_begins_and_not_after(stocked: World, work: Any) -> None:
    from dialtone.base.problems import Problem

    admin = stocked.people["alice_admin"]
    office = open_office(stocked.alice, admin, terms=False)
    order = order_of(stocked.alice, admin, office, single("+12122070001"))
    with as_customer(stocked.alice, admin):
        cancel.cancel(order.id)
        assert cancel.cancel(order.id).end_reason == "by_owner"
        accept_terms.accept_terms(by=admin.id, by_name="A", role="full")
    second = order_of(stocked.alice, admin, office, single("+12122070001"))
    work()
    with pytest.raises(Problem, match="orders.cannot_cancel"), as_customer(stocked.alice, admin):
        cancel.cancel(second.id)


@pytest.mark.req("SPK-04")
def test_numbers_from_the_inventory_come_within_ten_minutes_of_the_signature(
    stocked: World, work: Any
) -> None:
    from datetime import timedelta

    from dialtone.locations import contract

    admin = stocked.people["alice_admin"]
    office = open_office(stocked.alice, admin, signed=False)
    order = order_of(stocked.alice, admin, office, single("+12122070001"))
    work()
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).begun_at is None, "nothing begins before the signature"
        contract.sign_contract(office.id, name="Sam Signer", title="Owner", agreed=True, signer_is_admin=True)
        remind.resume_waiting(stocked.alice.id)
        signed_at = clock.now()
    work()
    with as_customer(stocked.alice, admin):
        found = queries.order(order.id)
    assert found.status == states.PROVISIONED
    assert found.ended_at is not None
    assert found.ended_at - signed_at <= timedelta(minutes=10)


@pytest.mark.req("SPK-05")
def test_numbers_that_the_carrier_fetches_first_come_after_five_days(
    stocked: World, office: Any, work: Any
) -> None:
    from datetime import timedelta

    admin = stocked.people["alice_admin"]
    order = order_of(stocked.alice, admin, office, single("+12122079996"))
    work()
    with as_customer(stocked.alice, admin):
        begun = queries.order(order.id)
        expected = queries.expected_at(begun)
        assert begun.begun_at is not None
        assert expected is not None
        assert timedelta(days=5) <= expected - begun.begun_at < timedelta(days=5, minutes=1)
        assert begun.due_at == expected, "nobody asks every three seconds for five days"
    work(2, timedelta(days=2))
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.PENDING
    work(3, timedelta(days=1))
    with as_customer(stocked.alice, admin):
        assert queries.order(order.id).status == states.PROVISIONED
        assert queries.expected_at(order) is None


@pytest.mark.req("SPK-08")
def test_all_that_was_entered_goes_to_the_carrier(stocked: World, office: Any, work: Any) -> None:
    from dialtone.carriers.models import Command
    from tests.plugins.world import as_operator

    order = order_of(stocked.alice, stocked.people["alice_admin"], office, single("+12122070001"))
    work()
    with as_operator():
        asked = Command.objects.get(reference__startswith=f"line:{order.id}:").asked
    assert asked["e164s"] == ["+12122070001"]
    assert asked["location"]["name"] == "Head office"
    assert asked["location"]["time_zone"] == "America/New_York"
    contract = asked["contract"]
    assert (contract["company"], contract["signatory"]) == (stocked.alice.name, "Sam Signer")
    assert (contract["title"], contract["email"]) == ("Owner", "sam@example.com")
    assert contract["signed_at"]
    assert CivicAddress.from_json(asked["emergency_address"]).postal_code == "10118"

"""Orders that cannot be: every case of the area "order" of the bad inputs, over the API where it has the operation.

BAD-ORD-17 (documents of a case order) and BAD-ORD-20 (credit limit) wait for the rooms that know of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from dialtone.base import clock
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import give_back
from dialtone.locations import connect, contract, create_location
from dialtone.numbers import assign, set_main
from dialtone.numbers import queries as numbers
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Number
from dialtone.orders import cart, place, queries
from dialtone.orders.models import Order
from dialtone.people import change_organisation
from tests.api.conftest import Answered, Caller, outside
from tests.plugins.office import open_office
from tests.plugins.world import START, World, as_customer, as_operator

ORDERS = "/telephony/pstn/orders"
POOL = "+12125550160"
BLOCK = [f"+4420794601{step:02}" for step in range(100)]


@pytest.fixture
def alice(stocked: World, caller: Callable[[str], Caller]) -> Caller:
    return caller("alice_admin")


def order(who: Caller, location_id: Any, **body: Any) -> Answered:
    told = {"locationId": outside("LOCATION", location_id), **body}
    return who.post(ORDERS, told, **{"Idempotency-Key": str(uuid4())})


def bought(world: World, office: Any, work: Any, *choices: cart.Choice) -> Order:
    """An order of Alice's, delivered."""
    with as_customer(world.alice, world.people["alice_admin"]):
        placed = place.place(cart.add(office.id, list(choices)).id)
    work()
    with as_customer(world.alice):
        return queries.order(placed.id)


def single(number: str) -> cart.Choice:
    return cart.Choice([number], "standard")


def refused(answer: Answered, status: int, code: str, field: str = "", says: str = "") -> None:
    """The class of the refusal, its code, its field, what it says; and nothing was ordered."""
    assert (answer.status, answer.codes) == (status, [code]), answer.body
    error = answer.body["errors"][0]
    assert not field or error["field"] == field
    assert says in " ".join(str(error.get(part, "")) for part in ("description", "allowed", "next"))
    with as_operator():
        assert not Order.objects.exists()


@pytest.mark.req("ORD-05", "ORD-21")
@pytest.mark.parametrize(
    ("body", "code", "field", "says"),
    [
        ({"phoneNumbers": []}, "orders.empty", "/phoneNumbers", "one number"),  # 01
        ({"quantity": 0}, "orders.quantity", "/quantity", "1 to 100"),  # 02
        ({"quantity": -5}, "orders.quantity", "/quantity", "1 to 100"),  # 03
        ({"quantity": 1.5}, "field.wrong_type", "/quantity", "whole number"),  # 04
        ({"quantity": 2147483648}, "orders.quantity", "/quantity", "1 to 100"),  # 05
        ({"quantity": "ten"}, "field.wrong_type", "/quantity", "whole number"),  # 06
        ({"phoneNumbers": [POOL, POOL]}, "orders.twice", "/phoneNumbers/1", "twice"),  # 08
        ({"quantity": 1, "usage": "moon"}, "field.not_allowed", "/usage", "standard, service"),
        ({"country": "XX", "quantity": 1}, "search.country", "/country", "CA, GB, US"),  # 16
        ({"country": "GB", "quantity": 1}, "orders.country_mismatch", "/country", "location's country"),
        ({"blockSize": 37}, "search.block_size", "/blockSize", "10, 50 or 100"),  # 34
        (
            {"block": {"first": "+12125550100", "size": 37}},
            "orders.block_size",
            "/block/size",
            "10, 50 or 100",
        ),  # 34
        ({"blockSize": 10, "numberType": "toll_free"}, "search.no_blocks", "/blockSize", "one by one"),
        ({"block": {"first": "+18005550100", "size": 10}}, "orders.no_blocks_of_kind", "/numberType", ""),
        ({"phoneNumbers": ["+12125551"]}, "phone.too_short", "/phoneNumbers/0", ""),  # NUM-19
        ({"phoneNumbers": ["+442079460000"]}, "orders.country_mismatch", "/phoneNumbers/0", ""),
        ({"phoneNumbers": [f"+1212207{step:04}" for step in range(101)]}, "orders.quantity", "", "1 to 100"),
    ],
)
def test_a_field_that_cannot_be(
    alice: Caller, office: Any, body: dict[str, Any], code: str, field: str, says: str
) -> None:
    refused(order(alice, office.id, **body), 422, code, field, says)


@pytest.mark.req("ORD-31")
def test_service_numbers_need_their_licence(alice: Caller, office: Any) -> None:
    refused(order(alice, office.id, quantity=1, usage="service"), 409, "orders.service_licence", "/usage", "")


def test_an_ageing_number_is_not_available_like_any_other_that_is_taken(
    alice: Caller, office: Any, stocked: World
) -> None:
    """BAD-ORD-10."""
    ageing, owned, unknown = "+12125550170", "+12125550171", "+12129990171"
    with as_customer(stocked.charlie):
        charlie = stocked.charlie.id
        claims.own([ageing, owned], customer_id=charlie, reservation_id=None, order_id=uuid4(), now=START)
        claims.release([ageing], customer_id=charlie, until=START + timedelta(days=35), now=START)
    answers = [order(alice, office.id, phoneNumbers=[number]) for number in (ageing, owned, unknown)]
    for answer in answers:
        refused(answer, 409, "numbers.not_available", "/phoneNumbers/0", "not available")
    texts = {
        str(answer.body["errors"]).replace(number, "")
        for answer, number in zip(answers, (ageing, owned, unknown), strict=True)
    }
    assert len(texts) == 1, "the same answer for all three"


@pytest.mark.req("ORD-01")
def test_a_number_that_somebody_reserved_a_minute_ago(
    alice: Caller, caller: Callable[[str], Caller], office: Any, stocked: World
) -> None:
    """BAD-ORD-11."""
    theirs = open_office(stocked.bob, stocked.people["bob_admin"])
    hold = {"locationId": outside("LOCATION", theirs.id), "phoneNumbers": [POOL]}
    assert caller("bob_admin").post("/telephony/pstn/reservations", hold).status == 201
    with clock.frozen(START + timedelta(minutes=1)):
        refused(order(alice, office.id, phoneNumbers=[POOL]), 409, "numbers.not_available", "/phoneNumbers/0")
    with clock.frozen(START + timedelta(minutes=30)):
        assert order(alice, office.id, phoneNumbers=[POOL]).status == 201, "an ended hold is taken over"


def test_a_reservation_that_ended_a_second_ago(alice: Caller, office: Any) -> None:
    """BAD-ORD-12."""
    hold = {"locationId": outside("LOCATION", office.id), "phoneNumbers": [POOL]}
    held = alice.post("/telephony/pstn/reservations", hold).body
    with clock.frozen(START + timedelta(minutes=30, seconds=1)):
        answer = alice.post(ORDERS, {"reservationId": held["id"]}, **{"Idempotency-Key": "late"})
        refused(answer, 409, "orders.reservation_ended", says="ended at 2026-10-28T16:30:00")


def test_a_location_of_somebody_else(alice: Caller, stocked: World) -> None:
    """BAD-ORD-14: as an id that never was."""
    theirs = open_office(stocked.bob, stocked.people["bob_admin"])
    foreign, unknown = (order(alice, each, phoneNumbers=[POOL]) for each in (theirs.id, uuid4()))
    refused(foreign, 404, "not_found")
    refused(unknown, 404, "not_found")
    assert {**foreign.body, "trackingId": ""} == {**unknown.body, "trackingId": ""}


@pytest.mark.req("ORD-07", "LOC-09")
def test_a_location_without_emergency_address(alice: Caller, stocked: World) -> None:
    """BAD-ORD-15."""
    address = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        bare = create_location.create_location(name="Bare", address=address, time_zone="America/New_York")
        connect.connect(bare.id, "calling_plan")
        unfinished = order(alice, bare.id, phoneNumbers=[POOL])
        contract.make_contract(
            bare.id, company_name="Alice Ltd", first_name="Sam", last_name="Signer", email="sam@example.com"
        )
    refused(unfinished, 409, "orders.no_contract_contact", "/locationId")
    refused(
        order(alice, bare.id, phoneNumbers=[POOL]),
        409,
        "orders.no_emergency_address",
        "/locationId",
        "emergency",
    )


def test_a_suspended_customer(caller: Callable[[str], Caller], office: Any, stocked: World) -> None:
    """BAD-ORD-19: its own people cannot sign in any more; its partner still can, and orders nothing for it."""
    with as_operator():
        change_organisation.suspend(stocked.alice.id, reason="unpaid")
    body = {"locationId": outside("LOCATION", office.id), "phoneNumbers": [POOL]}
    path = f"{ORDERS}?orgId={outside('ORGANIZATION', stocked.alice.id)}"
    answer = caller("partner_admin").post(path, body, **{"Idempotency-Key": "k"})
    refused(answer, 409, "plans.suspended", says="suspended")


@pytest.mark.req("NUM-02", "NUM-03")
def test_one_number_of_a_block_is_not_given_back(stocked: World, work: Any) -> None:
    """BAD-ORD-22."""
    london = open_office(stocked.alice, stocked.people["alice_admin"], country="GB")
    bought(stocked, london, work, cart.Choice(BLOCK, "standard", True))
    with as_customer(stocked.alice):
        before = list(Number.objects.order_by("e164").values())
        with pytest.raises(Problem) as problem, transaction.atomic():
            give_back.give_back([BLOCK[50]])
        assert (problem.value.code, problem.value.status) == ("numbers.part_of_block", 409)
        assert BLOCK[0] in problem.value.sentence() + problem.value.next_text()
        assert list(Number.objects.order_by("e164").values()) == before, "all 100 unchanged"
        assert len(give_back.give_back(BLOCK)) == 100, "the whole block goes"


def test_the_main_number_and_one_in_use_stay(stocked: World, office: Any, work: Any) -> None:
    """BAD-ORD-24, and what uses it."""
    bought(stocked, office, work, single("+12125550101"), single("+12125550102"))
    user = stocked.people["alice_user"]
    with as_customer(stocked.alice):
        set_main.set_main(office.id, "+12125550101")
        with pytest.raises(Problem) as problem, transaction.atomic():
            give_back.give_back(["+12125550101"])
        assert (problem.value.code, problem.value.status) == ("numbers.is_main", 409)
        owner = assign.Owner("person", user.id, user.display_name)
        assign.assign(owner=owner, location_id=office.id, location_country="US", e164="+12125550102")
        with pytest.raises(Problem) as problem, transaction.atomic():
            give_back.give_back(["+12125550102"])
        assert problem.value.code == "numbers.in_use"
        assert user.display_name in problem.value.sentence()


def test_a_foreign_number_and_one_given_back_already(stocked: World, office: Any, work: Any) -> None:
    """BAD-ORD-25 and BAD-ORD-26."""
    bought(stocked, office, work, single("+12125550150"))
    with as_customer(stocked.bob), pytest.raises(Problem, match="not_found"):
        give_back.give_back(["+12125550150"])
    with as_customer(stocked.alice):
        assert len(give_back.give_back(["+12125550150"])) == 1
        assert give_back.give_back(["+12125550150"]) == [], "a second time changes nothing"


def test_a_number_that_somebody_has_and_one_of_another_country(
    stocked: World, office: Any, work: Any
) -> None:
    """BAD-ORD-28 and BAD-ORD-29."""
    london = open_office(stocked.alice, stocked.people["alice_admin"], country="GB", name="London")
    bought(stocked, office, work, single("+12125550101"))
    bought(stocked, london, work, cart.Choice(BLOCK, "standard", True))
    first, second = stocked.people["alice_user"], stocked.people["alice_reader"]

    def give(person: Any, number: str) -> None:
        owner = assign.Owner("person", person.id, person.display_name)
        assign.assign(owner=owner, location_id=office.id, location_country="US", e164=number)

    with as_customer(stocked.alice):
        give(first, "+12125550101")
        with pytest.raises(Problem) as problem:
            give(second, "+12125550101")
        assert (problem.value.code, problem.value.status) == ("numbers.assigned_to_other", 409)
        assert first.display_name in problem.value.sentence()
        with pytest.raises(Problem) as problem:
            give(second, BLOCK[50])
        assert (problem.value.code, problem.value.status) == ("numbers.other_country", 422)


def test_a_reservation_that_changed_meanwhile(alice: Caller, office: Any) -> None:
    """BAD-ORD-33."""
    hold = {"locationId": outside("LOCATION", office.id), "phoneNumbers": [POOL]}
    seen = alice.post("/telephony/pstn/reservations", hold).body
    hold["phoneNumbers"] = ["+12125550161"]
    newer = alice.post("/telephony/pstn/reservations", hold).body
    assert newer["version"] > seen["version"]
    stale = {"Idempotency-Key": "one", "If-Match": f'"{seen["version"]}"'}
    refused(alice.post(ORDERS, {"reservationId": seen["id"]}, **stale), 412, "version.stale")
    fresh = {"Idempotency-Key": "two", "If-Match": f'"{newer["version"]}"'}
    placed = alice.post(ORDERS, {"reservationId": seen["id"]}, **fresh)
    assert (placed.status, placed.body["quantity"]) == (201, 2)


def test_an_order_that_is_delivered_is_not_cancelled(
    alice: Caller, office: Any, stocked: World, work: Any
) -> None:
    """BAD-ORD-35."""
    done = bought(stocked, office, work, single(POOL))
    answer = alice.post(f"{ORDERS}/{outside('ORDER', done.id)}/actions/cancel/invoke")
    assert (answer.status, answer.codes) == (409, ["orders.cannot_cancel"])
    with as_customer(stocked.alice):
        assert [each.state for each in numbers.numbers(numbers.Filter())] == ["active"]


@pytest.mark.req("ACC-08", "ACC-09", "ACC-16", "ORD-23")
def test_what_a_trial_gets(caller: Callable[[str], Caller], stocked: World) -> None:
    studio = open_office(stocked.charlie, stocked.people["charlie_admin"])
    charlie = caller("charlie_admin")
    refused(order(charlie, studio.id, blockSize=10), 409, "plans.trial_forbids", "/blockSize")
    refused(
        order(charlie, studio.id, phoneNumbers=["+18005550100"]), 409, "plans.trial_forbids", "/phoneNumbers"
    )
    refused(order(charlie, studio.id, quantity=11), 409, "plans.trial_numbers", "/quantity", "10")
    assert order(charlie, studio.id, quantity=6).status == 201
    assert order(charlie, studio.id, quantity=4).status == 201
    eleventh = order(charlie, studio.id, quantity=1)
    assert (eleventh.status, eleventh.codes) == (409, ["plans.trial_numbers"]), "per trial, not per order"

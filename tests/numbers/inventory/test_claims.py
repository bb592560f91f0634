"""Claims: one number, one owner, whoever asks at the same time; a hold ends when it ends; a rest is a rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.numbers.inventory import claims, load, search
from tests.plugins.committed import at_once
from tests.plugins.world import START, World, as_customer, as_operator

FIRST = 12122070000
HALF_AN_HOUR = timedelta(minutes=30)


def e164s(count: int, first: int = FIRST) -> list[str]:
    return [f"+{first + step}" for step in range(count)]


def hold(org: Any, numbers: list[str], *, reservation: UUID, at: timedelta = timedelta(0)) -> set[str]:
    with as_customer(org):
        return claims.hold(
            numbers,
            customer_id=org.id,
            reservation_id=reservation,
            until=START + at + HALF_AN_HOUR,
            now=START + at,
        )


def own(
    org: Any, numbers: list[str], *, reservation: UUID | None = None, at: timedelta = timedelta(0)
) -> set[str]:
    with as_customer(org):
        return claims.own(
            numbers, customer_id=org.id, reservation_id=reservation, order_id=uuid7(), now=START + at
        )


def free_in_new_york(org: Any) -> int:
    with as_customer(org):
        return search.find(search.Wish(area_code="212")).total


@pytest.mark.req("ORD-01")
def test_a_held_number_is_nobody_elses_until_the_hold_ends(stocked: World) -> None:
    ours, theirs = uuid7(), uuid7()
    assert hold(stocked.alice, e164s(3), reservation=ours) == set(e164s(3))
    late = HALF_AN_HOUR - timedelta(seconds=1)
    assert hold(stocked.bob, e164s(3), reservation=theirs, at=late) == set()
    assert own(stocked.bob, e164s(1), at=late) == set()
    assert hold(stocked.bob, e164s(3), reservation=theirs, at=HALF_AN_HOUR) == set(e164s(3)), (
        "at its end a hold has ended"
    )
    assert own(stocked.alice, e164s(3), reservation=ours, at=HALF_AN_HOUR) == set(), (
        "and its holder buys nothing by it"
    )


@pytest.mark.req("ORD-01")
def test_all_or_none(stocked: World) -> None:
    before = free_in_new_york(stocked.alice)
    hold(stocked.bob, e164s(1, FIRST + 4), reservation=uuid7())
    wanted = e164s(10)
    rest = set(wanted) - {f"+{FIRST + 4}"}
    assert hold(stocked.alice, wanted, reservation=uuid7()) == rest
    assert own(stocked.alice, wanted) == rest
    assert free_in_new_york(stocked.alice) == before - 1, "nothing but Bob's number was taken"


def test_unknown_held_owned_and_ageing_numbers_look_alike(stocked: World) -> None:
    unknown, held, owned, ageing = "+12129999999", *e164s(3)
    hold(stocked.bob, [held], reservation=uuid7())
    own(stocked.bob, [owned, ageing])
    with as_customer(stocked.bob):
        claims.release([ageing], customer_id=stocked.bob.id, until=START + timedelta(days=45), now=START)
    for number in (unknown, held, owned, ageing):
        assert hold(stocked.alice, [number], reservation=uuid7()) == set()
        assert own(stocked.alice, [number]) == set()


def test_a_number_rests_before_somebody_else_gets_it_and_holding_it_shortens_nothing(stocked: World) -> None:
    number, days = e164s(1), timedelta(days=45)
    own(stocked.bob, number)
    with as_customer(stocked.bob):
        claims.release(number, customer_id=stocked.bob.id, until=START + days, now=START)
    again = uuid7()
    assert hold(stocked.bob, number, reservation=again, at=timedelta(days=1)) == set(number), (
        "its former owner may"
    )
    with as_operator():
        claims.sweep(START + timedelta(days=2))
    assert hold(stocked.alice, number, reservation=uuid7(), at=timedelta(days=3)) == set(), (
        "the hold ended, not the rest"
    )
    own(stocked.bob, number, at=timedelta(days=4))
    with as_customer(stocked.bob):
        claims.free(number, customer_id=stocked.bob.id, now=START + timedelta(days=5))
    assert hold(stocked.alice, number, reservation=uuid7(), at=timedelta(days=6)) == set(), (
        "nor did a cancelled order end it"
    )
    before = free_in_new_york(stocked.alice)
    with as_operator():
        assert claims.sweep(START + days) == 1
    assert free_in_new_york(stocked.alice) == before + 1
    assert hold(stocked.alice, number, reservation=uuid7(), at=days) == set(number)


def test_at_most_two_hundred_numbers_are_held(stocked: World) -> None:
    first, second = uuid7(), uuid7()
    hold(stocked.alice, e164s(150), reservation=first)
    assert len(hold(stocked.alice, e164s(150), reservation=first)) == 150, "the same ones count once"
    with pytest.raises(Problem) as refused:
        hold(stocked.alice, e164s(51, FIRST + 500), reservation=second)
    assert (refused.value.code, refused.value.values["held"]) == ("numbers.too_many_held", 150)
    assert len(hold(stocked.alice, e164s(50, FIRST + 500), reservation=second)) == 50
    assert len(hold(stocked.bob, e164s(50, FIRST + 600), reservation=uuid7())) == 50, (
        "each customer for itself"
    )
    later = HALF_AN_HOUR
    assert len(hold(stocked.alice, e164s(100, FIRST + 700), reservation=uuid7(), at=later)) == 100, (
        "ended holds do not count"
    )


def test_a_hold_again_keeps_its_time_and_extending_moves_it(stocked: World) -> None:
    cart = uuid7()
    hold(stocked.alice, e164s(1), reservation=cart)
    hold(stocked.alice, e164s(1), reservation=cart, at=timedelta(minutes=20))
    assert own(stocked.bob, e164s(1), at=HALF_AN_HOUR) == set(e164s(1)), "asking again did not prolong it"
    hold(stocked.alice, e164s(2, FIRST + 10), reservation=cart)
    with as_customer(stocked.alice):
        extended = claims.extend(
            cart, customer_id=stocked.alice.id, until=START + 2 * HALF_AN_HOUR, now=START
        )
    assert extended == 2
    assert own(stocked.bob, e164s(1, FIRST + 10), at=HALF_AN_HOUR) == set()


def test_dropping_a_reservation_frees_its_holds_only(stocked: World) -> None:
    one, other = uuid7(), uuid7()
    hold(stocked.alice, e164s(2), reservation=one)
    hold(stocked.alice, e164s(2, FIRST + 10), reservation=other)
    own(stocked.alice, e164s(1), reservation=one)
    with as_customer(stocked.alice):
        claims.drop(one, customer_id=stocked.alice.id, now=START)
    assert own(stocked.bob, e164s(1)) == set(), "what was bought stays"
    assert own(stocked.bob, e164s(1, FIRST + 1)) == set(e164s(1, FIRST + 1))
    assert own(stocked.bob, e164s(1, FIRST + 10)) == set()


def test_numbers_come_by_porting_that_nobody_delivered(stocked: World) -> None:
    number = ["+12129998888"]
    with as_customer(stocked.alice):
        assert claims.own_ported(number, customer_id=stocked.alice.id, order_id=uuid7(), now=START) == set(
            number
        )
    with as_customer(stocked.bob):
        assert claims.own_ported(number, customer_id=stocked.bob.id, order_id=uuid7(), now=START) == set()
    with as_customer(stocked.alice):
        claims.release(number, customer_id=stocked.alice.id, until=START, now=START)
    assert own(stocked.bob, number) == set(), "given back, it is no number of ours to offer"


def test_one_customer_cannot_claim_for_another(stocked: World) -> None:
    with (
        as_customer(stocked.alice),
        pytest.raises(DatabaseError, match="another customer"),
        transaction.atomic(),
    ):
        claims.free(e164s(1), customer_id=stocked.bob.id, now=START)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT customer_id FROM numbers_claim",
        "DELETE FROM numbers_claim",
        "SELECT inventory_sweep('2999-01-01', 9)",
    ],
)
def test_claims_are_reached_through_their_functions_only(stocked: World, statement: str) -> None:
    with (
        as_customer(stocked.alice),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        connection.cursor().execute(statement)


def test_a_search_sees_what_its_own_transaction_did_and_forgets_it_after_a_rollback(stocked: World) -> None:
    before = free_in_new_york(stocked.alice)

    class Undo(Exception):
        pass

    with pytest.raises(Undo), transaction.atomic():
        hold(stocked.alice, e164s(5), reservation=uuid7())
        assert free_in_new_york(stocked.alice) == before - 5
        raise Undo
    assert free_in_new_york(stocked.alice) == before


# Several connections at once: these need real commits.


@pytest.fixture
def shop(committed: World) -> Iterator[World]:
    ranges = b"first,last,country,state,area_code,kind\n12122070000,12122070199,US,NY,212,standard\n"
    with as_operator():
        load.apply(load.plan_load(ranges, "shop"))
    return committed


@pytest.mark.req("ORD-01")
def test_many_buyers_of_the_same_numbers_buy_each_once(shop: World) -> None:
    buyers = [shop.alice, shop.bob, shop.charlie] * 4
    sold: list[tuple[UUID, str]] = []

    def buyer(nth: int, org: Any) -> Callable[[], None]:
        def buy() -> None:
            numbers = e164s(200)
            for step in range(0, 200, 5):
                wanted = sorted(numbers[(step + nth * 3 + each * 7) % 200] for each in range(5))
                if len(own(org, wanted)) == len(set(wanted)):
                    sold.extend((org.id, number) for number in set(wanted))

        return buy

    assert at_once([buyer(nth, org) for nth, org in enumerate(buyers)]) == []
    assert len({number for _, number in sold}) == len(sold) > 0
    with as_operator(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM numbers_claim WHERE state = 'o'")
        assert cursor.fetchone() == (len(sold),)


def test_one_customers_parallel_holds_stay_below_the_limit(shop: World) -> None:
    held: list[str] = []

    def holder(nth: int) -> Callable[[], None]:
        def take() -> None:
            try:
                held.extend(hold(shop.alice, e164s(30, FIRST + nth * 30), reservation=uuid7()))
            except Problem as problem:
                assert problem.code == "numbers.too_many_held"

        return take

    claims_before, claims.MOST_HELD = claims.MOST_HELD, 100
    try:
        assert at_once([holder(nth) for nth in range(6)]) == []
    finally:
        claims.MOST_HELD = claims_before
    assert len(held) == 90


def test_a_copy_follows_others_and_misses_no_transaction_that_commits_late(shop: World) -> None:
    late, begun, finish = e164s(3), threading.Event(), threading.Event()

    def slow() -> None:
        with as_customer(shop.bob):
            claims.own(late, customer_id=shop.bob.id, reservation_id=None, order_id=uuid7(), now=START)
            begun.set()
            assert finish.wait(20)

    def watch() -> None:
        assert free_in_new_york(shop.alice) == 200
        assert begun.wait(20)
        own(shop.charlie, e164s(2, FIRST + 50))  # told later than Bob's, committed earlier
        assert free_in_new_york(shop.alice) == 198
        finish.set()

    assert at_once([slow, watch]) == []
    search.replica.look_again()
    assert free_in_new_york(shop.alice) == 195
    with as_customer(shop.charlie):
        claims.free(e164s(2, FIRST + 50), customer_id=shop.charlie.id, now=START)
    assert free_in_new_york(shop.alice) == 197

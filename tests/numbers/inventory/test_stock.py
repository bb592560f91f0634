"""What there is, and what has become of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from dialtone.numbers.inventory import claims, stock
from dialtone.numbers.inventory.stock import Counts
from tests.plugins.world import START, World, as_customer, as_operator

FIRST = 12122070000


def e164s(*steps: int) -> list[str]:
    return [f"+{FIRST + step}" for step in steps]


@pytest.fixture
def used(stocked: World) -> World:
    """Two numbers held, three owned, one ageing."""
    with as_customer(stocked.alice):
        alice = stocked.alice.id
        until = START + timedelta(minutes=30)
        claims.hold(e164s(0, 1), customer_id=alice, reservation_id=uuid4(), until=until, now=START)
        claims.own(e164s(10, 11, 12, 13), customer_id=alice, reservation_id=None, order_id=uuid4(), now=START)
        claims.release(e164s(13), customer_id=alice, until=START + timedelta(days=45), now=START)
    return stocked


def test_every_delivered_number_is_counted_in_one_state(used: World) -> None:
    with as_operator():
        found = {(each.country, each.kind): each for each in stock.by_kind(stock.by_place())}
        assert list(found) == [
            ("CA", "standard"), ("GB", "non_geographic"), ("GB", "standard"), ("US", "standard"), ("US", "toll_free"),
        ]  # fmt: skip
        american = found["US", "standard"]
        assert (american.areas, american.counts) == (2, Counts(3510, 3504, 2, 3, 1))
        assert stock.total(stock.by_place()) == Counts(4710, 4704, 2, 3, 1)


def test_places_are_found_as_people_write_them(used: World) -> None:
    with as_operator():
        assert [each.counts.free for each in stock.by_place(country="us", state="new york")] == [3104]
        assert [each.place and each.place.city for each in stock.by_place(city="TORONTO")] == ["Toronto"]
        assert stock.by_place(area_code="999") == []


def test_runs_of_a_place_with_what_is_free_in_them(used: World) -> None:
    with as_operator():
        here = stock.by_place(area_code="212")[0]
        assert here.place is not None
        found = stock.runs(here.place.id)
        assert [(run.first, run.last, run.size, run.free) for run in found] == [
            ("+12122070000", "+12122072999", 3000, 2994),
            ("+12122079990", "+12122079999", 10, 10),
            ("+12125550100", "+12125550199", 100, 100),
        ]
        assert stock.runs(here.place.id, after=12122080000, most=1) == found[2:]
        assert stock.place(here.place.id) == here
        assert stock.place(0) is None

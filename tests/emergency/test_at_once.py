"""Two at once, each with a connection of its own and a real commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from dialtone.base import clock, invariants, record
from dialtone.base.address import CivicAddress
from dialtone.emergency import activate, enter_address, queries
from dialtone.locations import create_location
from dialtone.numbers import settle, take
from tests.plugins.world import START, World, as_customer, as_operator

EMPIRE = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
ELSEWHERE = CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")
E164 = "+12122070001"


@pytest.fixture
def site(committed: World) -> Any:
    """Alice's site with an address in effect and one delivered, silent number, committed."""
    with as_customer(committed.alice):
        made = create_location.create_location(name="Site", address=EMPIRE, time_zone="America/New_York")
        enter_address.enter_address(made.id, EMPIRE)
        numbers, moves = take.take(
            [take.Wanted([E164], "standard")],
            location_id=made.id,
            country="US",
            order_id=None,
            source="order",
            carrier="sandbox",
        )
        moves += settle.settle(numbers, "delivered")
        record.change(numbers[0], "numbers_delivered", moves=moves)
    return made


def in_a_thread(work: Callable[[], None], failed: list[BaseException]) -> threading.Thread:
    def run() -> None:
        from django.db import connection

        try:
            with clock.frozen(START):
                work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_number_activated_while_the_address_changes_shows_the_new_one(committed: World, site: Any) -> None:
    """E2: without the lock on the location, the activation would take the address that is just being replaced."""
    changed, may_commit = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def change() -> None:
        with as_customer(committed.alice):
            enter_address.enter_address(site.id, ELSEWHERE)
            changed.set()
            may_commit.wait(10)

    def activate_now() -> None:
        with as_customer(committed.alice):
            activate.activate([E164])

    first = in_a_thread(change, failed)
    assert changed.wait(10)
    second = in_a_thread(activate_now, failed)
    second.join(0.5)
    assert second.is_alive(), "the activation did not wait for the change of address"
    may_commit.set()
    first.join(10)
    second.join(10)
    assert failed == []
    with as_customer(committed.alice):
        assert [row.address for row in queries.coverage(site.id)] == [ELSEWHERE]
    with as_operator():
        assert [str(each) for each in invariants.run() if each.invariant.id.startswith(("E", "N6"))] == []

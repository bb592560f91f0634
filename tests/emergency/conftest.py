"""Delivered numbers at Alice's office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialtone.base import record
from tests.plugins.world import World, as_customer

Deliver = Callable[..., list[Any]]


@pytest.fixture
def deliver(stocked: World, office: Any) -> Deliver:
    """Deliver numbers to Alice's office, silent; answers them."""

    def run(*e164s: str, location: Any = office, kind: str = "standard", country: str = "US") -> list[Any]:
        from dialtone.numbers import settle, take

        with as_customer(stocked.alice):
            made, moves = take.take(
                [take.Wanted(e164s, kind)],
                location_id=location.id,
                country=country,
                order_id=None,
                source="order",
                carrier="sandbox",
            )
            moves += settle.settle(made, "delivered")
            record.change(made[0], "numbers_delivered", moves=moves)
        return made

    return run


@pytest.fixture
def assign(stocked: World, office: Any) -> Callable[[str, str], None]:
    """Give a number of Alice's office to one of her people."""

    def run(e164: str, who: str) -> None:
        from dialtone.numbers import assign as verb

        person = stocked.people[who]
        with as_customer(stocked.alice):
            owner = verb.Owner("person", person.id, person.display_name)
            verb.assign(owner=owner, location_id=office.id, location_country="US", e164=e164)

    return run

"""Audit events of the compatible API that the vendor's SDK is not asked for (tests/api/test_sdk_operations.py)."""

from __future__ import annotations

from collections.abc import Callable

from dialtone.rates import load
from tests.api.conftest import Caller
from tests.plugins.standing import PRICES
from tests.plugins.world import World, as_operator

BETWEEN = "from=2026-10-01T00:00:00.000Z&to=2026-11-01T00:00:00.000Z"


def test_a_record_that_counts_what_changed_has_no_changed_fields(
    world: World, caller: Callable[[str], Caller]
) -> None:
    with as_operator(world.people["desk"]):
        load.propose(load.create_list("Retail", "USD", world.alice), PRICES)
    told = caller("alice_admin").get(f"/adminAudit/events?{BETWEEN}")
    assert told.status == 200
    changes = {each["data"]["eventDescription"]: each["data"]["changes"] for each in told.body["items"]}
    assert changes["Prices proposed"] == {}

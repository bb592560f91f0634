"""High-volume use over the API: for the operator alone, paged, with what was seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialtone.base import clock
from tests.api.conftest import Caller, outside
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_high_volume import LATER, several
from tests.calls.test_take_in import HEADER, taken
from tests.plugins.world import World

__all__ = ["number"]
PATH = "/telephony/pstn/highVolumeUse"


@pytest.mark.req("USE-02")
def test_a_dialler_is_told_to_the_operator_alone(
    stocked: World, number: str, caller: Callable[[str], Caller]
) -> None:
    taken(HEADER + several(200, apart=30, seconds=5))
    with clock.frozen(LATER):
        desk = caller("desk")
        (told,) = desk.get(PATH).body["items"]
        assert told["phoneNumber"] == NUMBER
        assert told["customerId"] == outside("ORGANIZATION", stocked.alice.id)
        busiest = told["busiest"]
        assert (busiest["calls"], busiest["others"], busiest["short"], busiest["atOnce"]) == (
            200,
            200,
            200,
            1,
        )
        assert desk.get(f"{PATH}?days=32").status == 422
        assert desk.get(f"{PATH}?max=1&start=1").body["items"] == []
    assert caller("alice_admin").get(PATH).status == 403
    assert caller("partner_admin").get(PATH).status == 403

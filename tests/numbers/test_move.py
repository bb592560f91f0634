"""Which locations a number may move between (NUM-11)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from dialtone.emergency import move_number
from dialtone.locations.models import Location
from dialtone.numbers.models import Number
from tests.plugins.world import World, as_customer

PUFFIN, HERON = uuid4(), uuid4()
End = tuple[str, UUID | None, str, str]


@pytest.mark.req("NUM-11")
@pytest.mark.parametrize(("source", "target", "may"), [
    (("calling_plan", None, "sandbox", "US"), ("calling_plan", HERON, "sandbox", "US"), True),
    (("calling_plan", None, "sandbox", "US"), ("calling_plan", None, "desk", "US"), False),
    (("non_integrated_ccp", PUFFIN, "", "US"), ("non_integrated_ccp", PUFFIN, "", "US"), True),
    (("non_integrated_ccp", PUFFIN, "", "US"), ("non_integrated_ccp", HERON, "", "US"), False),
    (("non_integrated_ccp", PUFFIN, "", "US"), ("integrated_ccp", PUFFIN, "", "US"), False),
    (("premises", None, "", "US"), ("premises", None, "", "US"), True),
    (("premises", None, "", "US"), ("premises", None, "", "CA"), False),
])  # fmt: skip
def test_a_number_moves_between_locations_of_the_same_provider_only(
    world: World, source: End, target: End, may: bool
) -> None:
    """Two locations of two providers are not alike because neither is connected through us."""
    with as_customer(world.alice):
        number = Number(e164="+12122070001", country="US", kind="standard", state="connected")
        problem = move_number.hindrance(number, "", _place(*source), _place(*target), None)
    assert (problem.code if problem else "") == ("" if may else "numbers.move_provider")


def _place(connection: str, provider_id: UUID | None, carrier: str, country: str) -> Location:
    return Location(connection=connection, provider_id=provider_id, carrier=carrier, country=country)

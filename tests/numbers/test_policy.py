"""The rules for numbers hold for ported ones, too, and when the service ends (NUM-13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.emergency import activate, give_back, unassign
from dialtone.numbers import assign, queries, release, settle, take
from dialtone.numbers.models import Number
from dialtone.orders import close_location
from tests.plugins.world import World, as_customer

PORTED = [f"+12127360{last:03}" for last in range(10)]
ALONE = "+12127369999"


@pytest.mark.req("NUM-13")
def test_ported_numbers_and_the_end_of_service_follow_the_same_policy(
    stocked: World, office: Any, check_constraints: Any
) -> None:
    user = stocked.people["alice_user"]
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        wanted = [take.Wanted(PORTED, "standard", is_block=True), take.Wanted([ALONE], "standard")]
        taken, _moves = take.take(
            wanted, location_id=office.id, country="US", order_id=uuid4(), source="port", carrier="sandbox"
        )
        settle.settle(taken, "delivered")
        activate.activate_delivered(taken, location_id=office.id)
        owner = assign.Owner("person", user.id, user.display_name)
        assign.assign(owner=owner, location_id=office.id, location_country="US", e164=ALONE, extension="")

        staying = {number.e164: why.code for number, why in release.plan([PORTED[0], ALONE]).staying}
        assert staying == {PORTED[0]: "numbers.part_of_block", ALONE: "numbers.in_use"}
        with pytest.raises(Problem, match="numbers.part_of_block"):
            give_back.give_back([PORTED[0]])
        with pytest.raises(Problem, match="locations.in_use"):
            close_location.close_location(office.id)

        unassign.unassign(ALONE)
        close_location.close_location(office.id)
        assert queries.counts()["total"] == 0
        gone = list(Number.objects.filter(e164__in=[*PORTED, ALONE]))
        assert {number.state for number in gone} == {"released"}
        rest = {number.ageing_until - clock.now() for number in gone if number.ageing_until}
        assert all(timedelta(days=44) < each <= timedelta(days=45) for each in rest)
        assert len(rest) >= 1
    check_constraints()

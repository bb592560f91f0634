"""The end of a trial gives its numbers back, whoever has them (H13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock, invariants
from dialtone.base.models import Letter
from dialtone.emergency import queries as emergency
from dialtone.jobs import sweeper
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.orders import cart, place
from dialtone.plans import subscribe
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator

E164S = ["+12122070001", "+12122070002"]


@pytest.fixture
def trial(stocked: World, work: Callable[..., None]) -> Any:
    """Charlie's trial with two numbers that can call, one of them with a person; answers the location."""
    from dialtone.numbers import assign

    admin, user = stocked.people["charlie_admin"], stocked.people["charlie_user"]
    site = open_office(stocked.charlie, admin)
    with as_customer(stocked.charlie, admin):
        place.place(cart.add(site.id, [cart.Choice([e164], "standard") for e164 in E164S]).id)
    work()
    with as_customer(stocked.charlie, admin):
        owner = assign.Owner("person", user.id, user.display_name)
        assign.assign(owner=owner, location_id=site.id, location_country="US", e164=E164S[0])
        assert numbers.counts()["active"] == 2
    return site


def days_pass(days: int) -> None:
    clock._frozen.set(clock.now() + timedelta(days=days))
    sweeper.run_due()


@pytest.mark.req("ACC-14")
def test_numbers_of_a_trial_are_kept_thirty_days_then_given_back(
    stocked: World, trial: Any, check_constraints: Any
) -> None:
    for days, active in ((90, 2), (23, 2), (6, 2), (1, 0)):
        days_pass(days)
        with as_customer(stocked.charlie):
            assert numbers.counts()["active"] == active
    with as_customer(stocked.charlie):
        gone = list(Number.objects.filter(e164__in=E164S))
        assert {number.state for number in gone} == {"released"}
        assert emergency.shown_by([number.id for number in gone]) == {}
    check_constraints()
    with as_operator():
        letters = (
            Letter.objects.filter(template__startswith="trial_")
            .order_by("id")
            .values_list("template", flat=True)
        )
        assert list(letters) == ["trial_over", "trial_last_days", "trial_ended"]
        assert [str(each) for each in invariants.run()] == []


@pytest.mark.req("ACC-14", "ACC-15")
def test_a_trial_converted_in_its_last_days_keeps_its_numbers_and_settings(
    stocked: World, trial: Any
) -> None:
    for days in (90, 23, 6):
        days_pass(days)
    with as_customer(stocked.charlie):
        subscribe.convert_trial(1, clock.now().date())
    days_pass(30)
    with as_customer(stocked.charlie):
        assert numbers.counts()["active"] == 2
        assert numbers.counts()["assigned"] == 1
        assert emergency.of_location(trial.id) is not None
        block = [f"+1212207{number:04}" for number in range(100, 110)]
        place.place(cart.add(trial.id, [cart.Choice(block, "standard", True)]).id)

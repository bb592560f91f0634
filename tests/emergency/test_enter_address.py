"""An emergency address on its way into effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock, invariants, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.models import DeskItem
from dialtone.base.problems import Problem
from dialtone.carriers.sandbox.addresses import Answer
from dialtone.emergency import accept_by_desk, activate, enter_address, queries, states, withdraw_address
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import create_location
from dialtone.locations import queries as locations
from tests.emergency.conftest import Deliver
from tests.plugins.world import World, as_customer, as_operator, as_partner

EMPIRE = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
TYPO = CivicAddress("US", "350 Fith Avenue", "New York", "10118", "NY")
TWO_ENDS = CivicAddress("US", "100 42nd Street", "New York", "10017", "NY")
NOWHERE = CivicAddress("US", "0 Nowhere Street", "New York", "10118", "NY")
ELSEWHERE = CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")


def away(_address: CivicAddress) -> Answer:
    raise ConnectionError("the authority is away")


@pytest.fixture
def site(world: World) -> Any:
    with as_customer(world.alice):
        return create_location.create_location(name="Site", address=EMPIRE, time_zone="America/New_York")


@pytest.mark.req("ESA-01", "ESA-09", "LOC-07", "SPK-11")
def test_a_known_building_is_located_then_accepted_and_says_what_was_checked(world: World, site: Any) -> None:
    with as_customer(world.alice):
        assert not locations.set_up(site.id).has_emergency_address
        made = enter_address.enter_address(site.id, EMPIRE)
        assert (made.state, made.accepted_by, made.is_simulated, made.due_at) == (
            "accepted",
            "sandbox",
            True,
            None,
        )
        assert [(each["by"], each["answer"]) for each in made.checks] == [
            ("authority", "exact"),
            ("sandbox", "accepted"),
        ]
        assert locations.set_up(site.id).has_emergency_address
        from dialtone.base.models import Move

        moves = Move.objects.filter(subject_id=made.id).order_by("id").values_list("from_state", "to_state")
        assert list(moves) == [("", "entered"), ("entered", "located"), ("located", "accepted")]
        assert enter_address.enter_address(site.id, EMPIRE).id == made.id


@pytest.mark.req("ESA-09")
def test_a_correction_is_applied_only_by_a_person(world: World, site: Any) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        made = enter_address.enter_address(site.id, TYPO)
        assert made.state == states.SUGGESTED
        assert CivicAddress.from_json(made.address) == TYPO
        assert queries.of_location(site.id) is None
        with (
            tenancy.acting(tenancy.Actor(kind="job", name="Dialtone")),
            pytest.raises(Problem, match="person_needed"),
        ):
            enter_address.apply_suggestion(made.id)
        with pytest.raises(Problem, match="no_suggestion"):
            enter_address.apply_suggestion(made.id, 1)
        taken = enter_address.apply_suggestion(made.id)
        assert (taken.state, CivicAddress.from_json(taken.address)) == ("accepted", EMPIRE)
        assert queries.address(made.id).state == states.REPLACED
        with pytest.raises(Problem, match="no_suggestion"):
            enter_address.apply_suggestion(made.id)


def test_of_two_ends_of_a_street_one_is_chosen(world: World, site: Any) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        made = enter_address.enter_address(site.id, TWO_ENDS)
        assert made.suggestion is not None
        assert (made.state, len(made.suggestion["choices"])) == ("suggested", 2)
        taken = enter_address.apply_suggestion(made.id, 1)
        assert (taken.state, taken.address["address1"]) == ("accepted", "100 West 42nd Street")


@pytest.mark.req("ESA-06")
def test_the_old_address_stays_in_effect_until_the_new_one_is_accepted(
    world: World, office: Any, deliver: Deliver, check_constraints: Any
) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        (number,) = deliver("+12122070001")
        activate.activate([number.e164])
    before = clock.now()
    for step, wrong in enumerate((TYPO, NOWHERE, TWO_ENDS), start=1):
        with clock.frozen(before + timedelta(minutes=step)), as_customer(world.alice):
            assert enter_address.enter_address(office.id, wrong).state in (states.SUGGESTED, states.UNKNOWN)
            assert queries.shown_by([number.id])[number.id] == EMPIRE
    changed = before + timedelta(hours=1)
    with clock.frozen(changed), as_customer(world.alice):
        assert enter_address.enter_address(office.id, ELSEWHERE).state == states.ACCEPTED
        assert queries.shown_by([number.id])[number.id] == ELSEWHERE
        assert queries.shown_at(number.id, changed - timedelta(seconds=1)) == EMPIRE
        assert queries.shown_at(number.id, changed) == ELSEWHERE
        assert queries.shown_at(number.id, before - timedelta(seconds=1)) is None
        assert EmergencyAddress.objects.filter(state__in=states.WAITING).count() == 0
    check_constraints()
    with as_operator():
        assert [
            str(each)
            for each in invariants.run()
            if each.invariant.id.startswith(("E", "N6", "H37", "D4-add"))
        ] == []


def test_while_the_authority_is_away_an_address_is_kept_and_not_used(
    world: World, site: Any, work: Any
) -> None:
    with as_customer(world.alice):
        made = enter_address.enter_address(site.id, EMPIRE, authority=away)
        assert (made.state, queries.of_location(site.id)) == ("entered", None)
    work(1, timedelta(minutes=5))
    with as_customer(world.alice):
        found = queries.of_location(site.id)
        assert found is not None
        assert found.id == made.id


def test_a_late_answer_does_not_undo_a_newer_entry(world: World, site: Any) -> None:
    with as_customer(world.alice):
        first = enter_address.enter_address(site.id, EMPIRE, authority=away)
        second = enter_address.enter_address(site.id, ELSEWHERE)
        assert enter_address.check_address(first.id).state == states.REPLACED
        found = queries.of_location(site.id)
        assert found is not None
        assert found.id == second.id


def test_floor_and_room_in_a_building_of_several_floors(world: World) -> None:
    from dataclasses import replace

    with as_customer(world.alice):
        tower = create_location.create_location(
            name="Tower", address=EMPIRE, time_zone="America/New_York", multi_floor=True
        )
        for incomplete in (EMPIRE, replace(EMPIRE, floor="20"), replace(EMPIRE, room="12")):
            with pytest.raises(Problem, match="floor_room"):
                enter_address.enter_address(tower.id, incomplete)
        made = enter_address.enter_address(tower.id, replace(EMPIRE, floor="20", room="12"))
        assert (made.state, made.floor, made.room) == ("accepted", "20", "12")


def test_an_address_in_another_country_is_refused(world: World, site: Any) -> None:
    with as_customer(world.alice), pytest.raises(Problem, match="other_country"):
        enter_address.enter_address(
            site.id, CivicAddress("CA", "100 Queen Street West", "Toronto", "M5H 2N2", "ON")
        )


def test_another_customers_location_and_address_are_not_there(world: World, site: Any) -> None:
    with as_customer(world.alice):
        made = enter_address.enter_address(site.id, TYPO)
    with as_customer(world.bob):
        with pytest.raises(Problem, match="not_found"):
            enter_address.enter_address(site.id, EMPIRE)
        for verb in (
            enter_address.apply_suggestion,
            enter_address.check_address,
            withdraw_address.withdraw_address,
        ):
            with pytest.raises(Problem, match="not_found"):
                verb(made.id)


def test_where_no_authority_can_say_a_named_person_of_the_desk_does(
    world: World, site: Any, settings: Any
) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        settings.SANDBOX = False
        made = enter_address.enter_address(site.id, ELSEWHERE)
        settings.SANDBOX = True
        assert made.state == states.ENTERED
        with pytest.raises(Problem, match="desk_only"):
            accept_by_desk.accept_by_desk(made.id)
    with as_partner(world.p, world.people["partner_admin"]), pytest.raises(Problem, match="desk_only"):
        accept_by_desk.accept_by_desk(made.id)
    with as_operator(), pytest.raises(Problem, match="desk_only"):
        accept_by_desk.accept_by_desk(made.id)
    with as_operator(world.people["desk"]):
        assert DeskItem.objects.get().subject_id == made.id
        accepted = accept_by_desk.accept_by_desk(made.id)
        assert (accepted.state, accepted.accepted_by) == ("accepted", "Desk")
        assert accept_by_desk.accept_by_desk(made.id).version == accepted.version
        assert DeskItem.objects.get().settled_at is not None


def test_an_address_in_use_is_not_withdrawn(world: World, office: Any, deliver: Deliver) -> None:
    with as_customer(world.alice):
        default = queries.of_location(office.id)
        assert default is not None
        deliver("+12122070001", "+12122070002")
        activate.activate(["+12122070001"])
        with pytest.raises(Problem, match="in_use") as refused:
            withdraw_address.withdraw_address(default.id)
        assert (refused.value.values["count"], refused.value.values["numbers"]) == (1, "+12122070001")
        typo = enter_address.enter_address(office.id, TYPO)
        assert withdraw_address.withdraw_address(typo.id).state == states.WITHDRAWN
        assert withdraw_address.withdraw_address(typo.id).state == states.WITHDRAWN

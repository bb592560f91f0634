"""A location is left by hand for a new one on another connection: everything goes along, ended anywhere, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from dialtone.base import invariants
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import enter_address, own_address
from dialtone.emergency import queries as emergency
from dialtone.locations import connect, create_location
from dialtone.locations import queries as locations
from dialtone.migration import by_hand, queries, states
from dialtone.numbers import bring, release, set_main
from dialtone.numbers import queries as numbers
from dialtone.numbers.assign import Owner, assign
from dialtone.people.models import Person
from dialtone.services import (
    announcements,
    call_groups,
    call_it,
    phone_menus,
    schedules,
    site_services,
    virtual_lines,
    wav,
)
from tests.plugins.office import made_up_provider
from tests.plugins.world import START, World, as_customer, as_operator

pytestmark = pytest.mark.django_db
PLACE = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
MENU, PERSON, FREE, SHARED = (f"+1646207000{last}" for last in range(4))
HOURS = {"startDate": "2026-10-28", "endDate": "2026-10-28", "startTime": "09:00", "endTime": "17:00"}
POINTS = {
    f"by_hand.{name}"
    for name in (
        "begun.before_commit",
        "created.before_commit",
        "readied.before_commit",
        "chosen.before_commit",
        "piece.before_commit",
        "piece.after_commit",
        "carried_out.before_commit",
        "taken_back.before_commit",
        "undone.before_commit",
        "closed.before_commit",
    )
}


class Ended(BaseException):
    """The process ends here."""


def _office(world: World) -> Any:
    """An office on an integrated provider: a menu on the main number, a person, a virtual line in a hunt group, a free number."""
    puffin = made_up_provider()
    with as_customer(world.alice, world.people["alice_admin"]):
        old = create_location.create_location(name="Mill", address=PLACE, time_zone="America/New_York")
        connect.connect(old.id, "integrated_ccp", provider_id=puffin.id)
        enter_address.enter_address(old.id, PLACE)
        bring.bring(
            [PhoneNumber.parse_api(each) for each in (MENU, PERSON, FREE, SHARED)],
            location_id=old.id,
            country="US",
        )
        user = world.people["alice_user"]
        assign(
            owner=Owner("person", user.id, user.display_name), location_id=old.id, location_country="US",
            e164=PERSON, extension="1001",
        )  # fmt: skip
        own_address.set_own_address(PERSON, CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"))
        desk = virtual_lines.add_virtual_line(old.id, first_name="Front", last_name="Desk", e164=SHARED)
        schedules.add_schedule(old.id, kind="businessHours", name="Hours", events=[{"name": "Open", **HOURS}])
        announcements.add_announcement(
            old.id, name="Hello", upload=announcements.Upload("hello.wav", wav.written(bytes(1600)))
        )
        phone_menus.add_menu(
            old.id,
            site_services.Wanted(name="Reception", e164=MENU, extension="2000"),
            phone_menus.Told(
                business_schedule="Hours",
                business_menu={"greeting": "DEFAULT"},
                after_menu={"greeting": "DEFAULT"},
            ),
        )
        call_groups.add_group(
            old.id,
            "hunt_group",
            site_services.Wanted(name="Sales", extension="2001"),
            call_groups.Told(members=[call_groups.Joining("virtual_line", desk.id)]),
        )
        set_main.set_main(old.id, MENU)
        Person.objects.filter(id=world.people["alice_reader"].id).update(
            role="location", location_ids=[old.id]
        )
    return old


def _everything(location_id: UUID) -> dict[str, Any]:
    """What is at a location, in plain words."""
    held = list(numbers.numbers(numbers.Filter(location_ids=[location_id])))
    lines = numbers.Line.objects.filter(location_id=location_id).order_by("owner_name", "extension")
    return {
        "numbers": {each.e164: (each.state, each.is_main) for each in held},
        "lines": [(each.owner_name, each.extension, each.number and each.number.e164) for each in lines],
        "services": sorted(
            each.name
            for each in (
                *phone_menus.PhoneMenu.objects.filter(location_id=location_id),
                *call_groups.CallGroup.objects.filter(location_id=location_id),
            )
        ),
        "needed": sorted(
            each.name
            for each in (
                *schedules.schedules(location_id),
                *announcements.announcements().filter(location_id=location_id),
            )
        ),
        "virtual": [
            str(each)
            for each in virtual_lines.virtual_lines()
            .filter(location_id=location_id)
            .values_list("display_name", flat=True)
        ],
    }


@pytest.mark.req("MIG-13")
def test_ended_at_every_step_everything_arrives(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = _office(stocked)
    alice, admin = stocked.alice, stocked.people["alice_admin"]
    due = set(POINTS)

    def crashpoint(name: str) -> None:
        if name in due:
            due.remove(name)
            raise Ended(name)

    monkeypatch.setattr(by_hand, "crashpoint", crashpoint)
    monkeypatch.setattr(by_hand, "MOST_AT_ONCE", 1)

    def nothing_is_cut_off() -> None:
        """Every number is at a location that has a connection and a valid emergency address."""
        with as_customer(alice):
            for each in numbers.numbers(numbers.Filter(e164s=[MENU, PERSON, FREE, SHARED])):
                place = locations.location(each.location_id)
                assert place.connection in ("integrated_ccp", "premises")
                assert emergency.of_location(place.id) is not None
                assert each.state == "connected"

    def step(work: Callable[[], Any]) -> Any:
        while True:
            try:
                with as_customer(alice, admin):
                    return work()
            except Ended:
                nothing_is_cut_off()

    def carried_out(move_id: UUID, begin: Callable[[UUID], Any] = by_hand.carry_out) -> str:
        step(lambda: begin(move_id))
        while True:
            try:
                by_hand.run(move_id, alice.id)
                return str(step(lambda: queries.manual_move(move_id).state))
            except Ended:
                nothing_is_cut_off()

    with as_customer(alice, admin):
        before = _everything(old.id)
    move = step(lambda: queries.open_manual_moves().first() or by_hand.begin(old.id, "premises"))
    with as_customer(alice, admin), pytest.raises(Problem, match=r"migration\.under_way"):
        by_hand.begin(old.id, "premises")
    new_id = step(lambda: by_hand.create(move.id, name="Mill (own lines)")).new_location_id
    with as_customer(alice, admin):
        with pytest.raises(Problem, match=r"migration\.not_ready"):
            by_hand.ready(move.id)
        enter_address.enter_address(new_id, PLACE)
        with pytest.raises(Problem, match=r"migration\.not_ready"):
            by_hand.ready(move.id)  # the gateway is still to be enabled (LOC-03)
        connect.enable_gateway(new_id)
    step(lambda: by_hand.ready(move.id))
    assert carried_out(move.id) == states.PEOPLE
    with as_customer(alice):
        assert set(_everything(new_id)["numbers"]) == {FREE}
    assert carried_out(move.id) == states.SERVICES
    with as_customer(alice):
        assert by_hand.left_at(old.id) == {"numbers": 0, "people": 0, "services": 4}
        with pytest.raises(Problem, match=r"migration\.has_moved"):
            by_hand.leave(move.id)
    assert carried_out(move.id) == states.CLOSE
    with as_customer(alice, admin):
        bring.bring([PhoneNumber.parse_api("+16462070008")], location_id=new_id, country="US")
    assert carried_out(move.id, by_hand.undo) == states.NUMBERS
    with as_customer(alice, admin):
        assert _everything(old.id) == before, "all of it is back"
        assert list(_everything(new_id)["numbers"]) == ["+16462070008"], "what came there otherwise stays"
        assert not by_hand.may_undo(queries.manual_move(move.id))
        release.release(["+16462070008"], ageing_days=lambda _number: 0)
    for _again in range(3):
        carried_out(move.id)
    with as_customer(alice, admin):
        assert _everything(new_id) == before
        assert _everything(old.id) == {
            "numbers": {},
            "lines": [],
            "services": [],
            "needed": [],
            "virtual": [],
        }
        menu = phone_menus.PhoneMenu.objects.get()
        assert call_it.call_it(menu.id, START, []).end is not None
        assert len(emergency.own_versions(numbers.number_by_e164(PERSON).id)) == 1, "as the own address does"
        assert Person.objects.get(id=stocked.people["alice_reader"].id).location_ids == [old.id, new_id]
    with as_customer(alice, admin):
        bring.bring([PhoneNumber.parse_api("+16462070009")], location_id=old.id, country="US")
    assert step(lambda: by_hand.close(move.id)).state == states.NUMBERS, "what came meanwhile goes first"
    for _again in range(3):
        carried_out(move.id)
    assert step(lambda: by_hand.close(move.id)).state == states.CLOSED
    with as_customer(alice, admin), pytest.raises(Problem, match=r"migration\.no_way_back"):
        by_hand.undo(move.id)
    with as_customer(alice), pytest.raises(Problem, match="not_found"):
        locations.location(old.id)
    assert due == set(), "every point was met"
    with as_operator():
        assert [str(each) for each in invariants.run()] == []


@pytest.mark.req("MIG-13", "MIG-08")
def test_what_refuses_a_step_is_told_and_nothing_goes(stocked: World) -> None:
    old = _office(stocked)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        for target, code in (("calling_plan", "migration.not_by_hand"), ("moon", "migration.target")):
            with pytest.raises(Problem) as refused:
                by_hand.begin(old.id, target)
            assert refused.value.code == code
        move = by_hand.begin(old.id, "premises")
        with pytest.raises(Problem, match=r"migration\.wrong_step"):
            by_hand.carry_out(move.id)
        with pytest.raises(Problem, match=r"locations\.name_taken"):
            by_hand.create(move.id, name="Mill")
        new_id = by_hand.create(move.id, name="Mill 2").new_location_id
        assert new_id is not None
        enter_address.enter_address(new_id, PLACE)
        connect.enable_gateway(new_id)
        by_hand.ready(move.id)
        assign(
            owner=Owner("person", stocked.people["alice_admin"].id, "Ada"),
            location_id=new_id,
            location_country="US",
            extension="1001",
        )
        by_hand.carry_out(move.id)
    by_hand.run(move.id, stocked.alice.id)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        by_hand.carry_out(move.id)
    by_hand.run(move.id, stocked.alice.id)
    with as_customer(stocked.alice):
        stopped = queries.manual_move(move.id)
        assert (stopped.state, stopped.due_at) == (states.PEOPLE, None)
        assert "1001" in stopped.reason
        assert numbers.number_by_e164(PERSON).location_id == old.id

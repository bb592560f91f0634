"""Locations move from their own carrier to another connection: step by step, ended anywhere, and back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.office import made_up_provider
from tests.plugins.world import World, as_customer, as_operator

pytestmark = pytest.mark.django_db
CONTACT = {"company_name": "Alice Ltd", "first_name": "Ada", "last_name": "Admin", "email": "ada@example.com"}
POINTS = {
    "migration.begun.before_commit",
    "migration.analysed.before_commit",
    "migration.agreed.before_commit",
    "migration.contracted.before_commit",
    "migration.chosen.before_commit",
    "migration.reconnected",
    "migration.moved.before_commit",
    "migration.moved.after_commit",
    "migration.closed.before_commit",
}


class Ended(BaseException):
    """The process ends here."""


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The points at which the process ends, once each; they are taken away as they are met."""
    from dialtone.migration import begin, move_sites, take_step

    due = set(POINTS)

    def crashpoint(name: str) -> None:
        if name in due:
            due.remove(name)
            raise Ended(name)

    for module in (begin, move_sites, take_step):
        monkeypatch.setattr(module, "crashpoint", crashpoint)
    return due


def _offices(world: World, *, connection: str = "non_integrated_ccp") -> tuple[list[Any], Any]:
    """Two offices of Alice on a carrier of her own, each with a number in service; and the provider."""
    from dialtone.base.address import CivicAddress
    from dialtone.base.phone import PhoneNumber
    from dialtone.locations import connect, create_location
    from dialtone.numbers import bring

    puffin = made_up_provider()
    made = []
    with as_customer(world.alice, world.people["alice_admin"]):
        for place, name in enumerate(("Harbour", "Mill")):
            site = create_location.create_location(
                name=name,
                address=CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"),
                time_zone="America/New_York",
            )
            site = connect.connect(site.id, connection)
            bring.bring([PhoneNumber.parse_api(f"+1646207000{place}")], location_id=site.id, country="US")
            made.append(site)
    return made, puffin


def _validate(site: Any) -> None:
    from dialtone.base.address import CivicAddress
    from dialtone.emergency import enter_address

    enter_address.enter_address(site.id, CivicAddress.from_json(site.address))


def _where(world: World) -> dict[str, tuple[str, Any]]:
    from dialtone.locations import queries

    with as_customer(world.alice):
        return {each.name: (each.connection, each.provider_id) for each in queries.list_all()}


@pytest.mark.req("MIG-14", "MIG-16", "MIG-17", "MIG-18", "MIG-19", "MIG-20", "MIG-23", "MIG-24", "MIG-25")
def test_ended_at_every_step_it_goes_on_and_ends_right(stocked: World, ending: set[str]) -> None:
    """T7: every point once; after each, a look that every location has a connection, and the same again."""
    from dialtone.base import invariants
    from dialtone.migration import begin, move_sites, queries, states, take_step
    from dialtone.numbers import queries as numbers

    sites, puffin = _offices(stocked)
    alice, admin = stocked.alice, stocked.people["alice_admin"]

    def step(work: Any) -> Any:
        while True:
            try:
                with as_customer(alice, admin):
                    return work()
            except Ended:
                assert all(kind for kind, _provider in _where(stocked).values())

    move = step(lambda: queries.open_move() or begin.begin("integrated_ccp", puffin.id))
    assert step(queries.waits_for_integration) == 2
    step(lambda: take_step.analyse(move.id))
    step(lambda: take_step.agree(move.id, agreed=True))
    step(lambda: take_step.enter_contract(move.id, **CONTACT))
    with as_customer(alice, admin):
        for each in sites:
            _validate(each)
    step(lambda: move_sites.choose(move.id, [sites[0].id]))
    while True:
        try:
            move_sites.run(move.id, alice.id)
            break
        except Ended:
            kinds = {kind for kind, _provider in _where(stocked).values()}
            assert kinds <= {"non_integrated_ccp", "integrated_ccp"}
    assert _where(stocked) == {
        "Harbour": ("integrated_ccp", puffin.id),
        "Mill": ("non_integrated_ccp", None),
    }
    assert step(queries.waits_for_integration) == 1, "the banner stays until all have moved"
    step(lambda: move_sites.choose(move.id, [sites[1].id]))
    move_sites.run(move.id, alice.id)
    assert step(queries.waits_for_integration) == 0
    closed = step(lambda: take_step.close(move.id))
    assert closed.state == states.CLOSED
    assert ending == set(), "every point was met"
    with as_customer(alice):
        held = numbers.numbers(numbers.Filter(e164s=["+16462070000", "+16462070001"]))
        assert {each.state for each in held} == {"connected"}, "the numbers kept working all the time"
    with as_operator():
        assert invariants.run() == []


@pytest.mark.req("MIG-21")
def test_without_a_valid_address_a_location_does_not_move(stocked: World) -> None:
    from dialtone.base.problems import Problem, Problems
    from dialtone.migration import begin, move_sites, queries, states, take_step

    sites, puffin = _offices(stocked)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        move = begin.begin("integrated_ccp", puffin.id)
        with pytest.raises(Problem) as early:
            take_step.agree(move.id, agreed=True)
        assert early.value.code == "migration.wrong_step"
        take_step.analyse(move.id)
        with pytest.raises(Problem) as unread:
            take_step.agree(move.id, agreed=False)
        assert unread.value.code == "migration.not_agreed"
        take_step.agree(move.id, agreed=True)
        with pytest.raises(Problems) as empty:
            take_step.enter_contract(move.id, **{**CONTACT, "first_name": " ", "email": "x"})
        assert {each.field for each in empty.value.problems} == {"/firstName", "/email"}
        take_step.enter_contract(move.id, **CONTACT)
        with pytest.raises(Problems) as lacking:
            move_sites.choose(move.id, [each.id for each in sites])
        assert {each.code for each in lacking.value.problems} == {"migration.no_address"}
        _validate(sites[0])
        move_sites.choose(move.id, [sites[0].id])
        assert move_sites.move_next(move.id)
        with pytest.raises(Problem) as moved:
            take_step.abandon(move.id)
        assert moved.value.code == "migration.has_moved"
        undone = move_sites.undo(move.id, sites[0].id)
        assert undone.state == states.WAITING
        assert _where(stocked)["Harbour"] == ("non_integrated_ccp", None)
        take_step.abandon(move.id)
        assert queries.open_move() is None


@pytest.mark.req("MIG-01", "MIG-02")
def test_to_calling_plans_the_contract_goes_out_at_the_point_of_no_return(stocked: World) -> None:
    from dialtone.base.problems import Problem
    from dialtone.locations import contract
    from dialtone.locations import queries as locations
    from dialtone.migration import begin, move_sites, take_step
    from dialtone.numbers import queries as numbers

    sites, _puffin = _offices(stocked, connection="premises")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        move = begin.begin("calling_plan")
        take_step.analyse(move.id)
        take_step.agree(move.id, agreed=True)
        take_step.enter_contract(move.id, **CONTACT)
        _validate(sites[0])
        move_sites.choose(move.id, [sites[0].id])
        move_sites.move_next(move.id)
        place = locations.location(sites[0].id)
        assert (place.connection, bool(place.carrier), bool(place.subscription_id)) == (
            "calling_plan",
            True,
            True,
        )
        assert contract.of_location(place.id) is None, "nothing is sent while it can be undone"
        take_step.close(move.id)
        assert contract.of_location(place.id).state == "sent"
        assert locations.may_order(place.id).allowed
        with pytest.raises(Problem) as late:
            move_sites.undo(move.id, place.id)
        assert late.value.code == "migration.no_way_back"
        assert numbers.number_by_e164("+16462070000").state == "connected", "it calls over its old carrier"


@pytest.mark.req("MIG-16")
def test_the_audit_report_names_what_is_wrong(stocked: World) -> None:
    from dialtone.base.problems import Problem
    from dialtone.locations.models import Location
    from dialtone.migration import audit, begin, take_step

    sites, puffin = _offices(stocked)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        move = begin.begin("integrated_ccp", puffin.id)
        assert audit.of_move(move).errors == 0
        Location.objects.filter(id=sites[0].id).update(country="DE", calling_enabled=False)
        report = audit.of_move(move)
        wrong = {each.name: [one.name for one in each.errors] for each in report.sections if each.errors}
        assert wrong == {"calling": ["Harbour"], "market": ["Harbour"]}
        with pytest.raises(Problem) as refused:
            take_step.analyse(move.id)
        assert refused.value.code == "migration.audit_errors"
        with pytest.raises(Problem) as second:
            begin.begin("integrated_ccp", puffin.id)
        assert second.value.code == "migration.under_way"


@pytest.mark.req("MIG-14", "MIG-16", "MIG-17", "MIG-25")
def test_a_location_that_the_provider_does_not_serve_keeps_no_other_from_moving(stocked: World) -> None:
    """Offices in the United States and in Italy, and a provider of North America: the Italian office stays out of it."""
    from dialtone.base.address import CivicAddress
    from dialtone.base.problems import Problem, Problems
    from dialtone.locations import connect, create_location
    from dialtone.migration import begin, move_sites, queries, take_step

    sites, puffin = _offices(stocked)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place = CivicAddress("IT", "Piazza della Scala 2", "Milano", "20121", "MI")
        milan = create_location.create_location(name="Milano", address=place, time_zone="Europe/Rome")
        connect.connect(milan.id, "non_integrated_ccp")
        assert queries.waits_for_integration() == 2, "nobody offers to integrate the third"
        move = begin.begin("integrated_ccp", puffin.id)
        assert [each.name for each in queries.sites(move.id)] == ["Harbour", "Mill"]
        take_step.analyse(move.id)
        take_step.agree(move.id, agreed=True)
        take_step.enter_contract(move.id, **CONTACT)
        _validate(sites[0])
        with pytest.raises(Problems) as lacking:
            move_sites.choose(move.id, [sites[0].id, sites[1].id])
        assert [each.field for each in lacking.value.problems] == ["/locationIds/1"]
        with pytest.raises(Problem) as stays:
            move_sites.choose(move.id, [milan.id])
        assert stays.value.code == "not_found"
        take_step.abandon(move.id)
        assert [each.name for each in queries.eligible("premises")] == ["Harbour", "Milano", "Mill"]

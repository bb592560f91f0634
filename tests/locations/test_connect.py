"""How a location reaches the public network."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.locations import connect, create_location, drafts, queries, rules
from dialtone.plans import subscribe
from tests.plugins.world import World, as_customer

PLACES = {
    "US": CivicAddress("US", "233 South Wacker Drive", "Chicago", "60606", "IL"),
    "DE": CivicAddress("DE", "Unter den Linden 77", "Berlin", "10117"),
    "JP": CivicAddress("JP", "1-1", "Chiyoda-ku", "100-0001", "Tokyo"),
}


def opened(country: str = "US", **more: Any) -> Any:
    return create_location.create_location(
        name=f"{country} {more.get('calling_enabled', '')}",
        address=PLACES[country],
        time_zone="America/Chicago",
        **more,
    )


@pytest.fixture
def alice(world: World) -> Any:
    with as_customer(world.alice):
        subscribe.start_paid()
        subscribe.buy_licence("outbound_calling_plan", 1, date(2026, 10, 28))
    return world.alice


@pytest.mark.req("LOC-01", "LOC-02")
def test_each_location_has_its_own_connection(alice: Any) -> None:
    with as_customer(alice):
        chosen = {}
        for index, kind in enumerate(rules.CONNECTIONS):
            site = create_location.create_location(
                name=f"Site {index}", address=PLACES["US"], time_zone="America/Chicago"
            )
            assert queries.missing(site.id) == ["connection"]
            chosen[kind] = connect.connect(site.id, kind).connection
        assert chosen == {kind: kind for kind in rules.CONNECTIONS}


@pytest.mark.req("ACC-06")
def test_calling_plans_only_where_they_are_offered(alice: Any) -> None:
    with as_customer(alice):
        there = opened("JP")
        assert queries.connection_options(there.id) == ["non_integrated_ccp", "integrated_ccp", "premises"]
        with pytest.raises(Problem, match="not_served") as refused:
            connect.connect(there.id, "calling_plan")
        assert "US" in refused.value.values["served"]
        assert "JP" not in refused.value.values["served"]
        assert connect.connect(there.id, "non_integrated_ccp").connection == "non_integrated_ccp"
        assert "calling_plan" in queries.connection_options(opened("DE").id)


@pytest.mark.req("ACC-05")
def test_no_calling_plan_without_a_licence(world: World) -> None:
    with as_customer(world.bob):
        site = opened()
        for step in (lambda: None, subscribe.start_paid):
            step()
            with pytest.raises(Problem, match="no_plan"):
                connect.connect(site.id, "calling_plan")
        subscribe.buy_licence("outbound_calling_plan", 1, date(2026, 10, 28))
        assert connect.connect(site.id, "calling_plan").subscription_id == subscribe._living().id


@pytest.mark.req("LOC-10")
def test_numbers_move_only_along_migration_paths(alice: Any) -> None:
    with as_customer(alice):
        site = connect.connect(opened().id, "calling_plan")
        with pytest.raises(Problem, match="needs_migration"):
            connect.connect(site.id, "premises", numbers_here=2)
        assert connect.connect(site.id, "calling_plan", numbers_here=2).version == site.version


@pytest.mark.req("LOC-03")
def test_the_gateway_is_enabled_separately(alice: Any) -> None:
    with as_customer(alice):
        site = opened()
        with pytest.raises(Problem, match="not_premises"):
            connect.enable_gateway(site.id)
        connect.connect(site.id, "premises")
        assert queries.missing(site.id) == ["gateway"]
        connect.enable_gateway(site.id)
        assert queries.missing(site.id) == []


def test_a_connection_needs_calling_and_a_known_name(alice: Any) -> None:
    with as_customer(alice):
        site = opened(calling_enabled=False)
        with pytest.raises(Problem, match="calling_disabled"):
            connect.connect(site.id, "premises")
        with pytest.raises(Problem, match=r"locations\.connection"):
            connect.connect(site.id, "carrier_pigeon")


@pytest.mark.req("SPK-01")
def test_a_set_up_left_half_way_goes_on_where_it_stopped(alice: Any, world: World) -> None:
    with as_customer(alice, world.people["alice_admin"]):
        draft = drafts.save_step("site", {"name": "Half-way", "time_zone": ""})
        drafts.save_step("connection", {"connection": "premises"}, draft_id=draft.id)
    with as_customer(alice, world.people["alice_reader"]):
        found = drafts.resume()
        assert found is not None
        assert (found.step, found.entries["site"]["name"]) == ("connection", "Half-way")
        drafts.finish(found.id)
        drafts.finish(found.id)
        assert drafts.resume() is None
        with pytest.raises(Problem, match="not_found"):
            drafts.save_step("contact", {}, draft_id=draft.id)
        with pytest.raises(Problem, match="step"):
            drafts.save_step("dessert", {})
    with as_customer(world.bob):
        assert drafts.resume(draft.id) is None

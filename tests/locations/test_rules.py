"""What a location may do, said from facts alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialtone.locations import rules, states
from dialtone.locations.rules import SetUp

DONE = SetUp("HQ", "US", "calling_plan", has_contract=True, has_emergency_address=True, is_signed=True)


@pytest.mark.req("LOC-09")
@pytest.mark.parametrize(
    ("site", "code"),
    [
        (DONE, ""),
        (replace(DONE, is_signed=False), ""),
        (replace(DONE, connection=""), "orders.location_not_ready"),
        (replace(DONE, connection="premises"), "orders.location_not_ready"),
        (replace(DONE, has_contract=False), "orders.no_contract_contact"),
        (replace(DONE, has_emergency_address=False), "orders.no_emergency_address"),
    ],
)
def test_orders_and_ports_begin_only_at_a_location_that_is_set_up(site: SetUp, code: str) -> None:
    assert rules.may_begin(site).code == code
    assert rules.may_order(site, by_search=True).code == code


def test_where_numbers_are_had_by_case_that_is_said_instead() -> None:
    german = replace(DONE, country="DE")
    assert rules.may_order(german, by_search=False).code == "orders.by_case_only"
    assert rules.may_begin(german).allowed


@pytest.mark.req("LOC-05", "SPK-01")
def test_what_is_missing_comes_in_the_order_of_the_steps() -> None:
    assert rules.missing(replace(DONE, connection="")) == ["connection"]
    nothing = replace(DONE, has_contract=False, has_emergency_address=False, is_signed=False)
    assert rules.missing(nothing) == ["contact", "emergency", "signature"]
    assert rules.missing(DONE) == []
    assert rules.missing(replace(nothing, connection="integrated_ccp")) == []


@pytest.mark.req("LOC-03")
def test_premises_based_pstn_waits_for_its_gateway() -> None:
    site = replace(DONE, connection="premises")
    assert rules.missing(site) == ["gateway"]
    assert rules.missing(replace(site, gateway_enabled=True)) == []


@pytest.mark.req("LOC-10")
def test_a_location_with_numbers_does_not_just_change_its_connection() -> None:
    assert (
        rules.may_connect("calling_plan", "premises", name="HQ", numbers_here=1).code
        == "locations.needs_migration"
    )
    assert (
        rules.may_connect("premises", "calling_plan", name="HQ", numbers_here=1).code
        == "locations.needs_migration"
    )
    assert rules.may_connect("calling_plan", "premises", name="HQ", numbers_here=0).allowed
    assert rules.may_connect("", "calling_plan", name="HQ", numbers_here=1).allowed


@pytest.mark.req("LOC-02")
def test_the_ids_of_connections_are_stable_and_different() -> None:
    assert len({rules.connection_id(kind) for kind in rules.CONNECTIONS}) == 4
    assert str(rules.connection_id("calling_plan")) == "a27d7c26-1632-5d6a-9709-cddc483acc81"


@pytest.mark.parametrize("value", ["NaN", "inf", "1e400", "", None, True, 90.001, -91, "9" * 30, [1], "０x1"])
def test_what_is_no_latitude(value: object) -> None:
    assert rules.coordinate(value, 90) is None


def test_contract_states_say_who_acts_next() -> None:
    assert set(states.ACTS_NEXT) == set(states.MOVES) - {""}

"""States and rules of emergency addresses, without a database."""

from __future__ import annotations

import pytest

from dialtone.emergency import rules, states


def test_every_state_says_who_acts_next_and_every_move_leads_to_a_state() -> None:
    assert set(states.ACTS_NEXT) == set(states.MOVES) - {""}
    assert {to for moves in states.MOVES.values() for to in moves.values()} <= set(states.ACTS_NEXT)
    assert set(states.IN_EFFECT) | set(states.WAITING) | set(states.OVER) == set(states.ACTS_NEXT)


@pytest.mark.req("ESA-09")
def test_only_the_carrier_or_the_desk_puts_an_address_in_effect() -> None:
    ways = {
        (state, event)
        for state, moves in states.MOVES.items()
        for event, to in moves.items()
        if to == states.ACCEPTED
    }
    assert {event for _state, event in ways} == {"accepted", "accepted_by_desk"}
    assert [state for state, event in ways if event == "accepted"] == [states.LOCATED]


def test_what_is_over_stays_over() -> None:
    assert not states.MOVES[states.REPLACED]
    assert not states.MOVES[states.WITHDRAWN]


@pytest.mark.parametrize(
    ("country", "kind", "there", "code"),
    [
        ("US", "standard", "US", ""),
        ("US", "standard", "CA", "emergency.other_country"),
        ("US", "toll_free", "CA", ""),
        ("US", "toll_free", "GB", "emergency.other_country"),
        ("GB", "standard", "US", "emergency.other_country"),
    ],
)
def test_help_is_called_in_the_country_of_the_number(country: str, kind: str, there: str, code: str) -> None:
    assert rules.may_show(country, kind, there).code == code


@pytest.mark.req("ESA-04")
def test_an_own_address_needs_somebody_who_has_the_number() -> None:
    assert rules.may_have_own("US", "standard", "US", True).allowed
    assert rules.may_have_own("US", "standard", "US", False).code == "emergency.not_assigned"
    assert rules.may_have_own("US", "toll_free", "US", True).code == "emergency.toll_free"
    assert rules.may_have_own("US", "standard", "CA", True).code == "emergency.other_country"


def test_what_a_door_says_at_once() -> None:
    assert [
        rules.refusal(state, 1).code
        for state in (states.ENTERED, states.SUGGESTED, states.UNKNOWN, states.REFUSED)
    ] == [
        "",
        "emergency.corrected",
        "emergency.check_first",
        "emergency.check_first",
    ]
    assert rules.refusal(states.SUGGESTED, 2).code == "address.ambiguous"

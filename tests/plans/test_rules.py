"""May this account do this today?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dialtone import countries
from dialtone.plans import rules, states
from dialtone.plans.rules import AccountFacts, may

NOW = datetime(2026, 10, 28, 16, tzinfo=UTC)
PAID = AccountFacts("paid", "active", committed_plans=1, numbers_held=500)
TRIAL = AccountFacts(
    "trial", "active", committed_plans=0, numbers_held=0, trial_ends_at=NOW + timedelta(days=1)
)


@pytest.mark.req("ACC-05")
@pytest.mark.parametrize("action", sorted(rules.ACTIONS))
def test_nothing_is_reachable_before_a_committed_licence(action: str) -> None:
    assert may(action, replace(PAID, committed_plans=0), NOW).code == "plans.no_plan"
    assert may(action, AccountFacts("", "", 0, 0), NOW).code == "plans.no_plan"
    assert may(action, PAID, NOW).allowed


@pytest.mark.req("ACC-08")
@pytest.mark.parametrize(
    ("held", "adding", "allowed"), [(0, 10, True), (0, 11, False), (9, 1, True), (10, 1, False)]
)
def test_ten_numbers_in_all_on_trial(held: int, adding: int, allowed: bool) -> None:
    verdict = may("order_numbers", replace(TRIAL, numbers_held=held), NOW, {"adding": adding})
    assert verdict.allowed is allowed
    assert allowed or (verdict.code, verdict.values) == ("plans.trial_numbers", {"limit": 10, "held": held})


@pytest.mark.req("ACC-09", "ACC-10", "ACC-11", "ACC-12", "ACC-16", "SPK-02", "SPK-03")
@pytest.mark.parametrize(
    "action",
    [
        "order_block",
        "order_toll_free",
        "port_in",
        "port_out",
        "international_calls",
        "premium_calls",
        "texting",
    ],
)
def test_what_a_trial_forbids_and_a_paid_subscription_allows(action: str) -> None:
    assert may(action, TRIAL, NOW).code == "plans.trial_forbids"
    assert may(action, PAID, NOW).allowed


def test_a_trial_still_calls_when_it_has_its_ten_numbers() -> None:
    assert may("use_calling_plan", replace(TRIAL, numbers_held=10), NOW).allowed


@pytest.mark.parametrize("state", [states.TRIAL_OVER, states.LAST_DAYS, states.ENDED])
def test_a_trial_that_is_over_orders_nothing(state: str) -> None:
    assert may("order_numbers", replace(TRIAL, state=state), NOW).code == "plans.ended"
    assert may("order_numbers", TRIAL, NOW + timedelta(days=1)).code == "plans.ended"


def test_emergency_calls_are_allowed_to_everybody_and_unknown_questions_to_nobody() -> None:
    for account in (AccountFacts("", "", 0, 0), replace(PAID, organisation_state="suspended"), TRIAL):
        assert may("emergency_calls", account, NOW).allowed
    with pytest.raises(ValueError, match="teleport"):
        may("teleport", PAID, NOW)


def test_the_rules_of_trials_agree_with_the_country_facts() -> None:
    trial = countries.get("US", date(2026, 11, 24)).trial
    assert (trial.max_numbers, trial.days, trial.kept_after_days) == (
        rules.TRIAL_NUMBERS,
        states.TRIAL_DAYS,
        states.KEPT_DAYS,
    )


def test_every_state_says_who_acts_next_and_every_move_leads_to_a_state() -> None:
    assert set(states.ACTS_NEXT) == set(states.MOVES) - {""}
    assert {to for moves in states.MOVES.values() for to in moves.values()} == set(states.ACTS_NEXT)

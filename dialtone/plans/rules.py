"""May this account do this today? Facts in, verdict out (ACC-05, ACC-07 to ACC-16).

ACC-05 says that nothing is reachable before a committed outbound calling plan licence; a trial has none and is
itself the way to try. The sources state both without saying how they meet, so we decide: a paid subscription
needs the licence, a living trial does not. What the account owes is another question, asked elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dialtone.plans.states import ACTIVE

ALWAYS = frozenset({"emergency_calls"})  # E3: no account state stops these
FREE_NUMBERS = "order_numbers"
ACTIONS = frozenset(
    {
        "use_calling_plan",
        FREE_NUMBERS,
        "order_block",
        "order_toll_free",
        "port_in",
        "port_out",
        "international_calls",
        "premium_calls",
        "texting",
    }
)
TRIAL_NUMBERS = 10  # ACC-08: of the trial, not of an order
# ACC-09, ACC-10, ACC-11, ACC-12
TRIAL_FORBIDS = ACTIONS - {"use_calling_plan", FREE_NUMBERS}


@dataclass(frozen=True)
class AccountFacts:
    """What the question rests on. `committed_plans` counts committed outbound calling plan licences in force,
    whatever their first day of service: they count from the order on (ACC-05 "bought"). `numbers_held` counts
    standard numbers."""

    kind: str  # "", "trial" or "paid"
    state: str
    committed_plans: int
    numbers_held: int
    organisation_state: str = "active"
    trial_ends_at: datetime | None = None
    service_licence: bool = False


@dataclass(frozen=True)
class Verdict:
    """Allowed, or refused with a code and the values of its sentence."""

    allowed: bool
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


YES = Verdict(True)


def may(action: str, account: AccountFacts, now: datetime, facts: Mapping[str, Any] | None = None) -> Verdict:
    """Whether the account may do one of ACTIONS. `facts["adding"]` is how many standard numbers would come.
    ValueError for an action that nobody has thought of.

    >>> from datetime import UTC
    >>> trial = AccountFacts("trial", "active", 0, 10)
    >>> may("order_numbers", trial, datetime(2026, 1, 1, tzinfo=UTC), {"adding": 1}).code
    'plans.trial_numbers'
    """
    if action in ALWAYS:
        return YES
    if action not in ACTIONS:
        raise ValueError(action)
    # A customer of an estate that is not confirmed yet is set up, and nothing more.
    is_set_up = action == "use_calling_plan" and account.organisation_state == "importing"
    if account.organisation_state != "active" and not is_set_up:
        return Verdict(False, "plans.suspended")
    if not account.kind:
        return Verdict(False, "plans.no_plan")
    if account.state != ACTIVE:
        return Verdict(False, "plans.ended")
    if account.kind == "trial":
        return _may_on_trial(action, account, now, int((facts or {}).get("adding", 0)))
    if account.committed_plans < 1:
        return Verdict(False, "plans.no_plan")
    return YES


def _may_on_trial(action: str, account: AccountFacts, now: datetime, adding: int) -> Verdict:
    if account.trial_ends_at is not None and account.trial_ends_at <= now:
        return Verdict(False, "plans.ended")
    if action in TRIAL_FORBIDS:
        return Verdict(False, "plans.trial_forbids")
    if action == FREE_NUMBERS and account.numbers_held + adding > TRIAL_NUMBERS:
        return Verdict(False, "plans.trial_numbers", {"limit": TRIAL_NUMBERS, "held": account.numbers_held})
    return YES

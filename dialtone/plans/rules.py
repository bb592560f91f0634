"""May this account do this today? Facts in, verdict out (ACC-05, ACC-07 to ACC-16).

ACC-05 says that nothing is reachable before a committed outbound calling plan licence; a trial has none and is itself the way to
try, so we read: a paid subscription needs the licence, a living trial does not. House decision, because the sources
state both without saying how they meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TRIAL_NUMBERS = 10  # ACC-08
TRIAL_FORBIDS = frozenset(
    {
        "order_block",
        "order_toll_free",
        "port_in",
        "port_out",
        "international_calls",
        "premium_calls",
        "texting",
    }
)


@dataclass(frozen=True)
class AccountFacts:
    """What the question rests on; `committed_plans` counts outbound calling plan licences in force."""

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
    """Whether the account may do `action`: order_numbers, order_block, order_toll_free, port_in, port_out, use_calling, …
    `facts["adding"]` is how many standard numbers would come.

    >>> from datetime import UTC
    >>> trial = AccountFacts("trial", "active", 0, 10)
    >>> may("order_numbers", trial, datetime(2026, 1, 1, tzinfo=UTC), {"adding": 1}).code
    'plans.trial_numbers'
    """
    if account.organisation_state != "active":
        return Verdict(False, "plans.suspended")
    if not account.kind or account.state == "none":
        return Verdict(False, "plans.no_plan")
    if account.state != "active":
        return Verdict(False, "plans.ended")
    if account.kind == "trial":
        if account.trial_ends_at is not None and account.trial_ends_at <= now:
            return Verdict(False, "plans.ended")
        if action in TRIAL_FORBIDS:
            return Verdict(False, "plans.trial_forbids")
        adding = int((facts or {}).get("adding", 0))
        if account.numbers_held + adding > TRIAL_NUMBERS:
            return Verdict(
                False, "plans.trial_numbers", {"limit": TRIAL_NUMBERS, "held": account.numbers_held}
            )
        return YES
    if account.committed_plans < 1:
        return Verdict(False, "plans.no_plan")
    return YES

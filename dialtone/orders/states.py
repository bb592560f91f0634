"""The status of an order is worked out from its facts, never set (after Boulder's ladder).

Public statuses are STAT-04 to STAT-07: Pending, Provisioned, Error, and for orders by support case Action Required; there is no Canceled among them (STAT-15), so an order
that ended without delivery leaves the default list and its page says why (H28).

| status      | means                                                          | acts next |
|-------------|----------------------------------------------------------------|-----------|
| pending     | waiting for terms or contract, or being provisioned            | customer, or carrier |
| provisioned | every number that was ordered has been delivered               | nobody    |
| error       | at least one number did not come; a case with technical assistance helps | operator  |
| action_required | an order by support case waits for papers or answers, in the countries that know this status (STAT-07) | customer  |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PENDING, PROVISIONED, ERROR = "pending", "provisioned", "error"
ACTION_REQUIRED = "action_required"
PUBLIC = (PENDING, ACTION_REQUIRED, PROVISIONED, ERROR)
BY_CASE = "case"  # the kind of order that people of the desk carry out (ORD-35)

LINE_PENDING, LINE_PROVISIONING = "pending", "provisioning"
LINE_FULFILLED, LINE_FAILED, LINE_CANCELLED = "fulfilled", "failed", "cancelled"
LINE_PARTIAL = "partial"
LINE_ENDED = (LINE_FULFILLED, LINE_FAILED, LINE_CANCELLED, LINE_PARTIAL)

LINE_MOVES: dict[str, dict[str, str]] = {
    # By support case the desk enters the numbers when it has them: such a line begins delivered.
    "": {"ordered": LINE_PENDING, "delivered": LINE_FULFILLED},
    LINE_PENDING: {"begun": LINE_PROVISIONING, "cancelled": LINE_CANCELLED},
    LINE_PROVISIONING: {
        "delivered": LINE_FULFILLED,
        "refused": LINE_FAILED,
        "partly_delivered": LINE_PARTIAL,
    },
    LINE_FULFILLED: {},
    LINE_FAILED: {},
    LINE_PARTIAL: {},
    LINE_CANCELLED: {},
}


@dataclass(frozen=True)
class Facts:
    """What an order's status rests on."""

    lines: Sequence[str]
    terms_accepted: bool
    contract_signed: bool
    begun: bool
    ended: bool
    by_case: bool = False
    lacks: bool = False
    """An order by support case lacks something that the customer has to supply."""
    says_action_required: bool = True
    """Its country knows the status Action Required; elsewhere (Australia, New Zealand) such an order is pending (STAT-07)."""


def status(facts: Facts) -> str:
    """The public status.

    >>> status(Facts(["fulfilled", "fulfilled"], True, True, True, True))
    'provisioned'
    >>> status(Facts(["fulfilled", "failed"], True, True, True, True))
    'error'
    >>> status(Facts(["cancelled"], False, True, False, True))
    'pending'
    >>> status(Facts([], True, True, False, False, by_case=True, lacks=True))
    'action_required'
    >>> status(Facts([], True, True, False, False, by_case=True, lacks=True, says_action_required=False))
    'pending'
    """
    if any(line in (LINE_FAILED, LINE_PARTIAL) for line in facts.lines):
        return ERROR
    if facts.lines and all(line == LINE_FULFILLED for line in facts.lines):
        return PROVISIONED
    if facts.begun and facts.ended:
        return ERROR
    asks = facts.lacks and facts.says_action_required and not facts.ended
    return ACTION_REQUIRED if asks else PENDING


def acts_next(facts: Facts) -> str:
    """Whose turn it is: customer (terms, contract, what is missing), carrier or desk, operator (an error), or nobody."""
    if status(facts) == ERROR:
        return "operator"
    if facts.ended or status(facts) == PROVISIONED:
        return "nobody"
    if facts.lacks or not (facts.terms_accepted and facts.contract_signed):
        return "customer"
    return "desk" if facts.by_case else "carrier"


def waits_for(facts: Facts) -> str:
    """What the order waits for: terms, contract, information (by support case), carrier or desk, or ""."""
    if facts.ended:
        return ""
    if not facts.terms_accepted:
        return "terms"
    if not facts.contract_signed:
        return "contract"
    if facts.lacks:
        return "information"
    return "desk" if facts.by_case else "carrier"


def may_cancel(facts: Facts) -> bool:
    """Its owner may cancel before provisioning has begun (H28)."""
    return not facts.begun and not facts.ended


def next_line_state(state: str, event: str) -> str | None:
    """The next state of a line, or None when the event does not apply to it (a late or repeated answer)."""
    return LINE_MOVES[state].get(event)

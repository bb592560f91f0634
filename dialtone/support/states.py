"""A case is with the desk, with the customer, or closed. Every state names who acts next."""

from __future__ import annotations

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
ACTS_NEXT = {OPEN: "operator", ANSWERED: "customer", CLOSED: ""}
EVENTS = ("desk_answered", "customer_answered", "closed")


class NotAllowed(ValueError):
    """The event is not possible in this state: a closed case stays closed."""


def decide(state: str, event: str) -> str:
    """The state after an event. Raises NotAllowed.

    >>> decide(OPEN, "desk_answered"), decide(ANSWERED, "customer_answered"), decide(OPEN, "closed")
    ('answered', 'open', 'closed')
    """
    if state == CLOSED or event not in EVENTS:
        raise NotAllowed(f"{event} in {state}")
    return {"desk_answered": ANSWERED, "customer_answered": OPEN, "closed": CLOSED}[event]

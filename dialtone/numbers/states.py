"""The life of a number in a customer's hands: each state says what it means and who acts next.

| state    | means                                                         | acts next |
|----------|---------------------------------------------------------------|-----------|
| pending  | ordered or being ported in; can be assigned, cannot be used    | carrier   |
| inactive | delivered; not able to place calls (no valid emergency address, or switched off) | customer |
| active   | delivered and able to place calls (E1)                         | nobody    |
| connected| in service with the location's own provider, which carries its calls and shows its emergency address | nobody |
| released | given back; ages before somebody else may have it (N4)         | nobody    |
| left     | moved to another carrier (port-out); comes back by a port only | nobody    |
| failed   | the carrier did not deliver it                                 | nobody    |
| cancelled| the order ended before delivery                                | nobody    |
"""

from __future__ import annotations

from dataclasses import dataclass

PENDING, INACTIVE, ACTIVE, CONNECTED = "pending", "inactive", "active", "connected"
RELEASED, LEFT, FAILED, CANCELLED = "released", "left", "failed", "cancelled"

HELD = (PENDING, INACTIVE, ACTIVE, CONNECTED)
IN_SERVICE = (ACTIVE, CONNECTED)
FORMER = (RELEASED, LEFT)  # was the customer's, delivered, and is so no more
GONE = (RELEASED, LEFT, FAILED, CANCELLED)
ALL = (*HELD, *GONE)

ACTS_NEXT = {
    PENDING: "carrier",
    INACTIVE: "customer",
    ACTIVE: "nobody",
    CONNECTED: "nobody",
    RELEASED: "nobody",
    LEFT: "nobody",
    FAILED: "nobody",
    CANCELLED: "nobody",
}

# state -> event -> next state
MOVES: dict[str, dict[str, str]] = {
    "": {"ordered": PENDING, "imported": INACTIVE},
    PENDING: {"delivered": INACTIVE, "refused": FAILED, "cancelled": CANCELLED},
    INACTIVE: {"activated": ACTIVE, "connected": CONNECTED, "released": RELEASED, "left": LEFT},
    ACTIVE: {"deactivated": INACTIVE, "released": RELEASED},
    CONNECTED: {"disconnected": INACTIVE, "released": RELEASED},
    RELEASED: {},
    LEFT: {},
    FAILED: {},
    CANCELLED: {},
}


@dataclass(frozen=True)
class Decision:
    """The next state, or the reason why there is none."""

    state: str
    allowed: bool
    reason: str = ""


def decide(state: str, event: str) -> Decision:
    """What an event makes of a number.

    >>> decide("pending", "delivered")
    Decision(state='inactive', allowed=True, reason='')
    >>> decide("released", "activated").reason
    'numbers.wrong_state'
    """
    following = MOVES[state].get(event)
    if following is None:
        return Decision(state, False, "numbers.wrong_state")
    return Decision(following, True)

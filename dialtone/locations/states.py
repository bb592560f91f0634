"""The life of a location's contract (SPK-07 to SPK-09).

| state  | means                                                       | acts next |
|--------|-------------------------------------------------------------|-----------|
| sent   | the letter with the link is out; the first order waits       | signatory |
| signed | signed by name, title and intent; never changed again        | nobody    |
"""

from __future__ import annotations

SENT, SIGNED = "sent", "signed"
ACTS_NEXT = {SENT: "signatory", SIGNED: "nobody"}
MOVES: dict[str, dict[str, str]] = {
    "": {"sent": SENT},
    SENT: {"sent": SENT, "signed": SIGNED},
    SIGNED: {},
}


def decide(state: str, event: str) -> str | None:
    """The next state; None when the event does not apply.

    >>> decide("sent", "signed"), decide("signed", "sent")
    ('signed', None)
    """
    return MOVES[state].get(event)

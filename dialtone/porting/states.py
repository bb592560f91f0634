"""The life of a port order: its status follows from facts, and every status says who acts next (STAT-08 to STAT-16).

| status       | means                                                                       | acts next |
|--------------|-----------------------------------------------------------------------------|-----------|
| pending      | a draft being filled in; also after submission, until it is validated (STAT-14) | customer; signatory while only the letter is missing; carrier once handed in |
| rejected     | something is wrong; corrected in place and resubmitted (STAT-16)             | customer; operator for an unknown error (ERR-08) |
| submitted    | validated and accepted; the losing carrier is asked for a date               | carrier |
| foc_received | the losing carrier has confirmed the FOC date                                | carrier, on that day |
| completed    | every number that still could be has moved                                   | nobody |
| canceled     | the order ended and no number has moved                                      | nobody |

The numbers of an order have facts of their own: open, completed, failed or canceled, each settled once (P9). An order
whose numbers have moved in part keeps its status and says how many have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

PENDING, REJECTED, SUBMITTED = "pending", "rejected", "submitted"
FOC_RECEIVED, COMPLETED, CANCELED = "foc_received", "completed", "canceled"
ALL = (PENDING, REJECTED, SUBMITTED, FOC_RECEIVED, COMPLETED, CANCELED)
ENDED = (COMPLETED, CANCELED)

NUMBER_OPEN, NUMBER_COMPLETED, NUMBER_FAILED, NUMBER_CANCELED = "open", "completed", "failed", "canceled"
NUMBER_MOVES: dict[str, dict[str, str]] = {
    "": {"entered": NUMBER_OPEN},
    NUMBER_OPEN: {"completed": NUMBER_COMPLETED, "failed": NUMBER_FAILED, "canceled": NUMBER_CANCELED},
    NUMBER_COMPLETED: {},
    NUMBER_FAILED: {},
    NUMBER_CANCELED: {},
}

# What a status may become (P10). Carriers skip steps, take words back, and speak again after a rejection.
MOVES: dict[str, tuple[str, ...]] = {
    PENDING: (SUBMITTED, FOC_RECEIVED, REJECTED, COMPLETED, CANCELED),
    REJECTED: (PENDING, SUBMITTED, FOC_RECEIVED, COMPLETED, CANCELED),
    SUBMITTED: (FOC_RECEIVED, REJECTED, COMPLETED, CANCELED),
    FOC_RECEIVED: (SUBMITTED, REJECTED, COMPLETED, CANCELED),
    COMPLETED: (),
    CANCELED: (),
}


@dataclass(frozen=True)
class Facts:
    """What a port order's status rests on. `numbers` counts them by their state; `accepted`, `rejected` and `foc_on` are
    what the carrier says of the present attempt; `withdrawn` that the order was ended before it was complete."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    handed_in: bool = False
    only_letter_missing: bool = False
    accepted: bool = False
    rejected: bool = False
    waits_for_support: bool = False
    foc_on: date | None = None
    withdrawn: bool = False

    def count(self, state: str) -> int:
        return self.numbers.get(state, 0)


def status(facts: Facts) -> str:
    """The status, from the strongest fact down.

    >>> status(Facts({"open": 2}))
    'pending'
    >>> status(Facts({"open": 1, "completed": 1}, handed_in=True, accepted=True, foc_on=date(2026, 12, 1)))
    'foc_received'
    >>> status(Facts({"failed": 1, "completed": 1}, handed_in=True))
    'completed'
    """
    if facts.withdrawn or (facts.handed_in and not facts.count(NUMBER_OPEN)):
        # Nothing is open any more: what has moved is complete; if nothing has, the order ended without effect.
        return COMPLETED if facts.count(NUMBER_COMPLETED) else CANCELED
    if not facts.handed_in:
        return PENDING
    if facts.rejected:
        return REJECTED
    if facts.foc_on is not None:
        return FOC_RECEIVED
    return SUBMITTED if facts.accepted else PENDING


def acts_next(facts: Facts) -> str:
    """Whose turn it is: customer, signatory, carrier, operator or nobody."""
    now = status(facts)
    if now in ENDED:
        return "nobody"
    if now == REJECTED:
        return "operator" if facts.waits_for_support else "customer"
    if not facts.handed_in:
        return "signatory" if facts.only_letter_missing else "customer"
    return "carrier"


def waits_for(facts: Facts) -> str:
    """What the order waits for, as a code that doors word: entry, letter, validation, foc_date, foc_day, correction,
    support, or ""."""
    now = status(facts)
    if now == PENDING:
        if facts.handed_in:
            return "validation"
        return "letter" if facts.only_letter_missing else "entry"
    if now == REJECTED:
        return "support" if facts.waits_for_support else "correction"
    return {SUBMITTED: "foc_date", FOC_RECEIVED: "foc_day"}.get(now, "")


def next_number_state(state: str, event: str) -> str | None:
    """The next state of a number, or None when the event does not apply (late, repeated, contradictory).

    >>> next_number_state("open", "completed"), next_number_state("completed", "canceled")
    ('completed', None)
    """
    return NUMBER_MOVES[state].get(event)

"""How an import of an estate goes, and who acts next.

| state      | means                                                                            | acts next |
|------------|----------------------------------------------------------------------------------|-----------|
| received   | the file is here and is read                                                     | Dialtone  |
| refused    | rows cannot be taken; the report says which; nothing was changed                 | nobody    |
| planned    | every row can be taken; nothing was changed yet                                  | importer  |
| discarded  | thrown away before anything was changed                                          | nobody    |
| applying   | its pieces are brought in, one transaction each                                  | Dialtone  |
| stopped    | a piece could not be brought in (something changed since the plan)               | importer  |
| applied    | everything is here, closed: no letter was sent, no carrier asked, nothing billed | importer  |
| undoing    | everything is taken out again, the last first                                    | Dialtone  |
| undone     | nothing of it is here any more                                                   | nobody    |
| confirming | customers open, carriers are asked, letters go out, billing begins               | Dialtone  |
| confirmed  | the estate is in use; there is no way back                                       | nobody    |
"""

from __future__ import annotations

RECEIVED, REFUSED, PLANNED, DISCARDED = "received", "refused", "planned", "discarded"
APPLYING, STOPPED, APPLIED = "applying", "stopped", "applied"
UNDOING, UNDONE, CONFIRMING, CONFIRMED = "undoing", "undone", "confirming", "confirmed"

WORKING = (RECEIVED, APPLYING, UNDOING, CONFIRMING)  # Dialtone acts next
OVER = (REFUSED, DISCARDED, UNDONE, CONFIRMED)

# state -> event -> next state
MOVES: dict[str, dict[str, str]] = {
    "": {"received": RECEIVED},
    RECEIVED: {"refused": REFUSED, "planned": PLANNED, "discarded": DISCARDED},
    PLANNED: {"applied": APPLYING, "discarded": DISCARDED},
    APPLYING: {"stopped": STOPPED, "done": APPLIED, "undone": UNDOING},
    STOPPED: {"applied": APPLYING, "undone": UNDOING},
    APPLIED: {"confirmed": CONFIRMING, "undone": UNDOING},
    UNDOING: {"done": UNDONE},
    CONFIRMING: {"done": CONFIRMED},
    REFUSED: {},
    DISCARDED: {},
    UNDONE: {},
    CONFIRMED: {},
}

# Of a piece: in which state it waits for the work of an import's state, and what that makes of it.
WAITING, IN, OUT, OPEN = "waiting", "in", "out", "open"
WORK = {APPLYING: (WAITING, IN), UNDOING: (IN, OUT), CONFIRMING: (IN, OPEN)}


def decide(state: str, event: str) -> str | None:
    """The next state of an import, or None when the event does not apply.

    >>> decide("applied", "undone"), decide("confirming", "undone")
    ('undoing', None)
    """
    return MOVES[state].get(event)

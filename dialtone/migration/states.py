"""The steps of a self-service move, and the life of each location in it. Who acts next is the customer, while `moving` the worker.

| step      | means                                                                    |
|-----------|--------------------------------------------------------------------------|
| audit     | the number audit report is read; no section may contain errors (MIG-16)   |
| confirm   | the locations are listed; "read and agreed" is still to be ticked (MIG-17) |
| contract  | agreed; contract information is still to be filled in (MIG-19)            |
| locations | addresses are validated and locations moved; undo is possible (MIG-20)    |
| closed    | the point of no return: nothing can be undone here any more (MIG-24)      |
| abandoned | left before anything had moved                                            |

| location | means                                                                     |
|----------|---------------------------------------------------------------------------|
| waiting  | on its old connection                                                      |
| moving   | chosen to be moved now; still on its old connection                        |
| moved    | on its new connection, since one instant                                   |
| failed   | on its old connection; the reason is told                                  |

| step by hand | means                                                                  |
|--------------|------------------------------------------------------------------------|
| create       | the new location is still to be opened                                  |
| ready        | it still needs a valid emergency address, or its gateway                |
| numbers      | numbers that nobody has still go there                                  |
| people       | people, workspaces and virtual lines, with number and extension         |
| services     | menus, groups, queues, schedules and recordings                         |
| close        | the old location is still to be closed; with something new in it: numbers |
| undoing      | what has gone is brought back; then it is at numbers again              |
| closed       | over: nothing can be undone any more                                    |
| abandoned    | left before anything had gone                                           |
"""

from __future__ import annotations

AUDIT, CONFIRM, CONTRACT, LOCATIONS, CLOSED, ABANDONED = (
    "audit", "confirm", "contract", "locations", "closed", "abandoned",
)  # fmt: skip
OVER = (CLOSED, ABANDONED)
WAITING, MOVING, MOVED, FAILED = "waiting", "moving", "moved", "failed"

MOVES: dict[str, dict[str, str]] = {
    "": {"begun": AUDIT},
    AUDIT: {"analysed": CONFIRM, "abandoned": ABANDONED},
    CONFIRM: {"agreed": CONTRACT, "abandoned": ABANDONED},
    CONTRACT: {"contracted": LOCATIONS, "abandoned": ABANDONED},
    LOCATIONS: {"contracted": LOCATIONS, "closed": CLOSED, "abandoned": ABANDONED},
    CLOSED: {},
    ABANDONED: {},
}
SITE_MOVES: dict[str, dict[str, str]] = {
    WAITING: {"chosen": MOVING},
    MOVING: {"moved": MOVED, "failed": FAILED},
    MOVED: {"undone": WAITING},
    FAILED: {"chosen": MOVING},
}

CREATE, READY, NUMBERS, PEOPLE, SERVICES, CLOSE = "create", "ready", "numbers", "people", "services", "close"
UNDOING = "undoing"
GOING = (NUMBERS, PEOPLE, SERVICES, CLOSE)  # until it is closed, what has gone can be brought back
CARRIED_OUT = (NUMBERS, PEOPLE, SERVICES, UNDOING)  # by the worker, once somebody has said so
MANUAL_MOVES: dict[str, dict[str, str]] = {
    "": {"begun": CREATE},
    CREATE: {"created": READY, "abandoned": ABANDONED},
    READY: {"readied": NUMBERS, "abandoned": ABANDONED},
    NUMBERS: {"carried_out": PEOPLE, "taken_back": UNDOING, "abandoned": ABANDONED},
    PEOPLE: {"carried_out": SERVICES, "taken_back": UNDOING},
    SERVICES: {"carried_out": CLOSE, "taken_back": UNDOING},
    CLOSE: {"closed": CLOSED, "reopened": NUMBERS, "taken_back": UNDOING},
    UNDOING: {"undone": NUMBERS},
    CLOSED: {},
    ABANDONED: {},
}


def decide(state: str, event: str) -> str | None:
    """The next step of a move; None when the event does not apply.

    >>> decide("audit", "analysed"), decide("audit", "closed")
    ('confirm', None)
    """
    return MOVES[state].get(event)


def decide_site(state: str, event: str) -> str | None:
    """The same for one of its locations.

    >>> decide_site("moving", "moved"), decide_site("moved", "chosen")
    ('moved', None)
    """
    return SITE_MOVES[state].get(event)


def decide_manual(state: str, event: str) -> str | None:
    """The same for a move by hand.

    >>> decide_manual("ready", "readied"), decide_manual("create", "closed")
    ('numbers', None)
    """
    return MANUAL_MOVES[state].get(event)

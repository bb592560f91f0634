"""The states of a delivery of numbers, and who acts next.

| state     | means                                                                | acts next |
|-----------|----------------------------------------------------------------------|-----------|
| received  | the file is here and is being read                                   | Dialtone  |
| refused   | the file could not be read; the page says why                        | nobody    |
| planned   | what it would change has been worked out and waits for somebody's yes | operator  |
| applying  | somebody said yes; the numbers are being added                       | Dialtone  |
| loaded    | its numbers are in the inventory                                     | nobody    |
| leaving   | somebody withdrew it; its numbers are being taken out                | Dialtone  |
| discarded | thrown away before anything changed                                  | nobody    |
| withdrawn | its numbers are offered no more                                      | nobody    |
"""

from __future__ import annotations

RECEIVED, REFUSED, PLANNED, APPLYING = "received", "refused", "planned", "applying"
LOADED, LEAVING, DISCARDED, WITHDRAWN = "loaded", "leaving", "discarded", "withdrawn"

MOVES: dict[str, dict[str, str]] = {
    "": {"received": RECEIVED, "loaded": LOADED},
    RECEIVED: {"planned": PLANNED, "refused": REFUSED, "discarded": DISCARDED},
    PLANNED: {"confirmed": APPLYING, "discarded": DISCARDED},
    # Something else was loaded meanwhile: what this one would change is worked out again.
    APPLYING: {"loaded": LOADED, "outdated": RECEIVED, "discarded": DISCARDED},
    REFUSED: {},
    LOADED: {"withdrawal": LEAVING},
    LEAVING: {"withdrawn": WITHDRAWN},
    DISCARDED: {},
    WITHDRAWN: {},
}
# The same file may come again after one of these.
GONE = (REFUSED, DISCARDED, WITHDRAWN)
WORKING = (RECEIVED, APPLYING, LEAVING)


def after(state: str, event: str) -> str | None:
    """The next state, or None where the event cannot happen.

    >>> after("planned", "confirmed"), after("loaded", "discarded")
    ('applying', None)
    """
    return MOVES[state].get(event)


def acts_next(state: str) -> str:
    """dialtone, operator, or nobody.

    >>> acts_next("planned"), acts_next("received")
    ('operator', 'dialtone')
    """
    if state == PLANNED:
        return "operator"
    return "dialtone" if state in WORKING else "nobody"

"""The states of an emergency address say no more than what was checked (H22), and who acts next.

| state     | means                                                                  | acts next |
|-----------|------------------------------------------------------------------------|-----------|
| entered   | its form is right for the country; not looked up yet                    | Dialtone  |
| suggested | the authority knows it differently; a person has to say which (E8)      | customer  |
| unknown   | the authority does not know it                                          | customer  |
| located   | exactly one match; the carrier has not accepted it yet                  | carrier   |
| refused   | the carrier, or a named desk person, does not accept it                 | customer  |
| accepted  | in effect: accepted by the carrier, or by a named desk person (H27)     | nobody    |
| tested    | in effect, and a test call has shown it                                 | nobody    |
| leaving   | a newer version took its place; numbers show it until their carrier has accepted the newer one for them | carrier |
| replaced  | a newer version took its place                                          | nobody    |
| withdrawn | taken back; no number shows it                                          | nobody    |

An address whose form is wrong is refused at once and never stored.

A registration is what the carrier says about an address for one number:

| state    | means                                                                     | acts next |
|----------|---------------------------------------------------------------------------|-----------|
| asked    | the carrier was asked; the number goes on showing what it showed, or nothing | carrier  |
| vouched  | the carrier takes what its authority knows; it was told, and may still refuse | nobody   |
| accepted | the carrier has it for this number                                         | nobody    |
| refused  | the carrier does not take it; the number needs another address             | customer  |
"""

from __future__ import annotations

ENTERED, SUGGESTED, UNKNOWN, LOCATED, REFUSED = "entered", "suggested", "unknown", "located", "refused"
ACCEPTED, TESTED, REPLACED, WITHDRAWN = "accepted", "tested", "replaced", "withdrawn"
LEAVING = "leaving"
ASKED, VOUCHED = "asked", "vouched"  # of registrations, beside accepted and refused

IN_EFFECT = (ACCEPTED, TESTED)
WAITING = (ENTERED, SUGGESTED, UNKNOWN, LOCATED, REFUSED)
OVER = (REPLACED, WITHDRAWN, LEAVING)
HELD = (VOUCHED, ACCEPTED)  # the carrier has it
OPEN = (ASKED, REFUSED)  # it has not

ACTS_NEXT = {
    ENTERED: "dialtone",
    SUGGESTED: "customer",
    UNKNOWN: "customer",
    LOCATED: "carrier",
    REFUSED: "customer",
    ACCEPTED: "nobody",
    TESTED: "nobody",
    LEAVING: "carrier",
    REPLACED: "nobody",
    WITHDRAWN: "nobody",
}

_BY_PEOPLE = {"accepted_by_desk": ACCEPTED, "replaced": REPLACED, "withdrawn": WITHDRAWN}
_BY_DESK = {"refused_by_desk": REFUSED, **_BY_PEOPLE}
MOVES: dict[str, dict[str, str]] = {
    "": {"entered": ENTERED},
    ENTERED: {"matched": LOCATED, "corrected": SUGGESTED, "not_found": UNKNOWN, **_BY_DESK},
    SUGGESTED: dict(_BY_DESK),
    UNKNOWN: dict(_BY_DESK),
    LOCATED: {"accepted": ACCEPTED, "refused": REFUSED, **_BY_DESK},
    REFUSED: dict(_BY_PEOPLE),
    ACCEPTED: {"tested": TESTED, "replaced": REPLACED, "withdrawn": WITHDRAWN, "left": LEAVING},
    TESTED: {"tested": TESTED, "replaced": REPLACED, "withdrawn": WITHDRAWN, "left": LEAVING},
    LEAVING: {"replaced": REPLACED},
    REPLACED: {},
    WITHDRAWN: {},
}


def decide(state: str, event: str) -> str | None:
    """The next state, or None when the event does not apply.

    >>> decide("entered", "corrected"), decide("entered", "accepted"), decide("replaced", "matched")
    ('suggested', None, None)
    """
    return MOVES[state].get(event)

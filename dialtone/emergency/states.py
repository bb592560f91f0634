"""The states of an emergency address say no more than what was checked (H22), and who acts next.

| state        | means                                                              | acts next |
|--------------|--------------------------------------------------------------------|-----------|
| entered      | typed and complete; not looked up yet (the authority may be away)  | Dialtone  |
| suggested    | the authority knows it differently; a person has to say which (E8) | customer  |
| unknown      | the authority does not know it                                     | customer  |
| accepted     | exactly one match, accepted by the carrier (or a named desk person) | nobody    |
| replaced     | a newer version is in effect                                        | nobody    |
"""

from __future__ import annotations

ENTERED, SUGGESTED, UNKNOWN, ACCEPTED, REPLACED = "entered", "suggested", "unknown", "accepted", "replaced"
IN_EFFECT = (ACCEPTED, "tested")

ACTS_NEXT = {
    ENTERED: "dialtone",
    SUGGESTED: "customer",
    UNKNOWN: "customer",
    ACCEPTED: "nobody",
    REPLACED: "nobody",
}

MOVES: dict[str, dict[str, str]] = {
    "": {"entered": ENTERED},
    ENTERED: {
        "matched": ACCEPTED,
        "corrected": SUGGESTED,
        "not_found": UNKNOWN,
        "accepted_by_desk": ACCEPTED,
    },
    SUGGESTED: {"replaced": REPLACED, "accepted_by_desk": ACCEPTED},
    UNKNOWN: {"replaced": REPLACED, "accepted_by_desk": ACCEPTED},
    ACCEPTED: {"replaced": REPLACED},
    REPLACED: {},
}


def decide(state: str, event: str) -> str | None:
    """The next state, or None when the event does not apply.

    >>> decide("entered", "corrected"), decide("replaced", "matched")
    ('suggested', None)
    """
    return MOVES[state].get(event)

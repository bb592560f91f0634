"""Is this an emergency call? Answered on the raw dialled string, before anything else is looked at (E3, E9, decision 10).

Nothing of ours is imported here, nothing is counted, nobody is asked: no quota, switch, database or cache can stand between
a dialled emergency code and "yes" (`tests/calls/test_emergency.py` holds the list of imports). Wrong in doubt means yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# RFC 5031: emergency service URNs, as phones send them that know what an emergency call is.
_SERVICE = re.compile(r"urn:service:sos(\.[a-z0-9-]+)*", re.IGNORECASE)
_URI = re.compile(r"(?:sips?|tel):", re.IGNORECASE)
# What phones and people put between or around digits.
_BETWEEN = " \t\r\n-.()/\u00a0\u2010\u2011\u2012\u2013"
_DROP = str.maketrans("", "", _BETWEEN)
LONGEST = 400  # characters of what can be dialled at all
ANY_DIGIT = "0123456789"


def dialled_part(raw: str) -> str:
    """What was dialled, out of a SIP or tel URI or as it is: no separators, no host, no parameters, one closing # away.

    >>> dialled_part("sip:911@office.example;user=phone")
    '911'
    """
    text = raw.strip()
    scheme = _URI.match(text)
    if scheme:
        text = text[scheme.end() :]
        for stop in ("@", ";", "?"):
            text = text.partition(stop)[0]
    return text.translate(_DROP).removesuffix("#")


def emergency_code(raw: str, codes: Iterable[str], outside_line_digits: str = "") -> str:
    """The emergency code that was dialled, "sos" for a service URN, or "" when it is no emergency call.

    `codes` are those of the caller's country; they count alone and after the location's outside-line digit (H18), and with a
    plus in front, as some phones send them. Where nothing is known of the caller's place, any digit may be the one for an
    outside line: ANY_DIGIT.

    >>> emergency_code("9911", ["911", "112"], "9")
    '911'
    """
    if not isinstance(raw, str) or len(raw) > LONGEST:
        return ""
    if _SERVICE.match(raw.strip()):
        return "sos"
    dialled = dialled_part(raw)
    bare = dialled.removeprefix("+")
    for code in codes:
        if bare == code:
            return code
        if dialled[1:] == code and dialled[0] in outside_line_digits:
            return code
    return ""

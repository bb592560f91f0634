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
_BETWEEN = " \t\r\n-.()/,<>\"'\u00a0\u2010\u2011\u2012\u2013"
_DROP = str.maketrans("", "", _BETWEEN)
LONGEST = 400  # characters of what can be dialled at all
ANY_DIGIT = "0123456789"
# Codes for withholding or showing one's number, which people and phones put before every call: *67, #31#, *31* …, and where they
# are plain digits (GB 141 and 1470, AU 1831 and 1832, NZ 0196 and 0197, FR 3651, rotary phones in North America) before the codes
# of those countries. A person in need is not told to dial again.
_SHOWN = re.compile(r"[*#]\d\d[*#]?", re.ASCII)
_SHOWN_BY_DIGITS = {
    "999": ("141", "1470"),
    "000": ("1831", "1832"),
    "111": ("0196", "0197"),
    "911": ("1167", "1182"),
    "112": ("141", "1470", "1831", "1832", "0196", "0197", "3651"),
    "15": ("3651",),
    "17": ("3651",),
    "18": ("3651",),
}


def dialled_part(raw: str) -> str:
    """What was dialled, out of a SIP or tel URI or as it is: no separators, no host, no parameters, one closing # away.

    >>> dialled_part("sip:911@office.example;user=phone")
    '911'
    """
    text = raw.strip(" \t\r\n<\"'")
    scheme = _URI.match(text)
    if scheme:
        text = text[scheme.end() :]
    for stop in ("@", ";", "?"):
        text = text.partition(stop)[0]
    # A SIP URI cannot hold # itself (RFC 3261, 25.1).
    text = text.replace("%23", "#").replace("%2A", "*").replace("%2a", "*")
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
    if raw.isdigit() and raw.isascii():  # nearly always: there is nothing to take away
        bare = raw
    elif _SERVICE.match(raw.strip()):
        return "sos"
    else:
        dialled = dialled_part(raw)
        if not dialled.isascii():  # digits of other scripts are digits
            dialled = "".join(str(int(char)) if char.isdecimal() else char for char in dialled)
        bare = dialled.removeprefix("+")
    for code in codes:
        if bare.endswith(code) and _may_stand_before(bare[: -len(code)], code, outside_line_digits):
            return code
    return ""


def _may_stand_before(before: str, code: str, outside_line_digits: str) -> bool:
    """Whether this before an emergency code leaves it one: nothing, the outside-line digit, a code about one's own number, or both
    of them in either order."""
    if not before or (len(before) == 1 and before in outside_line_digits):
        return True
    if len(before) < 3:
        return False
    rests = {before}
    if before[0] in outside_line_digits:
        rests.add(before[1:])
    if before[-1] in outside_line_digits:
        rests.add(before[:-1])
    by_digits = _SHOWN_BY_DIGITS.get(code, ())
    return any(rest in by_digits or _SHOWN.fullmatch(rest) for rest in rests)

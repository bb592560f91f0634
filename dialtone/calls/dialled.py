"""From a dialled string to who is meant: an extension, a short code, or a number in E.164, by the caller's country.

Pure: the dialling facts of a country and the world's numbering plans in, an answer out. Emergency calls never come here:
`emergency.py` has looked at the raw string before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialtone.calls.emergency import dialled_part
from dialtone.numbers.worldplan import NOWHERE, Meaning, WorldPlan

_DIGITS = re.compile(r"[0-9]+")
_FICTIONAL = re.compile(r"1[2-9][0-9]{2}55501[0-9]{2}")
MOST_DIGITS = 20  # an international prefix, and fifteen digits of E.164
NANP = "1"


@dataclass(frozen=True)
class Dialling:
    """How one dials in a country (countries/files, `dialling`)."""

    country: str
    calling_code: str
    international_prefix: str
    trunk_prefix: str
    blocked_codes: frozenset[str]
    test_codes: frozenset[str] = frozenset()
    crisis_lines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dialled:
    """What a dialled string means. `kind`: unreadable, code, extension, number, or unknown (no plan has it)."""

    kind: str
    text: str
    e164: str = ""
    country: str = ""
    number_kind: str = ""

    @property
    def is_network_of_no_country(self) -> bool:
        """Satellites, +882, +883, +979 …: dear, and loved by fraud."""
        return self.country == NOWHERE


def read(raw: str, dialling: Dialling, world: WorldPlan, outside_line_digit: str = "") -> Dialled:
    """What `raw` means to somebody in that country.

    The outside-line digit is optional: both `9 212 555 0100` and `212 555 0100` reach New York.
    """
    text = dialled_part(raw) if isinstance(raw, str) else ""
    plain = text.removeprefix("+")
    if not plain or not _DIGITS.fullmatch(plain) or len(plain) > MOST_DIGITS:
        return Dialled("unreadable", text[:MOST_DIGITS])
    if text.startswith("+"):
        return _number(plain, text, world)
    tries = [text]
    if outside_line_digit and text.startswith(outside_line_digit):
        # After the digit for an outside line nothing but an outside number can be meant.
        tries.insert(0, text.removeprefix(outside_line_digit))
    short: Dialled | None = None
    for each in tries:
        if each in dialling.blocked_codes or each in dialling.test_codes or each in dialling.crisis_lines:
            return Dialled("code", each)
        for candidate in _spellings(each, dialling):
            found = _number(candidate, text, world)
            if found.kind == "number":
                return found
            short = short or found
    if 2 <= len(text) <= 10:
        return Dialled("extension", text)
    return short or Dialled("unknown", text)


def _spellings(text: str, dialling: Dialling) -> list[str]:
    """E.164 digits that the dialled digits may stand for, the likeliest first."""
    found: list[str] = []
    if text.startswith(dialling.international_prefix):
        found.append(text.removeprefix(dialling.international_prefix))
    trunk = dialling.trunk_prefix
    if trunk and text.startswith(trunk):
        found.append(dialling.calling_code + text.removeprefix(trunk))
    if not trunk or dialling.calling_code == NANP:
        found.append(dialling.calling_code + text)
    return found


def _number(digits: str, text: str, world: WorldPlan) -> Dialled:
    meaning = world.find(digits)
    if meaning is None and _FICTIONAL.fullmatch(digits):
        # 555-0100 to 555-0199 are kept for examples; they belong to the place of any other number of that area code.
        area = world.find(f"{digits[:4]}2345678")
        meaning = Meaning(area.country, "standard") if area else None
    if meaning is None:
        return Dialled("unknown", text)
    return Dialled("number", text, f"+{digits}", meaning.country, meaning.kind)

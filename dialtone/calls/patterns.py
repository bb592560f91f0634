"""Digit patterns of outgoing permissions: exceptions to what the types of calls allow. Pure.

A pattern is digits, `X` for any one digit, `+` in front for a number in E.164, `!` at the end for any further digits. One without `+` is
compared with every way of writing the number that was dialled (as dialled, national, national with its trunk prefix, with the country
code), so that no other spelling walks around it. Sources: compatible API, section 7; ACC-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST = 100  # of one location or line
MOST_CHARACTERS = 30
DIGITS = "0123456789"


@dataclass(frozen=True)
class Pattern:
    """One exception: what happens to calls to numbers that it fits."""

    id: str
    name: str
    pattern: str
    action: str
    transfer: bool


@dataclass(frozen=True)
class Patterns:
    """What one line or location says of itself. `is_own`: they count; None: a location's do, a line's do not."""

    is_own: bool | None = None
    patterns: tuple[Pattern, ...] = ()

    def count_for(self, kind: str) -> bool:
        return kind == "location" if self.is_own is None else self.is_own


def is_pattern(text: str) -> bool:
    """Whether it can be one.

    >>> [is_pattern(text) for text in ("+1900!", "1900XXXXXXX", "!", "+", "19!00", "1 900")]
    [True, True, True, False, False, False]
    """
    body = text.removeprefix("+").removesuffix("!")
    return (
        len(text) <= MOST_CHARACTERS
        and (bool(body) or text == "!")
        and all(each in DIGITS + "X" for each in body)
    )


def effective(location: Patterns | None, own: Patterns | None = None) -> tuple[tuple[str, str], ...]:
    """The patterns that hold for a line, or for a location itself: each with its action. A line's own take the place of the
    location's.

    >>> block = Patterns(None, (Pattern("1", "Premium", "+1900!", "BLOCK", False),))
    >>> effective(block), effective(block, Patterns(False)), effective(block, Patterns(True))
    ((('+1900!', 'BLOCK'),), (('+1900!', 'BLOCK'),), ())
    """
    if own is not None and own.count_for("line"):
        found = own.patterns
    elif location is not None and location.count_for("location"):
        found = location.patterns
    else:
        found = ()
    return tuple((each.pattern, each.action) for each in found)


def fits(pattern: str, number: str) -> bool:
    """Whether a number has this pattern.

    >>> fits("+1900!", "+19005550100"), fits("1900XXX", "1900555"), fits("1900", "19005"), fits("1900!", "+1900")
    (True, True, False, False)
    """
    body = pattern.removesuffix("!")
    if len(number) < len(body) or (body == pattern and len(number) != len(body)):
        return False
    return all(
        each == digit or (each == "X" and digit in DIGITS) for each, digit in zip(body, number, strict=False)
    )


def action_for(patterns: Iterable[tuple[str, str]], spellings: Iterable[str]) -> tuple[str, str] | None:
    """The pattern that fits and its action; None where none does. Of several the one that says the most digits, and of those
    alike one that does not allow.

    >>> action_for([("+1900!", "BLOCK"), ("+19005550100", "ALLOW")], ["+19005550100"])
    ('+19005550100', 'ALLOW')
    """
    written = list(spellings)
    found = [(text, action) for text, action in patterns if any(fits(text, each) for each in written)]
    if not found:
        return None
    return max(found, key=lambda each: (sum(sign in DIGITS for sign in each[0]), each[1] != "ALLOW", each[0]))


def spellings(dialled: str, e164: str, calling_code: str, trunk_prefix: str) -> list[str]:
    """Every way of writing the number that was dialled by somebody in a country.

    >>> spellings("0612345678", "+33612345678", "33", "0")
    ['0612345678', '+33612345678', '33612345678', '612345678', '0612345678']
    """
    found = [dialled, e164, e164[1:]]
    if calling_code and e164[1:].startswith(calling_code):
        national = e164[1 + len(calling_code) :]
        found += [national, trunk_prefix + national]
    return found


def from_rows(rows: Iterable[Mapping[str, object]]) -> tuple[Pattern, ...]:
    """As they are kept."""
    return tuple(
        Pattern(
            str(row["id"]), str(row["name"]), str(row["pattern"]), str(row["action"]), bool(row["transfer"])
        )
        for row in rows
    )

"""What somebody looks for in the inventory, and what is wrong with it. Pure: no database, no clock.

A pattern is digits, letters as on a telephone keypad (FLOWERS is 3569377, ITU-T E.161), and `?` or `*` for exactly one
digit each. Patterns are matched on the number without its country calling code: people think in national numbers.
Sources: ORD-13, ORD-20, ORD-25, SPK-15, SPK-16; bad_inputs BAD-ORD-30, BAD-ORD-32.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

LARGEST_PAGE = 100
LONGEST_RUN = 100  # H12: at most 100 numbers in any new-number order
LONGEST_PATTERN = 10

# Kinds of numbers, by the names that people and files use.
KINDS = {
    "standard": "standard", "local": "standard", "toll_free": "toll_free", "tollfree": "toll_free",
    "non_geographic": "non_geographic", "mobile": "mobile",
}  # fmt: skip

ANY_DIGIT = -1
_KEYS = {
    letter: str(2 + key)
    for key, letters in enumerate(["ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"])
    for letter in letters
}
_KEYS |= {letter.lower(): digit for letter, digit in _KEYS.items()}
_KEYS |= {digit: digit for digit in "0123456789"}


class Cursor(NamedTuple):
    """Where a page ended: the number shown last, and its area."""

    area_id: int
    number: int

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """From the text of an address; None when it is not one of ours.

        >>> Cursor.read("7-12125550101"), Cursor.read("x")
        (Cursor(area_id=7, number=12125550101), None)
        """
        area, dash, number = text.partition("-")
        both = area + number
        if not dash or not both.isascii() or not (area.isdigit() and number.isdigit()) or len(both) > 25:
            return None
        found = cls(int(area), int(number))
        return found if found.number < 10**15 and found.area_id < 2**31 else None

    def __str__(self) -> str:
        return f"{self.area_id}-{self.number}"


class Query(msgspec.Struct, frozen=True):
    """One search; empty values do not restrict.

    `run` is how many consecutive numbers are wanted (1: single numbers). `seed` chooses where in the matching inventory the
    list begins, so that two buyers do not fight for the same first numbers; with the same seed paging is stable.
    """

    country: str = ""
    kind: str = ""
    state: str = ""
    area_code: str = ""
    city: str = ""
    rate_center: str = ""
    carrier: str = ""
    exchange: str = ""
    prefix: str = ""
    contains: str = ""
    ends_with: str = ""
    run: int = 1
    limit: int = 20
    after: Cursor | None = None
    seed: int = 0


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a query: the field, a code of the room's catalogue, values for its sentence."""

    field: str
    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def keyed(pattern: str) -> tuple[int, ...]:
    """A pattern as digits, with ANY_DIGIT for a wildcard. Raises ValueError for anything else, and for wildcards only.

    >>> keyed("2ABc?")
    (2, 2, 2, 2, -1)
    >>> keyed("%")
    Traceback (most recent call last):
    ValueError: %
    """
    if not 1 <= len(pattern) <= LONGEST_PATTERN:
        raise ValueError(pattern)
    digits = tuple(ANY_DIGIT if sign in "?*" else int(_KEYS.get(sign, "-2")) for sign in pattern)
    if min(digits) < ANY_DIGIT or max(digits) == ANY_DIGIT:
        raise ValueError(pattern)
    return digits


def faults(query: Query) -> list[Fault]:
    """All that is wrong with a query; an empty list means that it can be answered."""
    found = []
    for name in ("exchange", "prefix", "contains", "ends_with"):
        text = getattr(query, name)
        if not text:
            continue
        try:
            keyed(text)
        except ValueError:
            found.append(Fault(name, "search.pattern", {"pattern": text[:20], "limit": LONGEST_PATTERN}))
    if not 1 <= query.limit <= LARGEST_PAGE:
        found.append(Fault("limit", "search.page", {"page": query.limit, "limit": LARGEST_PAGE}))
    if not 1 <= query.run <= LONGEST_RUN:
        found.append(Fault("run", "search.run", {"size": query.run, "limit": LONGEST_RUN}))
    if query.run > 1 and query.ends_with:
        # In a row of numbers the last digits differ.
        found.append(Fault("ends_with", "search.pattern_with_run", {"pattern": query.ends_with[:20]}))
    return found

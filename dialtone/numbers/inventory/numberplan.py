"""Number plans compiled to tables: what type of number is this, for a whole range at once, exactly.

The patterns of libphonenumber's metadata (the `phonenumbers` package) use a small part of regular expressions: digits, classes,
groups, alternatives, counts. A plan walks all of a region's patterns digit by digit at the same time; its states are made when
first met. `segments` descends only where the digits still to come matter, so ten million numbers cost a few steps;
`types` walks a whole array together. Tests compare both with the package itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import phonenumbers
from numpy.typing import NDArray
from phonenumbers import PhoneMetadata, PhoneNumberType

if TYPE_CHECKING:  # the compiler that it loads is for searches only
    from dialtone.numbers.inventory.pages import Ints

# A pattern is a set of sequences; an item of a sequence is a set of digits, or a pattern again.
Sequence = tuple[Any, ...]
Pattern = frozenset[Sequence]

INVALID = PhoneNumberType.UNKNOWN
MIXED = -1
_DIGITS = frozenset(range(10))
# The order in which libphonenumber tries the types; the first that fits is the type.
_TYPES = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)


class _Reader:
    """Reads the regular expressions of the metadata. Raises ValueError for anything they do not use today."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def pattern(self) -> Pattern:
        found = {self.sequence()}
        while self._take("|"):
            found.add(self.sequence())
        return frozenset(found)

    def sequence(self) -> Sequence:
        items: list[Any] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            items += self._counted(self._item())
        return tuple(items)

    def _item(self) -> Any:
        if self._take("(?:") or self._take("("):
            inner = self.pattern()
            if not self._take(")"):
                raise ValueError(self.text)
            return inner
        if self._take("\\d"):
            return _DIGITS
        if self._take("["):
            digits: set[int] = set()
            while not self._take("]"):
                if self._take("\\d"):
                    digits |= _DIGITS
                    continue
                low = high = self._digit()
                if self._take("-"):
                    high = self._digit()
                digits.update(range(low, high + 1))
            return frozenset(digits)
        return frozenset({self._digit()})

    def _counted(self, item: Any) -> list[Any]:
        if self._take("?"):
            return [self._maybe(item, 1)]
        if not self._take("{"):
            return [item]
        low, comma, high = self.text[self.at : self.text.index("}", self.at)].partition(",")
        self.at = self.text.index("}", self.at) + 1
        more = int(high) - int(low) if comma else 0
        return [item] * int(low) + ([self._maybe(item, more)] if more else [])

    def _maybe(self, item: Any, times: int) -> Pattern:
        following = (self._maybe(item, times - 1),) if times > 1 else ()
        return frozenset({(), (item, *following)})

    def _digit(self) -> int:
        sign = self.text[self.at]
        if sign not in "0123456789":
            raise ValueError(self.text)
        self.at += 1
        return int(sign)

    def _take(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False


def _after(sequence: Sequence, digit: int) -> Iterator[Sequence]:
    """What may follow once the digit is read."""
    if not sequence:
        return
    head, rest = sequence[0], sequence[1:]
    if not head or isinstance(next(iter(head)), int):
        if digit in head:
            yield rest
        return
    for option in head:
        yield from _after(option + rest, digit)


def _may_end(sequence: Sequence) -> bool:
    return all(
        bool(item) and not isinstance(next(iter(item)), int) and any(map(_may_end, item)) for item in sequence
    )


class NumberPlan:
    """The numbers of one region, after its calling code."""

    def __init__(self, region: str) -> None:
        metadata = PhoneMetadata.metadata_for_region(region, None)
        if metadata is None:
            raise KeyError(region)
        self.region = region
        self.calling_code = str(metadata.country_code)
        self.lengths = tuple(length for length in metadata.general_desc.possible_length if length > 0)  # type: ignore[union-attr]
        descriptions = [
            metadata.general_desc,
            metadata.fixed_line,
            metadata.mobile,
            *(getattr(metadata, name) for name, _ in _TYPES),
        ]
        self._lengths = [frozenset(each.possible_length) if each else frozenset() for each in descriptions]
        start = tuple(
            _Reader(each.national_number_pattern).pattern()
            if each and each.national_number_pattern
            else frozenset()
            for each in descriptions
        )
        self._states: list[tuple[Pattern, ...]] = [start]
        self._place = {start: 0}
        self._next = np.full((64, 10), -1, np.int64)
        self._verdicts: dict[tuple[int, int, int], int] = {}

    def segments(self, first: int, last: int, length: int) -> Iterator[tuple[int, int, int]]:
        """(first, last excluded, type) of the national numbers in [first, last), all of `length` digits, in order."""
        open_from, open_type = first, MIXED
        for begin, _, kind in self._walk(0, length, 0, first, last, length):
            if kind != open_type:
                if open_type != MIXED:
                    yield open_from, begin, open_type
                open_from, open_type = begin, kind
        if open_type != MIXED:
            yield open_from, last, open_type

    def types(self, numbers: Ints, length: int) -> NDArray[np.int64]:
        """The type of each national number, all of `length` digits."""
        states = np.zeros(len(numbers), np.int64)
        for place in range(length - 1, -1, -1):
            digits = numbers // 10**place % 10
            following = self._next[states, digits]
            for pair in np.unique((states * 10 + digits)[following < 0]).tolist():
                self._step(pair // 10, pair % 10)
            states = self._next[states, digits]
        met, which = np.unique(states, return_inverse=True)
        return np.array([self._type(int(state), length) for state in met], np.int64)[which]

    def _walk(
        self, state: int, left: int, base: int, first: int, last: int, length: int
    ) -> Iterator[tuple[int, int, int]]:
        """Segments of the numbers below a state, where `base` is the smallest of them and `left` digits are to come."""
        low, high = max(base, first), min(base + 10**left, last)
        if low >= high:
            return
        kind = self._verdict(state, left, length)
        if kind != MIXED:
            yield low, high, kind
            return
        for digit in range(10):
            yield from self._walk(
                self._step(state, digit), left - 1, base + digit * 10 ** (left - 1), first, last, length
            )

    def _verdict(self, state: int, left: int, length: int) -> int:
        """The type that all numbers below a state have, or MIXED."""
        known = self._verdicts.get((state, left, length))
        if known is None:
            if left == 0:
                known = self._type(state, length)
            else:
                below = {self._verdict(self._step(state, digit), left - 1, length) for digit in range(10)}
                known = below.pop() if len(below) == 1 else MIXED
            self._verdicts[state, left, length] = known
        return known

    def _step(self, state: int, digit: int) -> int:
        found = int(self._next[state, digit])
        if found < 0:
            following = tuple(
                frozenset(rest for sequence in pattern for rest in _after(sequence, digit))
                for pattern in self._states[state]
            )
            found = self._place.setdefault(following, len(self._states))
            if found == len(self._states):
                self._states.append(following)
                if found == len(self._next):
                    self._next = np.concatenate([self._next, np.full_like(self._next, -1)])
            self._next[state, digit] = found
        return found

    def _type(self, state: int, length: int) -> int:
        general, fixed, mobile, *special = (
            length in lengths and any(map(_may_end, pattern))
            for pattern, lengths in zip(self._states[state], self._lengths, strict=True)
        )
        if not general:
            return int(INVALID)
        for (_, kind), fits in zip(_TYPES, special, strict=True):
            if fits:
                return int(kind)
        if fixed and mobile:
            return int(PhoneNumberType.FIXED_LINE_OR_MOBILE)
        if fixed:
            return int(PhoneNumberType.FIXED_LINE)
        return int(PhoneNumberType.MOBILE if mobile else INVALID)


@cache
def plan_of(region: str) -> NumberPlan:
    """The plan of a country by its ISO code. Raises KeyError for a code without one."""
    return NumberPlan(region)


@cache
def siblings(region: str) -> tuple[str, ...]:
    """The other regions with the same calling code."""
    code = phonenumbers.country_code_for_region(region)
    return tuple(each for each in phonenumbers.region_codes_for_country_code(code) if each != region)

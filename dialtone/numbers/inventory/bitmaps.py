"""Search over bitmaps in memory: one row of 10,000 bits per chunk and place. Pure: numpy in, numbers out.

A pattern becomes at most a handful of masks of 10,000 bits (inside the last four digits, straddling, inside the prefix); a run of n
consecutive numbers becomes log2(n) shifted ANDs over the joined bits of neighbouring chunks, so runs across a chunk's end are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIZE = 10_000
BYTES = SIZE // 8
Bits = NDArray[np.uint8]

LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_PATTERN = re.compile(r"[0-9A-Z*?]{1,10}")


def compile_pattern(text: str) -> str | None:
    """Digits and `.` (any digit) from what people type: vanity letters become digits, * and ? become any digit; None when it
    cannot be a pattern.

    >>> compile_pattern("flowers"), compile_pattern("%")
    ('3569377', None)
    """
    upper = text.strip().upper().replace("-", "").replace(" ", "")
    if not _PATTERN.fullmatch(upper) or not upper.isascii():
        return None
    return upper.translate(LETTERS).replace("*", ".").replace("?", ".")


@lru_cache(maxsize=512)
def _tail_mask(pattern: str) -> Bits:
    """Which of 0000–9999 match a pattern of exactly four characters, as packed bits."""
    tails = np.arange(SIZE)
    good = np.ones(SIZE, dtype=bool)
    for place, char in enumerate(pattern):
        if char != ".":
            good &= (tails // 10 ** (3 - place)) % 10 == int(char)
    return np.packbits(good, bitorder="little")


def _fits(digits: str, pattern: str) -> bool:
    return len(digits) == len(pattern) and all(p in (".", d) for d, p in zip(digits, pattern, strict=True))


def mask_for(prefix: str, contains: str, ends_with: str) -> Bits | None:
    """The mask of one chunk whose numbers begin with `prefix` (all digits but the last four); None when nothing can match."""
    mask = np.full(BYTES, 255, dtype=np.uint8)
    if ends_with:
        tail = ends_with[-4:].rjust(4, ".")
        rest = ends_with[:-4]
        if rest and not _fits(prefix[-len(rest) :], rest):
            return None
        mask = mask & _tail_mask(tail)
    if contains:
        found = np.zeros(BYTES, dtype=np.uint8)
        size = len(contains)
        for at in range(len(prefix) - size + 1):
            if _fits(prefix[at : at + size], contains):
                return mask
        for in_prefix in range(max(0, size - 4), size):
            head, tail = contains[:in_prefix], contains[in_prefix:]
            if head and not _fits(prefix[-len(head) :], head):
                continue
            starts = range(4 - len(tail) + 1) if not head else range(1)
            for start in starts:
                found |= _tail_mask(("." * start + tail).ljust(4, "."))
        mask = mask & found
    return mask if mask.any() else None


@dataclass(frozen=True)
class Hit:
    """A number, or a run of numbers, with the row (place) it came from."""

    first: int
    size: int
    row: int


class Field:
    """The free numbers of one inventory: parallel rows of start, area and bits."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.areas: list[int] = []
        self.bits: list[Bits] = []
        self._row_of: dict[tuple[int, int], int] = {}
        self._rows_at: dict[int, list[int]] = {}

    def put(self, start: int, area: int, bits: bytes) -> None:
        """Set (or replace) a chunk's delivered numbers."""
        found = np.frombuffer(bits, dtype=np.uint8).copy()
        row = self._row_of.get((start, area))
        if row is None:
            row = len(self.starts)
            self._row_of[(start, area)] = row
            self._rows_at.setdefault(start, []).append(row)
            self.starts.append(start)
            self.areas.append(area)
            self.bits.append(found)
        else:
            self.bits[row] = found

    def set_free(self, number: int, free: bool, delivered: Field) -> None:
        """Mark one number free or taken, in the row that has delivered it."""
        start = number - number % SIZE
        for row in self._rows_at.get(start, ()):
            byte, bit = divmod(number - start, 8)
            if delivered.bits[row][byte] >> bit & 1:
                if free:
                    self.bits[row][byte] |= np.uint8(1 << bit)
                else:
                    self.bits[row][byte] &= np.uint8(~(1 << bit) & 255)

    def row_with(self, number: int) -> int | None:
        """The row in which a number's bit is set."""
        start = number - number % SIZE
        byte, bit = divmod(number - start, 8)
        return next((row for row in self._rows_at.get(start, ()) if self.bits[row][byte] >> bit & 1), None)

    def singles(
        self,
        rows: Sequence[int],
        *,
        contains: str = "",
        ends_with: str = "",
        low: int = 0,
        high: int = 10**15,
    ) -> tuple[int, Iterator[Hit]]:
        """(exact count, numbers in ascending order) of those rows that fit the patterns and lie in [low, high)."""
        picked: list[tuple[int, Bits]] = []
        total = 0
        for row in rows:
            start = self.starts[row]
            if start + SIZE <= low or start >= high:
                continue
            bits = self.bits[row]
            if contains or ends_with:
                mask = mask_for(str(start // SIZE), contains, ends_with)
                if mask is None:
                    continue
                bits = bits & mask
            if low > start or high < start + SIZE:
                bits = bits & _window(max(0, low - start), min(SIZE, high - start))
            count = int(np.bitwise_count(bits).sum())
            if count:
                total += count
                picked.append((row, bits))
        return total, self._walk(picked)

    def _walk(self, picked: list[tuple[int, Bits]]) -> Iterator[Hit]:
        for row, bits in sorted(picked, key=lambda pair: self.starts[pair[0]]):
            for offset in np.flatnonzero(np.unpackbits(bits, bitorder="little")):
                yield Hit(self.starts[row] + int(offset), 1, row)

    def runs(
        self, rows: Iterable[int], size: int, *, low: int = 0, high: int = 10**15
    ) -> tuple[int, list[Hit]]:
        """(count, runs that do not overlap) of `size` consecutive free numbers; runs that begin at a multiple of ten first."""
        found: list[Hit] = []
        total = 0
        for first_row, begin, joined, length in self._joined(
            sorted(rows, key=lambda row: (self.areas[row], self.starts[row]))
        ):
            places = _starts_of_runs(joined, size)
            if not places:
                continue
            offsets = np.flatnonzero(
                np.unpackbits(
                    np.frombuffer(places.to_bytes(length // 8, "little"), dtype=np.uint8), bitorder="little"
                )
            )
            after = -1
            for offset in map(int, offsets):
                number = begin + offset
                if number <= after or number < low or number >= high:
                    continue
                aligned = number + (-number) % 10
                if (
                    aligned != number
                    and (places >> (aligned - begin)) & 1
                    and aligned + size <= begin + length
                ):
                    number = aligned
                total += 1
                after = number + size - 1
                row = self._rows_at[number - number % SIZE]
                found.append(Hit(number, size, row[0] if first_row not in row else first_row))
        found.sort(key=lambda hit: (hit.first % 10 != 0, hit.first))
        return total, found

    def _joined(self, rows: list[int]) -> Iterator[tuple[int, int, int, int]]:
        """(first row, first number, bits as an integer, how many bits) of each stretch of neighbouring chunks of one area."""
        stretch: list[int] = []
        for row in rows:
            if stretch and (
                self.areas[row] != self.areas[stretch[-1]]
                or self.starts[row] != self.starts[stretch[-1]] + SIZE
            ):
                yield self._stretch(stretch)
                stretch = []
            stretch.append(row)
        if stretch:
            yield self._stretch(stretch)

    def _stretch(self, rows: list[int]) -> tuple[int, int, int, int]:
        joined = b"".join(self.bits[row].tobytes() for row in rows)
        return rows[0], self.starts[rows[0]], int.from_bytes(joined, "little"), len(joined) * 8


@lru_cache(maxsize=256)
def _window(low: int, high: int) -> Bits:
    inside = np.zeros(SIZE, dtype=bool)
    inside[low:high] = True
    return np.packbits(inside, bitorder="little")


def _starts_of_runs(bits: int, size: int) -> int:
    """The places at which `size` set bits in a row begin: log2(size) shifted ANDs.

    >>> bin(_starts_of_runs(0b1110111, 3))
    '0b10001'
    """
    have = 1
    while have * 2 <= size:
        bits &= bits >> have
        have *= 2
    return bits & (bits >> (size - have))

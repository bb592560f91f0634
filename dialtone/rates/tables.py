"""Price lists compiled for rating many calls: longest prefixes with dates become disjoint ranges of numbers, each with its prices over
time. One look-up is then a short search in a sorted array. No Django, clock or network: other processes read the tables from a file.

A number is one integer: its first fifteen digits, filled up with zeros, and how many there were in the last four bits. A prefix is then
the range from itself to the next prefix of its length, and ranges nest as prefixes do; a number that is shorter than a prefix is
never in it. Exact, not close: `rules.Tariff` is the truth that the tests compare with. Source: performance.md, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
DIGITS = 15
_LENGTH_BITS = 4
_KEY_BITS = 54  # 10**15 << 4 is less
NONE = -1
# One line of memory a price: what the kernel needs of a row, and nothing else.
ROW = np.dtype(
    [
        ("per_minute", "<i8"),
        ("connection_fee", "<i8"),
        ("first", "<i4"),
        ("following", "<i4"),
        ("free_seconds", "<i4"),
        ("pool", "<i4"),
    ]
)
# A row of a price list as the database has it, prices in 1e-8 of the currency; `place` is its list's place in the run.
PRICE = np.dtype(
    [
        ("id", "V16"),
        ("place", "<i4"),
        ("prefix", "<i8"),
        ("length", "<i4"),
        ("since", "<i8"),
        ("version", "<i4"),
        ("ended", "?"),
        ("row", ROW),
    ]
)
# What is read together lies together: a price of a range of numbers from `since` on, all that a call to it needs, in one line of the
# processor's cache. `price` is its row, or NONE where there is none then; `earlier` is how many lines before it are of the same range.
LINE = np.dtype(
    [
        ("since", "<i8"),
        ("per_minute", "<i8"),
        ("connection_fee", "<i8"),
        ("first", "<i4"),
        ("following", "<i4"),
        ("free_seconds", "<i4"),
        ("price", "<i4"),
        ("earlier", "<i4"),
        ("unused_1", "<i4"),
        ("unused_2", "<i8"),
        ("unused_3", "<i8"),
    ]
)
TERMS = ("per_minute", "connection_fee", "first", "following", "free_seconds")  # of a row, in its lines too
FENCE = 4  # lines after each list that no number reaches: whoever compares so many at once never sees the next list
_END = 1 << 62
CACHE_LINE = 64  # bytes
LARGEST_PRICE = (
    100_000  # of the currency a minute or a call: with longer calls than two days no sum leaves 64 bits
)


class Tables(NamedTuple):
    """The lists of one run. Those of list i are lines[list_at[i]] to lines[list_at[i + 1]], by number and then by time; together they
    cover all numbers. `slot` is the front of a list: for the first digits of a number, where its line can be."""

    price_ids: Array  # 16 bytes each: price row k is this one in the database
    rows: Array  # ROW, by k
    list_at: Array
    slot: Array
    slot_at: Array  # the slots of list i begin here
    slot_bits: Array  # of list i: numbers that share all but so many of their last bits share a slot
    plans: Array  # by account three places of lists, the nearest first; NONE for none
    months: Array  # by account, which row of `month_starts` tells its months
    month_starts: Array  # microseconds at which the months of a time zone begin
    low: Array  # of each line the first number of its range, for the search
    lines: Array  # LINE

    def save(self, path: Path) -> None:
        """Write them where other processes read them."""
        np.savez(path, **self._asdict())

    @classmethod
    def load(cls, path: Path) -> Tables:
        with np.load(path, allow_pickle=False) as stored:
            return cls(**{name: aligned(stored[name]) for name in cls._fields})


def aligned(array: Array) -> Array:
    """The same, beginning where a line of the cache does, so that no row of 32 or 64 bytes lies in two of them."""
    found = aligned_zeros(array.shape, array.dtype)
    found[...] = array
    return found


def aligned_zeros(shape: tuple[int, ...], kind: Any) -> Array:
    """As `numpy.zeros`, see `aligned`."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.zeros(size + CACHE_LINE, np.uint8)
    begin = -room.ctypes.data % CACHE_LINE
    return room[begin : begin + size].view(kind).reshape(shape)


def key_of(called: str) -> int:
    """A called number as the tables know it: of the digits at its beginning the first fifteen, and how many they are.

    >>> key_of("+4420") == 442 * 10**13 * 16 + 4, key_of("*67"), key_of("0044") < key_of("1")
    (True, 0, True)
    """
    plain = called.lstrip("+")[:DIGITS]
    length = next((at for at, char in enumerate(plain) if char not in "0123456789"), len(plain))
    return int((plain[:length] + "0" * DIGITS)[:DIGITS]) << _LENGTH_BITS | length


def compile_tables(prices: Array, lists: int, plans: Array, months: Array, month_starts: Array) -> Tables:
    """Tables of all rows of so many lists (PRICE). ValueError for a price that the kernel cannot compute with."""
    largest = LARGEST_PRICE * 10**8
    if (
        len(prices)
        and max(prices["row"]["per_minute"].max(), prices["row"]["connection_fee"].max()) > largest
    ):
        raise ValueError("a price is too large to compute with")
    scale = 10 ** (DIGITS - prices["length"].astype(np.int64))
    low = (prices["prefix"] * scale << _LENGTH_BITS) + prices["length"]
    high = (prices["prefix"] + 1) * scale << _LENGTH_BITS
    order = np.lexsort((prices["version"], prices["since"], low, prices["place"]))
    parts = _Parts()
    places = prices["place"][order]
    for place in range(lists):
        begin, end = np.searchsorted(places, [place, place + 1])
        mine = order[begin:end]
        parts.add_list(
            low[mine].tolist(),
            high[mine].tolist(),
            prices["since"][mine].tolist(),
            np.where(prices["ended"][mine], NONE, mine).tolist(),
        )
    return parts.tables(prices, plans, months, month_starts)


class _Parts:
    """The tables while they are made, list by list. Of each range the first number, and which of `pieces` holds its prices over time."""

    def __init__(self) -> None:
        self.low: list[int] = []
        self.held: list[int] = []
        self.list_at = [0]
        self.pieces: list[list[tuple[int, int]]] = []

    def add_list(
        self, low: Sequence[int], high: Sequence[int], since: Sequence[int], price: Sequence[int]
    ) -> None:
        """One list's rows in the order of their prefixes, those of a prefix by time. Prefixes nest, so a stack of those that are
        open says what holds between them."""
        open_until: list[tuple[int, int]] = []  # where a prefix ends, and its pieces
        begun = len(self.low)
        self._begin(0, NONE, begun)
        at = 0
        while at < len(low):
            own: list[tuple[int, int]] = []
            begins, ends = low[at], high[at]
            while at < len(low) and low[at] == begins:
                if own and own[-1][0] == since[at]:
                    own.pop()  # of two that begin together the newer counts
                own.append((since[at], price[at]))
                at += 1
            self._close(open_until, begins, begun)
            around = self.pieces[open_until[-1][1]] if open_until else []
            self.pieces.append(overlaid(around, own) or [(0, NONE)])  # every range has a line
            open_until.append((ends, len(self.pieces) - 1))
            self._begin(begins, len(self.pieces) - 1, begun)
        self._close(open_until, _END, begun)
        self.low += [_END] * FENCE
        self.held += [NONE] * FENCE
        self.list_at.append(len(self.low))

    def _close(self, open_until: list[tuple[int, int]], at: int, begun: int) -> None:
        while open_until and open_until[-1][0] <= at:
            ended, _held = open_until.pop()
            self._begin(ended, open_until[-1][1] if open_until else NONE, begun)

    def _begin(self, low: int, held: int, begun: int) -> None:
        if len(self.low) > begun and self.low[-1] == low:
            self.held[-1] = held
        else:
            self.low.append(low)
            self.held.append(held)

    def tables(self, prices: Array, plans: Array, months: Array, month_starts: Array) -> Tables:
        rows = np.ascontiguousarray(prices["row"])
        counts, lines = self._lines(rows)
        low = np.repeat(np.array(self.low, np.int64), counts)
        list_at = np.concatenate([[0], np.cumsum(counts)])[self.list_at].astype(np.int32)
        slots = [_slots(low[begin:end]) for begin, end in pairwise(list_at)]
        return Tables(
            price_ids=np.ascontiguousarray(prices["id"]),
            rows=aligned(rows),
            list_at=list_at,
            slot=np.concatenate(
                [each[0] + at for each, at in zip(slots, list_at, strict=False)] or [[]]
            ).astype(np.int32),
            slot_at=np.cumsum([0, *(len(each[0]) for each in slots)]).astype(np.int32),
            slot_bits=np.array([each[1] for each in slots], np.int64),
            plans=plans.astype(np.int32),
            months=months.astype(np.int32),
            month_starts=month_starts.astype(np.int64),
            low=aligned(low),
            lines=lines,
        )

    def _lines(self, rows: Array) -> tuple[Array, Array]:
        """How many lines each range has, and the lines: one for each piece, and one that says NONE where a range has no price."""
        held = np.array(self.held, np.int64)
        lengths = np.array([*(len(each) for each in self.pieces), 1], np.int64)  # the last is that of NONE
        counts = lengths[held]
        found = aligned_zeros((int(counts.sum()),), LINE)
        found["earlier"] = np.arange(len(found)) - np.repeat(np.cumsum(counts) - counts, counts)
        flat = np.array([*(piece for each in self.pieces for piece in each), (0, NONE)], np.int64)
        piece = flat[np.repeat((np.cumsum(lengths) - lengths)[held], counts) + found["earlier"]]
        found["since"], found["price"] = piece[:, 0], piece[:, 1]
        priced = np.flatnonzero(found["price"] != NONE)
        for name in TERMS:
            found[name][priced] = rows[name][found["price"][priced]]
        return counts, found


def overlaid(around: list[tuple[int, int]], own: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A prefix's prices over time: its own where it has one, else those of the prefix around it. Pieces are (since, price row).

    >>> overlaid([(0, 1), (8, 2)], [(5, 3), (7, NONE)])
    [(0, 1), (5, 3), (7, 1), (8, 2)]
    """
    if not around or (own[0][0] <= around[0][0] and all(price != NONE for _since, price in own)):
        return own
    found: list[tuple[int, int]] = []
    for since in sorted({since for since, _price in (*around, *own)}):
        price = _at(own, since)
        if price == NONE:
            price = _at(around, since)
        if (found[-1][1] if found else NONE) != price:
            found.append((since, price))
    return found


def _at(pieces: Sequence[tuple[int, int]], at: int) -> int:
    return next((price for since, price in reversed(pieces) if since <= at), NONE)


def _slots(low: Array) -> tuple[Array, int]:
    """For each run of numbers that begin alike the last line that begins before it; a thousand for a small list, a million for a large
    one: a shift finds the slot."""
    bits = _KEY_BITS - (20 if len(low) > 4096 else 10)
    starts = np.arange((1 << _KEY_BITS - bits) + 1, dtype=np.int64) << bits
    return np.searchsorted(low, starts, "right") - 1, bits

"""The free numbers as bits: how they lie in a worker's memory.

A *page* is 1,000 consecutive numbers of one area. A page with many numbers is *dense*: 1,000 bits in 16 words. Pages with
few numbers are *listed*: up to 64 neighbouring pages share one row that holds the free numbers as 16-bit distances from
its first page, so a million scattered numbers cost two bytes each. Rows lie sorted by area, then number; an area's rows
are one slice. What was delivered fixes the rows; claims only clear and set bits. Design D of performance.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dialtone.base.compiling import compiled

PAGE = 1000
WORDS = 16
DENSE = 64  # from so many numbers on, 128 bytes of bits are no more than a list of two bytes each
LIST_SPAN = 64  # pages of one list: 64,000 distances fit into 16 bits

Ints = NDArray[np.int64]


class Pages(NamedTuple):
    """Rows of free numbers. `at[row]` is the row's place in `bits`, or `~place` among the lists."""

    area_rows: NDArray[np.int32]  # rows of area a: area_rows[a] to area_rows[a + 1]
    page: NDArray[np.int64]  # first page of each row: number // 1000
    at: NDArray[np.int32]
    bits: NDArray[np.uint64]  # dense rows x 16 words
    listed: NDArray[np.uint16]  # distances from the row's first number, ascending
    list_start: NDArray[np.int32]  # slots of list k: list_start[k] to list_start[k + 1]
    list_free: NDArray[np.int32]  # how many of them are free: those come first

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return sum(part.nbytes for part in self)


def build(areas: int, area: Ints, first: Ints, last: Ints) -> Pages:
    """Pages of runs `first` (included) to `last` (excluded), disjoint and sorted by (area, first)."""
    low_page = first // PAGE
    pieces = (last - 1) // PAGE - low_page + 1
    run = np.repeat(np.arange(len(first)), pieces)
    nth = np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    page = low_page[run] + nth
    owner = area[run]
    low = np.maximum(first[run] - page * PAGE, 0)
    high = np.minimum(last[run] - page * PAGE, PAGE)

    opens = np.ones(len(run), bool)
    opens[1:] = (owner[1:] != owner[:-1]) | (page[1:] != page[:-1])
    head = np.flatnonzero(opens)  # the first piece of each page
    ordinal = np.cumsum(opens) - 1  # each piece's page, counted
    held = np.add.reduceat(high - low, head) if len(head) else np.zeros(0, np.int64)
    dense = held >= DENSE
    page_of, owner_of = page[head], owner[head]

    in_dense = dense[ordinal]
    place = np.cumsum(dense) - 1
    edges = np.zeros(
        (int(dense.sum()), PAGE + 25), np.int8
    )  # 1,025 columns: a run may end behind the last bit
    np.add.at(edges, (place[ordinal[in_dense]], low[in_dense]), 1)
    np.add.at(edges, (place[ordinal[in_dense]], high[in_dense]), -1)
    free = np.cumsum(edges, axis=1, dtype=np.int8)[:, : WORDS * 64].astype(bool)
    bits = np.packbits(free, axis=1, bitorder="little").view("<u8").astype(np.uint64)

    # A list ends where its area ends, at a dense page, and at 64 pages.
    before = np.cumsum(dense)
    few = np.flatnonzero(~dense)
    begins = np.ones(len(few), bool)
    begins[1:] = (
        (owner_of[few][1:] != owner_of[few][:-1])
        | (page_of[few][1:] // LIST_SPAN != page_of[few][:-1] // LIST_SPAN)
        | (before[few][1:] != before[few][:-1])
    )
    list_of_page = np.full(len(head), -1)
    list_of_page[few] = np.cumsum(begins) - 1
    list_page = page_of[few[begins]]

    loose = np.flatnonzero(~in_dense)
    size = (high - low)[loose]
    step = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    number = np.repeat((page * PAGE + low)[loose], size) + step
    its_list = np.repeat(list_of_page[ordinal[loose]], size)
    listed = (number - list_page[its_list] * PAGE).astype(np.uint16)
    list_start = np.searchsorted(its_list, np.arange(len(list_page) + 1)).astype(np.int32)

    is_row = dense.copy()
    is_row[few[begins]] = True
    at = np.where(dense, place, ~list_of_page)[is_row].astype(np.int32)
    area_rows = np.searchsorted(owner_of[is_row], np.arange(areas + 1)).astype(np.int32)
    return Pages(
        area_rows,
        page_of[is_row],
        at,
        bits.reshape(-1, WORDS),
        listed,
        list_start,
        np.diff(list_start).astype(np.int32),
    )


@compiled
def row_of(pages: Pages, area: int, number: int) -> int:
    """The row of an area in whose reach the number lies; -1 when it lies before all of them."""
    low, high = pages.area_rows[area], pages.area_rows[area + 1]
    first = low
    wanted = number // PAGE
    while low < high:
        middle = (low + high) // 2
        if pages.page[middle] <= wanted:
            low = middle + 1
        else:
            high = middle
    return low - 1 if low > first else -1


@compiled
def mark(pages: Pages, areas: Ints, numbers: Ints, free: bool) -> int:
    """Set numbers free, or taken. Numbers without a place in the rows are passed over. Answers how many bits changed."""
    changed = 0
    for position in range(len(numbers)):
        number = numbers[position]
        row = row_of(pages, areas[position], number)
        if row < 0:
            continue
        offset = number - pages.page[row] * PAGE
        place = pages.at[row]
        if place >= 0:
            if offset >= PAGE:
                continue
            bit = np.uint64(1) << np.uint64(offset & 63)
            word = pages.bits[place, offset >> 6]
            is_free = (word & bit) != np.uint64(0)
            if is_free != free:
                pages.bits[place, offset >> 6] = word ^ bit
                changed += 1
            continue
        start = pages.list_start[~place]
        end = start + pages.list_free[~place]
        slot = start
        while slot < end and pages.listed[slot] < offset:
            slot += 1
        here = slot < end and pages.listed[slot] == offset
        if free and not here and end < pages.list_start[~place + 1] and offset < PAGE * LIST_SPAN:
            for later in range(end, slot, -1):
                pages.listed[later] = pages.listed[later - 1]
            pages.listed[slot] = offset
            pages.list_free[~place] += 1
            changed += 1
        elif here and not free:
            for later in range(slot, end - 1):
                pages.listed[later] = pages.listed[later + 1]
            pages.list_free[~place] -= 1
            changed += 1
    return changed

"""The kernels' answers with numpy alone, for machines without numba, and as their oracle in the tests.

Free numbers are written out as integers, area by area, and tried by arithmetic: plain, and much slower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dialtone.numbers.inventory.kernels import ANYWHERE, AT_END, AT_START, Patterns, Room, Shelves, Window
from dialtone.numbers.inventory.pages import PAGE, Ints, Pages


def free_numbers(pages: Pages, area: int) -> Ints:
    """The free numbers of an area, ascending."""
    parts = [np.zeros(0, np.int64)]
    rows = slice(pages.area_rows[area], pages.area_rows[area + 1])
    for page, place in zip(pages.page[rows], pages.at[rows], strict=True):
        if place >= 0:
            parts.append(
                page * PAGE
                + np.flatnonzero(np.unpackbits(pages.bits[place].view(np.uint8), bitorder="little"))
            )
        else:
            start = pages.list_start[~place]
            parts.append(page * PAGE + pages.listed[start : start + pages.list_free[~place]].astype(np.int64))
    return np.concatenate(parts)


def _at(
    numbers: Ints, sizes: Ints, start: Ints, pattern: NDArray[np.int8], first: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the pattern lies at digit `start` of each number, not before digit `first`."""
    fits = (start >= first) & (start + len(pattern) <= sizes)
    for step, digit in enumerate(pattern):
        if digit >= 0:
            fits &= numbers // 10 ** np.clip(sizes - 1 - start - step, 0, 18) % 10 == digit
    return fits


def fitting(numbers: Ints, codes: Ints, patterns: Patterns) -> Ints:
    """Those of the numbers that fit all constraints."""
    for row in range(len(patterns.length)):
        pattern = patterns.digits[row, : patterns.length[row]]
        sizes = np.char.str_len(numbers.astype("U19")) if len(numbers) else np.zeros(0, np.int64)
        anchor, length = patterns.anchor[row], len(pattern)
        if anchor == ANYWHERE:
            fits = np.zeros(len(numbers), bool)
            for start in range(int(codes[0]), int(sizes.max(initial=0)) - length + 1):
                fits |= _at(numbers, sizes, np.full(len(numbers), start), pattern, int(codes[0]))
        else:
            if anchor == AT_END:
                start_of = sizes - length
            else:
                start_of = np.full(len(numbers), codes[0] if anchor == AT_START else codes[0] + codes[1])
            fits = _at(numbers, sizes, start_of, pattern, int(codes[0]))
        numbers = numbers[fits]
    return numbers


def blocks(free: Ints, run: int, step: int) -> Ints:
    """First numbers of the blocks offered, by the rule of `kernels.find_runs`."""
    if not len(free):
        return free
    breaks = np.flatnonzero(np.diff(free) != 1) + 1
    found: list[int] = []
    for stretch in np.split(free, breaks):
        first, length = int(stretch[0]), len(stretch)
        if length < run:
            continue
        aligned = range(-(-first // step) * step, first + length - run + 1, step) if step else range(0)
        found += aligned or ([first] if step else range(first, first + length - run + 1, run))
    return np.array(found, np.int64)


def _keep(matches: list[tuple[int, Ints]], window: Window, shelves: Shelves) -> int:
    pivot, shown = (window.pivot_area, window.pivot), (window.after_area, window.after)
    for area, found in matches:
        for number in found.tolist():
            place = (area, number)
            second = place < pivot
            if window.after_area >= 0 and (second, place) <= (shown < pivot, shown):
                continue
            shelf = int(second)
            at = shelves.count[shelf]
            if at < window.limit:
                shelves.numbers[shelf, at], shelves.areas[shelf, at] = number, area
                shelves.count[shelf] += 1
    return sum(len(found) for _, found in matches)


def find_numbers(
    pages: Pages, areas: Ints, codes: Ints, patterns: Patterns, window: Window, shelves: Shelves, _room: Room
) -> int:
    """As `kernels.find_numbers`."""
    matches = [(int(area), fitting(free_numbers(pages, area), codes[area], patterns)) for area in areas]
    return _keep(matches, window, shelves)


def find_runs(
    pages: Pages,
    areas: Ints,
    codes: Ints,
    patterns: Patterns,
    run: int,
    step: int,
    window: Window,
    shelves: Shelves,
    _room: Room,
) -> int:
    """As `kernels.find_runs`."""
    matches = [
        (int(area), blocks(fitting(free_numbers(pages, area), codes[area], patterns), run, step))
        for area in areas
    ]
    return _keep(matches, window, shelves)


def count_by_area(pages: Pages, counts: Ints) -> None:
    """As `kernels.count_by_area`."""
    for area in range(len(counts)):
        counts[area] = len(free_numbers(pages, area))

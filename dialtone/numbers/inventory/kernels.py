"""The two searches over the bits, compiled: free numbers that fit patterns, and runs of free numbers.

Both walk the rows of the chosen areas once, count everything exactly, and keep the page that was asked for. The order is by
(area, number), turned so that it begins at `pivot`: what lies from there on goes to the first buffer, what lies before it
to the second; `after` is the last number already shown. plain.py gives the same answers with numpy alone.

A pattern is tried once per chunk of 10,000 numbers: its known leading digits decide which of the four precomputed bit masks
over the last four digits apply (`reach`), so a page costs a handful of word operations whatever the pattern.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dialtone.numbers.inventory.pages import PAGE, WORDS, Ints, Pages, compiled, numba

AT_START, BEHIND_AREA_CODE, ANYWHERE, AT_END = 0, 1, 2, 3
TAIL = 10_000
NOTHING, ALL = 0, 1

Bits = NDArray[np.uint64]

if numba:
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic  # type: ignore[untyped-decorator]
    def popcount(typing_context, word):  # type: ignore[no-untyped-def]
        """Bits set in a word: one machine instruction."""
        return types.int64(types.uint64), lambda context, builder, signature, values: builder.ctpop(values[0])

    @intrinsic  # type: ignore[untyped-decorator]
    def lowest(typing_context, word):  # type: ignore[no-untyped-def]
        """Place of the lowest bit set; 64 when there is none."""

        def code(context, builder, signature, values):  # type: ignore[no-untyped-def]
            return builder.cttz(values[0], context.get_constant(types.boolean, False))

        return types.int64(types.uint64), code

else:

    def popcount(word: int) -> int:
        """Bits set in a word."""
        return int(word).bit_count()

    def lowest(word: int) -> int:
        """Place of the lowest bit set; 64 when there is none."""
        value = int(word)
        return (value & -value).bit_length() - 1 if value else 64


class Patterns(NamedTuple):
    """Constraints, all of which must hold. Digits of -1 stand for any."""

    digits: NDArray[np.int8]  # constraint x longest pattern
    length: NDArray[np.int64]
    anchor: NDArray[np.int64]  # AT_START, BEHIND_AREA_CODE, ANYWHERE, AT_END
    masks: Bits  # constraint x end in the tail (1 to 4) x page of the chunk x word


class Window(NamedTuple):
    """Which part of the matches to keep: a place is (area, number)."""

    limit: int
    pivot_area: int
    pivot: int
    after_area: int  # -1 for the first page
    after: int


@compiled
def _is_before(area: int, number: int, other_area: int, other: int) -> bool:
    return area < other_area or (area == other_area and number < other)


@compiled
def _wanted(window: Window, area: int, number: int) -> int:
    """0: for the first buffer; 1: for the second; -1: shown already."""
    second = _is_before(area, number, window.pivot_area, window.pivot)
    if window.after_area >= 0:
        shown_second = _is_before(window.after_area, window.after, window.pivot_area, window.pivot)
        if shown_second and not second:
            return -1
        if shown_second == second and not _is_before(window.after_area, window.after, area, number):
            return -1
    return 1 if second else 0


@compiled
def _turns_inside(window: Window, area: int, page: int) -> bool:
    """Whether the order begins, or the last page ended, within this page of numbers."""
    return (window.pivot_area == area and window.pivot // PAGE == page) or (
        window.after_area == area and window.after // PAGE == page
    )


@compiled
def _fits(patterns: Patterns, which: int, known: NDArray[np.int8], size: int, start: int) -> bool:
    """Whether the pattern, begun at digit `start`, agrees with the known digits it lies on."""
    for step in range(min(patterns.length[which], size - start)):
        digit = patterns.digits[which, step]
        if digit >= 0 and digit != known[start + step]:
            return False
    return True


@compiled
def reach(
    patterns: Patterns, which: int, known: NDArray[np.int8], size: int, calling: int, area_code: int
) -> int:
    """Which numbers of a chunk can match, given their `size` leading digits: NOTHING, ALL, or a set of bits 1 to 4.

    Bit j says: those whose tail fits the mask of a pattern that ends behind the tail's j-th digit. `calling` and
    `area_code` are the lengths of calling code and area code.
    """
    length = patterns.length[which]
    anchor = patterns.anchor[which]
    found = NOTHING
    if anchor == ANYWHERE:
        for start in range(calling, size - length + 1):
            if _fits(patterns, which, known, size, start):
                return ALL
        for end in range(1, 5):
            start = size + end - length
            if start >= calling and _fits(patterns, which, known, size, start):
                found |= 1 << end
        return found
    if anchor == AT_END:
        start = size + 4 - length
    elif anchor == BEHIND_AREA_CODE:
        start = calling + area_code
    else:
        start = calling
    end = start + length - size
    if start < calling or end > 4 or not _fits(patterns, which, known, size, start):
        return NOTHING
    return ALL if end <= 0 else 1 << end


@compiled
def _reaches(
    patterns: Patterns, chunk: int, codes: Ints, known: NDArray[np.int8], reached: NDArray[np.int64]
) -> bool:
    """Fill in the reach of every constraint for a chunk; False when one of them excludes it."""
    size = 0
    rest = chunk
    while rest > 0:
        size += 1
        rest //= 10
    rest = chunk
    for place in range(size - 1, -1, -1):
        known[place] = rest % 10
        rest //= 10
    for which in range(len(reached)):
        reached[which] = reach(patterns, which, known, size, codes[0], codes[1])
        if reached[which] == NOTHING:
            return False
    return True


@compiled
def _narrow(hits: Bits, patterns: Patterns, reached: NDArray[np.int64], page: int) -> None:
    """Keep the bits of a page that fit all constraints."""
    inside = page % 10
    for which in range(len(reached)):
        if reached[which] == ALL:
            continue
        for word in range(WORDS):
            mask = np.uint64(0)
            for end in range(4):
                if reached[which] >> (end + 1) & 1:
                    mask |= patterns.masks[which, end, inside, word]
            hits[word] &= mask


@compiled
def _tail_fits(patterns: Patterns, reached: NDArray[np.int64], number: int) -> bool:
    tail = number % TAIL
    inside, word, bit = tail // PAGE, tail % PAGE >> 6, np.uint64(tail % PAGE & 63)
    for which in range(len(reached)):
        if reached[which] == ALL:
            continue
        mask = np.uint64(0)
        for end in range(4):
            if reached[which] >> (end + 1) & 1:
                mask |= patterns.masks[which, end, inside, word]
        if not mask >> bit & np.uint64(1):
            return False
    return True


@compiled
def find_numbers(
    pages: Pages,
    areas: Ints,
    codes: Ints,
    patterns: Patterns,
    window: Window,
    numbers: Ints,
    owners: Ints,
    kept: Ints,
) -> int:
    """Count the free numbers that fit; keep up to `limit` in each buffer (`numbers` and `owners`: 2 x limit, `kept`: 2)."""
    total = 0
    known = np.zeros(20, np.int8)
    reached = np.zeros(len(patterns.length), np.int64)
    hits = np.zeros(WORDS, np.uint64)
    for area in areas:
        chunk = np.int64(-1)
        possible = True
        for row in range(pages.area_rows[area], pages.area_rows[area + 1]):
            page = pages.page[row]
            place = pages.at[row]
            if place < 0:
                start = pages.list_start[~place]
                for slot in range(start, start + pages.list_free[~place]):
                    number = page * PAGE + np.int64(pages.listed[slot])
                    if number // TAIL != chunk:
                        chunk = number // TAIL
                        possible = _reaches(patterns, chunk, codes[area], known, reached)
                    if not possible or not _tail_fits(patterns, reached, number):
                        continue
                    total += 1
                    into = _wanted(window, area, number)
                    if into >= 0 and kept[into] < window.limit:
                        numbers[into, kept[into]] = number
                        owners[into, kept[into]] = area
                        kept[into] += 1
                continue
            if page // 10 != chunk:
                chunk = page // 10
                possible = _reaches(patterns, chunk, codes[area], known, reached)
            if not possible:
                continue
            count = 0
            for word in range(WORDS):
                hits[word] = pages.bits[place, word]
            _narrow(hits, patterns, reached, page)
            for word in range(WORDS):
                count += popcount(hits[word])
            total += count
            if count == 0:
                continue
            if not _turns_inside(window, area, page):
                into = _wanted(window, area, page * PAGE)
                if into < 0 or kept[into] >= window.limit:
                    continue
            for word in range(WORDS):
                left = hits[word]
                while left != np.uint64(0):
                    number = page * PAGE + word * 64 + lowest(left)
                    left &= left - np.uint64(1)
                    into = _wanted(window, area, number)
                    if into >= 0 and kept[into] < window.limit:
                        numbers[into, kept[into]] = number
                        owners[into, kept[into]] = area
                        kept[into] += 1
    return total


class Walk(NamedTuple):
    """What a walk over runs carries along (arrays of one, so that compiled code can change them)."""

    total: Ints
    open_at: Ints  # first possible start of the stretch being read; -1 for none
    open_length: Ints
    open_aligned: Ints  # aligned starts seen in it


@compiled
def _keep(window: Window, area: int, number: int, numbers: Ints, owners: Ints, kept: Ints) -> None:
    into = _wanted(window, area, number)
    if into >= 0 and kept[into] < window.limit:
        numbers[into, kept[into]] = number
        owners[into, kept[into]] = area
        kept[into] += 1


@compiled
def _close(
    walk: Walk, run: int, step: int, area: int, window: Window, numbers: Ints, owners: Ints, kept: Ints
) -> None:
    """A stretch of possible starts has ended: offer what it holds beyond aligned blocks."""
    if walk.open_at[0] < 0:
        return
    if step == 0:
        for nth in range((walk.open_length[0] + run - 1) // run):
            walk.total[0] += 1
            _keep(window, area, walk.open_at[0] + nth * run, numbers, owners, kept)
    elif walk.open_aligned[0] == 0:
        walk.total[0] += 1
        _keep(window, area, walk.open_at[0], numbers, owners, kept)
    walk.open_at[0] = -1


@compiled
def _read_starts(
    walk: Walk, starts: Bits, aligned: Bits, page: int, run: int, step: int, area: int, window: Window, numbers: Ints, owners: Ints, kept: Ints
) -> None:  # fmt: skip
    """Offer the blocks whose start lies in a page, where bit i of `starts` says that a block can start at number i."""
    for word in range(WORDS):
        left = starts[word]
        width = 64 if word < WORDS - 1 else PAGE - 64 * (WORDS - 1)
        if walk.open_at[0] >= 0 and not left & np.uint64(1):
            _close(walk, run, step, area, window, numbers, owners, kept)
        while left != np.uint64(0):
            low = lowest(left)
            high = low + lowest(~(left >> np.uint64(low)))
            if high - low >= 64 or high > 64:
                high = 64
            stretch = left if high == 64 else left & ((np.uint64(1) << np.uint64(high)) - np.uint64(1))
            left ^= stretch
            if walk.open_at[0] < 0:
                walk.open_at[0] = page * PAGE + word * 64 + low
                walk.open_length[0] = 0
                walk.open_aligned[0] = 0
            walk.open_length[0] += high - low
            if step:
                blocks = stretch & aligned[word]
                count = popcount(blocks)
                walk.open_aligned[0] += count
                walk.total[0] += count
                while blocks != np.uint64(0) and (kept[0] < window.limit or kept[1] < window.limit):
                    _keep(window, area, page * PAGE + word * 64 + lowest(blocks), numbers, owners, kept)
                    blocks &= blocks - np.uint64(1)
            if high < width:
                _close(walk, run, step, area, window, numbers, owners, kept)


@compiled
def _starts(free: Bits, run: int, starts: Bits) -> bool:
    """Where `run` free bits in a row begin within the first page of two: doubling shifts, log2(run) passes."""
    span = 1
    while span < run:
        shift = min(span, run - span)
        whole, part = shift >> 6, np.uint64(shift & 63)
        anything = np.uint64(0)
        for word in range(2 * WORDS):
            low = free[word + whole] if word + whole < 2 * WORDS else np.uint64(0)
            if part:
                high = free[word + whole + 1] if word + whole + 1 < 2 * WORDS else np.uint64(0)
                low = low >> part | high << (np.uint64(64) - part)
            free[word] &= low
            anything |= free[word]
        if anything == np.uint64(0):
            return False
        span += shift
    some = np.uint64(0)
    for word in range(WORDS):
        starts[word] = free[word]
    starts[WORDS - 1] &= (np.uint64(1) << np.uint64(PAGE - 64 * (WORDS - 1))) - np.uint64(1)
    for word in range(WORDS):
        some |= starts[word]
    return some != np.uint64(0)


@compiled
def _flush(
    walk: Walk, here: Bits, page: int, follows: Bits, adjacent: bool, work: Bits, starts: Bits, aligned: Bits, run: int, step: int, area: int, window: Window, numbers: Ints, owners: Ints, kept: Ints
) -> None:  # fmt: skip
    """Read one page, knowing the page that follows it."""
    shift = np.uint64(PAGE - 64 * (WORDS - 1))
    for word in range(WORDS):
        work[word] = here[word]
        work[WORDS + word] = np.uint64(0)
    if adjacent:
        for word in range(WORDS):
            work[WORDS - 1 + word] |= follows[word] << shift
            work[WORDS + word] |= follows[word] >> (np.uint64(64) - shift)
    if _starts(work, run, starts):
        _read_starts(walk, starts, aligned, page, run, step, area, window, numbers, owners, kept)
    else:
        _close(walk, run, step, area, window, numbers, owners, kept)
    if not adjacent:
        _close(walk, run, step, area, window, numbers, owners, kept)


@compiled
def find_runs(
    pages: Pages, areas: Ints, codes: Ints, patterns: Patterns, run: int, step: int, aligned: Bits, window: Window, numbers: Ints, owners: Ints, kept: Ints
) -> int:  # fmt: skip
    """Count the blocks of `run` consecutive free numbers; keep the first number of up to `limit` in each buffer.

    In every unbroken row of free numbers: the blocks that begin at a multiple of `step`, or, where there is none, the one
    at its beginning. With `step` 0: one after the other from its beginning. A page is read when its successor is known,
    so rows go on across pages; `run` is at most 1,000.
    """
    walk = Walk(np.zeros(1, np.int64), np.full(1, -1), np.zeros(1, np.int64), np.zeros(1, np.int64))
    known = np.zeros(20, np.int8)
    reached = np.zeros(len(patterns.length), np.int64)
    here, follows = np.zeros(WORDS, np.uint64), np.zeros(WORDS, np.uint64)
    work, starts = np.zeros(2 * WORDS + 1, np.uint64), np.zeros(WORDS, np.uint64)
    for area in areas:
        before = np.int64(-10)  # the page in `here`
        chunk = np.int64(-1)
        possible = True
        for row in range(pages.area_rows[area], pages.area_rows[area + 1]):
            place = pages.at[row]
            slot = pages.list_start[~place] if place < 0 else 0
            end = slot + pages.list_free[~place] if place < 0 else 1
            while slot < end:
                if place >= 0:
                    page = pages.page[row]
                    slot = end
                    for word in range(WORDS):
                        follows[word] = pages.bits[place, word]
                else:
                    base = pages.page[row] * PAGE
                    page = (base + np.int64(pages.listed[slot])) // PAGE
                    offset = np.int64(pages.listed[slot]) + base - page * PAGE
                    begin = slot
                    while slot < end and (base + np.int64(pages.listed[slot])) // PAGE == page:
                        slot += 1
                    last = np.int64(pages.listed[slot - 1]) + base - page * PAGE
                    if slot - begin < run and offset > 0 and last < PAGE - 1:
                        continue  # too few to hold a run, and none goes on at its edges
                    for word in range(WORDS):
                        follows[word] = np.uint64(0)
                    for each in range(begin, slot):
                        bit = np.int64(pages.listed[each]) + base - page * PAGE
                        follows[bit >> 6] |= np.uint64(1) << np.uint64(bit & 63)
                if page // 10 != chunk:
                    chunk = page // 10
                    possible = _reaches(patterns, chunk, codes[area], known, reached)
                if not possible:
                    continue
                _narrow(follows, patterns, reached, page)
                if before >= 0:
                    _flush(walk, here, before, follows, page == before + 1, work, starts, aligned, run, step, area, window, numbers, owners, kept)  # fmt: skip
                here, follows = follows, here
                before = page
        if before >= 0:
            _flush(walk, here, before, follows, False, work, starts, aligned, run, step, area, window, numbers, owners, kept)  # fmt: skip
    return walk.total[0]


@compiled
def count_by_area(pages: Pages, counts: Ints) -> None:
    """Add up the free numbers of every area."""
    for area in range(len(counts)):
        total = 0
        for row in range(pages.area_rows[area], pages.area_rows[area + 1]):
            place = pages.at[row]
            if place < 0:
                total += pages.list_free[~place]
            else:
                for word in range(WORDS):
                    total += popcount(pages.bits[place, word])
        counts[area] = total

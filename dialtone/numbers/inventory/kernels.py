"""The two searches over the bits, compiled: free numbers that fit patterns, and runs of free numbers.

Both walk the rows of the chosen areas once, count everything exactly, and keep the page that was asked for. The
order is by (area, number), turned so that it begins at `pivot`: what lies from there on goes to the first shelf,
what lies before it to the second; `after` is the last number already shown. plain.py gives the same answers with
numpy alone.

A pattern is tried once per chunk of 10,000 numbers: its known leading digits decide which of the four precomputed
bit masks over the last four digits apply (`_reach`), so a page costs a handful of word operations whatever the
pattern.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dialtone.base.compiling import compiled, inlined, numba
from dialtone.numbers.inventory.pages import PAGE, WORDS, Ints, Pages

AT_START, BEHIND_AREA_CODE, ANYWHERE, AT_END = 0, 1, 2, 3
TAIL = 10_000
LONGEST = 1000  # of a run: it may go on in one following page
NOTHING, ALL = 0, 1

Bits = NDArray[np.uint64]
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_LAST_BITS = PAGE - 64 * (WORDS - 1)  # bits in use in the last word of a page
_LAST_MASK = np.uint64(2**_LAST_BITS - 1)

popcount: Any
lowest: Any

if numba is not None:
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def popcount(typing_context: Any, word: Any) -> Any:
        """Bits set in a word: one machine instruction."""
        return types.int64(types.uint64), lambda context, builder, signature, values: builder.ctpop(values[0])

    @intrinsic
    def lowest(typing_context: Any, word: Any) -> Any:
        """Place of the lowest bit set; 64 when there is none."""

        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.cttz(values[0], context.get_constant(types.boolean, False))

        return types.int64(types.uint64), code


class Patterns(NamedTuple):
    """Constraints, all of which must hold. Digits of -1 stand for any."""

    digits: NDArray[np.int8]  # constraint x longest pattern
    length: Ints
    anchor: Ints  # AT_START, BEHIND_AREA_CODE, ANYWHERE, AT_END
    masks: Bits  # constraint x end in the tail (1 to 4) x page of the chunk x word


class Window(NamedTuple):
    """Which part of the matches to keep: a place is (area, number)."""

    limit: int
    pivot_area: int
    pivot: int
    after_area: int  # -1 for the first page
    after: int


class Shelves(NamedTuple):
    """What was kept: two rows of numbers, their areas, and how many there are."""

    numbers: Ints
    areas: Ints
    count: Ints


class Chunk(NamedTuple):
    """The chunk last looked at: its digits from the right, [chunk, number of digits], and each constraint's reach."""

    digits: NDArray[np.int8]
    state: Ints
    reach: Ints


class Walk(NamedTuple):
    """What a walk over runs carries along: the total, and the stretch of possible starts that is being read."""

    total: Ints
    first: Ints  # -1 when none is open
    length: Ints


class Room(NamedTuple):
    """What a search works with: made once for each, as compiled code makes no arrays."""

    chunk: Chunk
    walk: Walk
    here: Bits  # a page, and the one behind it
    follows: Bits
    starts: Bits
    free: Bits


def room_for(patterns: Patterns) -> Room:
    """For one search with these patterns."""
    return Room(
        Chunk(np.zeros(20, np.int8), np.zeros(2, np.int64), np.zeros(len(patterns.length), np.int64)),
        Walk(np.zeros(1, np.int64), np.full(1, -1), np.zeros(1, np.int64)),
        np.zeros(WORDS, np.uint64),
        np.zeros(WORDS, np.uint64),
        np.zeros(WORDS, np.uint64),
        np.zeros(4 * WORDS, np.uint64),
    )


@inlined
def _is_before(area: int, number: int, other_area: int, other: int) -> bool:
    return area < other_area or (area == other_area and number < other)


@inlined
def _shelf(window: Window, area: int, number: int) -> int:
    """0: for the first shelf; 1: for the second; -1: shown already."""
    second = _is_before(area, number, window.pivot_area, window.pivot)
    if window.after_area >= 0:
        shown_second = _is_before(window.after_area, window.after, window.pivot_area, window.pivot)
        if shown_second and not second:
            return -1
        if shown_second == second and not _is_before(window.after_area, window.after, area, number):
            return -1
    return 1 if second else 0


@inlined
def _keep(window: Window, shelves: Shelves, area: int, number: int) -> None:
    shelf = _shelf(window, area, number)
    if shelf >= 0 and shelves.count[shelf] < window.limit:
        shelves.numbers[shelf, shelves.count[shelf]] = number
        shelves.areas[shelf, shelves.count[shelf]] = area
        shelves.count[shelf] += 1


@inlined
def _is_done_with(window: Window, shelves: Shelves, area: int, first: int, last: int) -> bool:
    """Whether none of these numbers can be kept any more."""
    if window.pivot_area == area and first <= window.pivot <= last:
        return False
    if window.after_area == area and first <= window.after <= last:
        return False
    shelf = _shelf(window, area, first)
    return shelf < 0 or shelves.count[shelf] >= window.limit


@inlined
def _fits(patterns: Patterns, which: int, chunk: Chunk, start: int) -> bool:
    """Whether the pattern, begun at digit `start`, agrees with the known digits it lies on."""
    size = chunk.state[1]
    for step in range(min(patterns.length[which], size - start)):
        digit = patterns.digits[which, step]
        if digit >= 0 and digit != chunk.digits[size - 1 - start - step]:
            return False
    return True


@inlined
def _reach(patterns: Patterns, which: int, chunk: Chunk, calling: int, area_code: int) -> int:
    """Which numbers of a chunk can match, given its digits: NOTHING, ALL, or a set of bits 1 to 4.

    Bit j says: those whose tail fits the mask of a pattern that ends behind the tail's j-th digit. `calling` and
    `area_code` are the lengths of calling code and area code.
    """
    length, anchor, size = patterns.length[which], patterns.anchor[which], chunk.state[1]
    if anchor == ANYWHERE:
        found = NOTHING
        for start in range(calling, size - length + 1):
            if _fits(patterns, which, chunk, start):
                return ALL
        for end in range(1, 5):
            start = size + end - length
            if start >= calling and _fits(patterns, which, chunk, start):
                found |= 1 << end
        return found
    if anchor == AT_END:
        start = size + 4 - length
    elif anchor == BEHIND_AREA_CODE:
        start = calling + area_code
    else:
        start = calling
    end = start + length - size
    if start < calling or end > 4 or not _fits(patterns, which, chunk, start):
        return NOTHING
    return ALL if end <= 0 else 1 << end


@inlined
def _is_possible(patterns: Patterns, number: int, codes: Ints, chunk: Chunk) -> bool:
    """Look at the chunk of a number; False when a constraint excludes all of it."""
    rest = number // TAIL
    if rest != chunk.state[0]:
        before = chunk.state[0]
        chunk.state[0] = rest
        place = 0
        while rest != before:  # from the right, as far as the digits differ from the last chunk's
            if rest == 0:
                break
            chunk.digits[place] = rest % 10
            rest //= 10
            before //= 10
            place += 1
        if rest == 0:
            chunk.state[1] = place
        for which in range(len(chunk.reach)):
            chunk.reach[which] = _reach(patterns, which, chunk, codes[0], codes[1])
    for which in range(len(chunk.reach)):  # noqa: SIM110  numba compiles the loop
        if chunk.reach[which] == NOTHING:
            return False
    return True


@inlined
def _narrow(hits: Bits, patterns: Patterns, chunk: Chunk, page: int) -> None:
    """Keep the bits of a page that fit all constraints."""
    inside = page % 10
    for which in range(len(chunk.reach)):
        reach = chunk.reach[which]
        if reach == ALL:
            continue
        if reach & (reach - 1) == 0:  # one mask only, as nearly always
            masks = patterns.masks[which, lowest(np.uint64(reach)) - 1, inside]
            for word in range(WORDS):
                hits[word] &= masks[word]
            continue
        for word in range(WORDS):
            mask = _NONE
            for end in range(4):
                if reach >> (end + 1) & 1:
                    mask |= patterns.masks[which, end, inside, word]
            hits[word] &= mask


@inlined
def _tail_fits(patterns: Patterns, chunk: Chunk, number: int) -> bool:
    tail = number % TAIL
    inside, word, bit = tail // PAGE, tail % PAGE >> 6, np.uint64(tail % PAGE & 63)
    for which in range(len(chunk.reach)):
        reach = chunk.reach[which]
        if reach == ALL:
            continue
        mask = _NONE
        for end in range(4):
            if reach >> (end + 1) & 1:
                mask |= patterns.masks[which, end, inside, word]
        if not mask >> bit & _ONE:
            return False
    return True


@compiled
def find_numbers(
    pages: Pages, areas: Ints, codes: Ints, patterns: Patterns, window: Window, shelves: Shelves, room: Room
) -> int:
    """Count the free numbers that fit; keep up to `limit` on each shelf."""
    total, chunk, hits = 0, room.chunk, room.here
    asked = len(patterns.length) > 0
    for area in areas:
        for row in range(pages.area_rows[area], pages.area_rows[area + 1]):
            page, place = pages.page[row], pages.at[row]
            if place < 0:
                start = pages.list_start[~place]
                for slot in range(start, start + pages.list_free[~place]):
                    number = page * PAGE + np.int64(pages.listed[slot])
                    if asked and not (
                        _is_possible(patterns, number, codes[area], chunk)
                        and _tail_fits(patterns, chunk, number)
                    ):
                        continue
                    total += 1
                    _keep(window, shelves, area, number)
                continue
            if asked and not _is_possible(patterns, page * PAGE, codes[area], chunk):
                continue
            for word in range(WORDS):
                hits[word] = pages.bits[place, word]
            _narrow(hits, patterns, chunk, page)
            count = 0
            for word in range(WORDS):
                count += popcount(hits[word])
            total += count
            if count == 0 or _is_done_with(window, shelves, area, page * PAGE, page * PAGE + PAGE - 1):
                continue
            for word in range(WORDS):
                left = hits[word]
                while left != _NONE:
                    _keep(window, shelves, area, page * PAGE + word * 64 + lowest(left))
                    left &= left - _ONE
    return total


@inlined
def _extend(walk: Walk, first: int, length: int) -> None:
    if walk.first[0] < 0:
        walk.first[0] = first
        walk.length[0] = 0
    walk.length[0] += length


@inlined
def _close(walk: Walk, run: int, step: int, area: int, window: Window, shelves: Shelves) -> None:
    """A stretch of possible starts has ended: offer blocks from it."""
    first = walk.first[0]
    if first < 0:
        return
    walk.first[0] = -1
    last = first + walk.length[0] - 1
    stride, count = run, (walk.length[0] + run - 1) // run
    if step:
        aligned = (first + step - 1) // step * step
        count = 1
        if aligned <= last:
            first, stride, count = aligned, step, (last - aligned) // step + 1
    walk.total[0] += count
    if _is_done_with(window, shelves, area, first, first + (count - 1) * stride):
        return
    for nth in range(count):
        _keep(window, shelves, area, first + nth * stride)


@inlined
def _starts(free: Bits, run: int, width: int, starts: Bits) -> bool:
    """Where `run` free bits in a row begin in the first 1,000 of `free`: doubling shifts, log2(run) passes.

    The buffer is used up; it is zero from word `width` on.
    """
    span = 1
    while span < run:
        shift = min(span, run - span)
        whole, part = shift >> 6, np.uint64(shift & 63)
        back = np.uint64(64) - part
        near, far = (
            free[whole : whole + width],
            free[whole + 1 : whole + 1 + width],
        )  # views: plain indices below
        some = _NONE
        if part == _NONE:
            for word in range(width):
                both = free[word] & near[word]
                free[word] = both
                some |= both
        else:
            for word in range(width):
                both = free[word] & (near[word] >> part | far[word] << back)
                free[word] = both
                some |= both
        if some == _NONE:
            return False
        span += shift
    for word in range(WORDS):
        starts[word] = free[word]
    starts[WORDS - 1] &= _LAST_MASK
    return True


@inlined
def _is_full(bits: Bits) -> bool:
    """Whether all numbers of a page are free."""
    every = ~_NONE
    for word in range(WORDS - 1):
        every &= bits[word]
    return every == ~_NONE and bits[WORDS - 1] == _LAST_MASK


@inlined
def _leading(bits: Bits) -> int:
    """How many numbers are free from the beginning of a page on."""
    for word in range(WORDS):
        if ~bits[word] != _NONE:
            return word * 64 + lowest(~bits[word])
    return PAGE


@inlined
def _read_starts(
    walk: Walk, starts: Bits, page: int, run: int, step: int, area: int, window: Window, shelves: Shelves
) -> None:
    """Follow the stretches of possible starts through a page; the one at its end stays open."""
    for word in range(WORDS):
        left = starts[word]
        if not left & _ONE:
            _close(walk, run, step, area, window, shelves)
        while left != _NONE:
            low = lowest(left)
            high = low + lowest(~(left >> np.uint64(low)))
            if high >= 64:
                high = 64
                left = _NONE
            else:
                left &= ~((_ONE << np.uint64(high)) - _ONE)
            _extend(walk, page * PAGE + word * 64 + low, high - low)
            if high < (64 if word < WORDS - 1 else _LAST_BITS):
                _close(walk, run, step, area, window, shelves)


@inlined
def _read_page(
    walk: Walk, here: Bits, page: int, follows: Bits, goes_on: bool, free: Bits, starts: Bits, run: int, step: int, area: int, window: Window, shelves: Shelves
) -> None:  # fmt: skip
    """Find the possible starts in one page, knowing the page behind it (`goes_on`: it is the next one)."""
    if _is_full(here):
        beyond = min(_leading(follows), run - 1) if goes_on else 0
        _extend(walk, page * PAGE, PAGE - run + 1 + beyond)
        if beyond < run - 1:
            _close(walk, run, step, area, window, shelves)
        return
    width = (PAGE + run + 62) // 64
    for word in range(WORDS):
        free[word] = here[word]
    for word in range(WORDS, width):
        free[word] = _NONE
    if goes_on:
        for word in range(width - WORDS + 1):
            free[WORDS - 1 + word] |= follows[word] << np.uint64(_LAST_BITS)
            if word + WORDS < width:
                free[WORDS + word] |= follows[word] >> np.uint64(64 - _LAST_BITS)
    if _starts(free, run, width, starts):
        _read_starts(walk, starts, page, run, step, area, window, shelves)
    else:
        _close(walk, run, step, area, window, shelves)


@compiled
def find_runs(
    pages: Pages,
    areas: Ints,
    codes: Ints,
    patterns: Patterns,
    run: int,
    step: int,
    window: Window,
    shelves: Shelves,
    room: Room,
) -> int:
    """Count the blocks of `run` (2 to 1,000) consecutive free numbers; keep the first numbers of some on each shelf.

    In every unbroken row of free numbers: the blocks that begin at a multiple of `step`, or, where there is none, the
    one at its beginning. With `step` 0: one after the other from its beginning. A page is read when its successor is
    known, so rows go on across pages.
    """
    chunk, walk, here, follows, starts, free = room
    asked = len(patterns.length) > 0
    for area in areas:
        before = np.int64(-10)  # the page in `here`
        for row in range(pages.area_rows[area], pages.area_rows[area + 1]):
            place = pages.at[row]
            base = pages.page[row] * PAGE
            slot = pages.list_start[~place] if place < 0 else 0
            end = slot + pages.list_free[~place] if place < 0 else 1
            while slot < end:
                if place >= 0:
                    page = pages.page[row]
                    slot = end
                    for word in range(WORDS):
                        follows[word] = pages.bits[place, word]
                else:
                    begin, page = slot, (base + np.int64(pages.listed[slot])) // PAGE
                    offset = base - page * PAGE
                    while slot < end and np.int64(pages.listed[slot]) + offset < PAGE:
                        slot += 1
                    low, high = (
                        np.int64(pages.listed[begin]) + offset,
                        np.int64(pages.listed[slot - 1]) + offset,
                    )
                    if slot - begin < run and low > 0 and high < PAGE - 1:
                        continue  # too few to hold a run, and none goes on at its edges
                    for word in range(WORDS):
                        follows[word] = _NONE
                    for each in range(begin, slot):
                        bit = np.int64(pages.listed[each]) + offset
                        follows[bit >> 6] |= _ONE << np.uint64(bit & 63)
                if asked:
                    if not _is_possible(patterns, page * PAGE, codes[area], chunk):
                        continue
                    _narrow(follows, patterns, chunk, page)
                if before >= 0:
                    goes_on = page == before + 1
                    _read_page(walk, here, before, follows, goes_on, free, starts, run, step, area, window, shelves)  # fmt: skip
                    if not goes_on:
                        _close(walk, run, step, area, window, shelves)
                here, follows = follows, here
                before = page
        if before >= 0:
            _read_page(walk, here, before, follows, False, free, starts, run, step, area, window, shelves)
            _close(walk, run, step, area, window, shelves)
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

"""Patterns made ready for the kernels: each becomes four bit masks over the last four digits of a number."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from dialtone.numbers.inventory.kernels import (
    ANYWHERE,
    AT_END,
    AT_START,
    BEHIND_AREA_CODE,
    TAIL,
    Bits,
    Patterns,
)
from dialtone.numbers.inventory.pages import PAGE, WORDS
from dialtone.numbers.inventory.query import LONGEST_PATTERN, Query, keyed


def packed(marks: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Bits:
    """A mark for each of 1,000 numbers, as 16 words, along the last axis."""
    padded = np.zeros((*marks.shape[:-1], WORDS * 64), bool)
    padded[..., :PAGE] = marks
    return np.packbits(padded, axis=-1, bitorder="little").view("<u8").astype(np.uint64)


@cache
def _digit_masks() -> Bits:
    """Place in the tail (0 to 3) x digit x page of the chunk x word: which tails have that digit there."""
    tails = np.arange(TAIL)
    places = [tails // 10 ** (3 - place) % 10 for place in range(4)]
    return packed(
        np.array([[(digits == digit).reshape(10, PAGE) for digit in range(10)] for digits in places])
    )


@cache
def _whole() -> Bits:
    return packed(np.ones((10, PAGE), bool))


@lru_cache(maxsize=1024)
def masks(digits: tuple[int, ...]) -> Bits:
    """For a pattern that ends behind the first, second, third, fourth digit of the tail: the tails that fit.

    Its digits before the tail are not looked at here.
    """
    made = np.empty((4, 10, WORDS), np.uint64)
    for end in range(1, 5):
        mask = _whole().copy()
        for place, digit in enumerate(digits, start=end - len(digits)):
            if place >= 0 and digit >= 0:
                mask &= _digit_masks()[place, digit]
        made[end - 1] = mask
    return made


def constraints(query: Query) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """The patterns of a query, each with its anchor."""
    asked = (
        (AT_START, query.prefix),
        (BEHIND_AREA_CODE, query.exchange),
        (ANYWHERE, query.contains),
        (AT_END, query.ends_with),
    )
    return tuple((anchor, keyed(text)) for anchor, text in asked if text)


@lru_cache(maxsize=256)
def prepare(asked: tuple[tuple[int, tuple[int, ...]], ...]) -> Patterns:
    """Constraints as the kernels read them, which change nothing in them."""
    digits = np.full((len(asked), LONGEST_PATTERN), -1, np.int8)
    for row, (_, pattern) in enumerate(asked):
        digits[row, : len(pattern)] = pattern
    return Patterns(
        digits,
        np.array([len(pattern) for _, pattern in asked], np.int64),
        np.array([anchor for anchor, _ in asked], np.int64),
        np.array([masks(pattern) for _, pattern in asked])
        .reshape(len(asked), 4, 10, WORDS)
        .astype(np.uint64),
    )


def step_of(run: int) -> int:
    """Blocks of 10, 50, 100 and whatever divides 1,000 begin at multiples of themselves; others anywhere (0)."""
    return 0 if PAGE % run else run

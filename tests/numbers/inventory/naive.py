"""The inventory as one would write it on a napkin: sets of integers and texts. Slow, and right by inspection."""

from __future__ import annotations

from dialtone.numbers.inventory.query import Query

Free = dict[int, set[int]]  # area id -> free numbers

KEYPAD = {"ABC": 2, "DEF": 3, "GHI": 4, "JKL": 5, "MNO": 6, "PQRS": 7, "TUV": 8, "WXYZ": 9}


def agrees(sign: str, digit: str) -> bool:
    if sign in "?*":
        return True
    if sign.isdigit():
        return sign == digit
    return any(sign.upper() in letters and digit == str(key) for letters, key in KEYPAD.items())


def lies_at(pattern: str, text: str, start: int) -> bool:
    part = text[start : start + len(pattern)]
    return start >= 0 and len(part) == len(pattern) and all(map(agrees, pattern, part))


def fits(query: Query, number: int, calling_code: str, area_code: str) -> bool:
    text = str(number)[len(calling_code) :]
    return (
        (not query.prefix or lies_at(query.prefix, text, 0))
        and (not query.exchange or lies_at(query.exchange, text, len(area_code)))
        and (not query.ends_with or lies_at(query.ends_with, text, len(text) - len(query.ends_with)))
        and (not query.contains or any(lies_at(query.contains, text, at) for at in range(len(text))))
    )


def runs(numbers: set[int], size: int) -> list[int]:
    """Blocks offered: per unbroken row the aligned ones, or else the one at its beginning."""
    offered = []
    for first in sorted(number for number in numbers if number - 1 not in numbers):
        end = first
        while end in numbers:
            end += 1
        if 1000 % size:
            offered += range(first, end - size + 1, size)
            continue
        aligned = [start for start in range(first, end - size + 1) if start % size == 0]
        offered += aligned or ([first] if end - first >= size else [])
    return offered

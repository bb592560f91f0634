"""What one invoice comes to, worked out day by day with fractions and without anything of Dialtone's: the other half of T3.

A case is a mapping: digits (of the currency after its point), month (first day, and the first one of the next month), plans (from,
to, units), numbers (from, to, is_main, is_ported, name), trials (from, to), plan_prices and number_prices (day, price) in order, setup
(price), calls (a list of exact sums by destination), taxes (percent). Days are dates, a `to` may be None; prices are texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Any

Step = tuple[date, str]


def worked_out(case: Mapping[str, Any]) -> dict[str, Any]:
    """Whole minor units: `lines` (amounts of all lines, in order of size), `net`, `tax`, `total`."""
    unit = 10 ** case["digits"]
    first, following = case["month"]
    days = [first + timedelta(days=each) for each in range((following - first).days)]
    free_main = _free_main(case, days)
    lines: list[int] = []
    for begins, ends, units in case["plans"]:
        state = [_state(day, begins, ends, case, case["plan_prices"], set()) for day in days]
        lines += _amounts(state, units, unit)
    for number in case["numbers"]:
        begins, ends, _is_main, is_ported, name = number
        free = free_main.get(name, set())
        state = [_state(day, begins, ends, case, case["number_prices"], free) for day in days]
        lines += _amounts(state, 1, unit)
        is_new = first <= begins < following and not is_ported
        if is_new and not _on_trial(begins, case) and Fraction(case["setup"]):
            lines.append(_rounded(Fraction(case["setup"]) * unit))
    lines += [_rounded(Fraction(exact) * unit) for exact in case["calls"]]
    net = sum(lines)
    taxes = [_rounded(Fraction(net) * Fraction(percent) / 100) for percent in case["taxes"]]
    return {"lines": sorted(lines), "net": net, "tax": sum(taxes), "total": net + sum(taxes)}


def _state(
    day: date,
    begins: date,
    ends: date | None,
    case: Mapping[str, Any],
    prices: Sequence[Step],
    free: set[date],
) -> tuple[str, str] | None:
    """What a day of a thing is: not there (None), free, or charged at a price."""
    if not _is_there(day, begins, ends):
        return None
    if _on_trial(day, case):
        return ("trial", "0")
    if day in free:
        return ("main", "0")
    return ("charged", [price for since, price in prices if since <= day][-1])


def _amounts(state: Sequence[tuple[str, str] | None], units: int, unit: int) -> list[int]:
    """One amount for each run of days that are alike: the rounded sum up to its end, less the one up to its beginning."""
    found, at = [], 0
    for what, alike in groupby(state):
        count = len(list(alike))
        if what is not None:
            whole = Fraction(what[1]) * units * unit / len(state)
            found.append(_rounded(whole * (at + count)) - _rounded(whole * at))
        at += count
    return found


def _free_main(case: Mapping[str, Any], days: Sequence[date]) -> dict[str, set[date]]:
    """On which days which number is free: the main one that the customer has had longest, while there are two plans."""
    free: dict[str, set[date]] = {}
    for day in days:
        units = sum(units for begins, ends, units in case["plans"] if _is_there(day, begins, ends))
        mains = sorted(
            (begins, name)
            for begins, ends, is_main, _, name in case["numbers"]
            if is_main and _is_there(day, begins, ends)
        )
        if units > 1 and mains and not _on_trial(day, case):
            free.setdefault(mains[0][1], set()).add(day)
    return free


def _is_there(day: date, begins: date, ends: date | None) -> bool:
    return begins <= day and (ends is None or day < ends)


def _on_trial(day: date, case: Mapping[str, Any]) -> bool:
    return any(_is_there(day, begins, ends) for begins, ends in case["trials"])


def _rounded(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))

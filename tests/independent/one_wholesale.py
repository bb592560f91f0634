"""What one partner pays for a month of its customers, worked out with fractions and without anything of Dialtone's: the other half of T3.

A case is a mapping: digits, month, plan_prices, number_prices, setup, taxes (as of `one_invoice`, the partner's), customers (by name: plans,
numbers and trials), rates (rows as of `one_call`, with destination and `free` seconds a month of the partner's, from all its customers
together) and calls (customer, digits, seconds, at, place) of the month before, each with its own `at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

from tests.independent import one_call, one_invoice


def worked_out(case: Mapping[str, Any]) -> dict[str, Any]:
    """Whole minor units: `lines` (one a customer), `net`, `tax`, `total`."""
    used = _usage(case)
    lines = {}
    for name, customer in case["customers"].items():
        own = {**case, **customer, "calls": used.get(name, []), "taxes": []}
        lines[name] = one_invoice.worked_out(own)["net"]
    net = sum(lines.values())
    taxes = [floor(Fraction(net) * Fraction(percent) / 100 + Fraction(1, 2)) for percent in case["taxes"]]
    return {"lines": lines, "net": net, "tax": sum(taxes), "total": net + sum(taxes)}


def _usage(case: Mapping[str, Any]) -> dict[str, list[Fraction]]:
    """By customer the exact sums of its calls by destination and place."""
    sums: dict[tuple[str, str, str], Fraction] = {}
    taken: dict[str, int] = {}
    for customer, digits, seconds, at, place in sorted(case["calls"], key=lambda each: each[3]):
        row = _row(case["rates"], digits, at)
        further = -(-max(0, seconds - row["first"]) // row["following"])
        billed = row["first"] + further * row["following"]
        free = min(billed, max(0, row["free"] - taken.get(row["destination"], 0)))
        taken[row["destination"]] = taken.get(row["destination"], 0) + (free if row["free"] else 0)
        cost = Fraction(0)
        if billed > free:
            exact = Fraction(row["fee"]) + Fraction(row["per_minute"]) * Fraction(billed - free, 60)
            cost = Fraction(floor(exact * 10**6 + Fraction(1, 2)), 10**6)
        if not free:
            assert cost == Fraction(one_call.cost(case["rates"], digits, seconds, at) or 0)
        key = (customer, row["destination"], place)
        sums[key] = sums.get(key, Fraction(0)) + cost
    found: dict[str, list[Fraction]] = {}
    for (customer, _destination, _place), exact in sums.items():
        found.setdefault(customer, []).append(exact)
    return found


def _row(rates: Any, digits: str, at: int) -> Mapping[str, Any]:
    """The longest prefix in force; of one prefix the newest."""
    held = [each for each in rates if each["from"] <= at and digits.startswith(each["prefix"])]
    best: Mapping[str, Any] = max(held, key=lambda each: (len(each["prefix"]), each["from"]))
    return best

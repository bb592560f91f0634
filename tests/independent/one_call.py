"""What one call costs, worked out with fractions and without anything of Dialtone's: the other half of T3.

A row is a mapping of prefix, per_minute, fee (decimals), first, following (seconds), from (any number), ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any


def cost(rows: Sequence[Mapping[str, Any]], digits: str, seconds: int, at: int) -> Decimal | None:
    """In whole millionths, halves up; None when no row is in force."""
    if seconds == 0:
        return Decimal(0)
    newest: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if row["from"] <= at and digits.startswith(row["prefix"]):
            known = newest.get(row["prefix"])
            if known is None or row["from"] > known["from"]:
                newest[row["prefix"]] = row
    in_force = [row for row in newest.values() if not row["ended"]]
    if not in_force:
        return None
    row = max(in_force, key=lambda each: len(each["prefix"]))
    further = ceil(Fraction(max(0, seconds - row["first"]), row["following"]))
    minutes = Fraction(row["first"] + further * row["following"], 60)
    exact = Fraction(row["fee"]) + Fraction(row["per_minute"]) * minutes
    return Decimal(floor(exact * 10**6 + Fraction(1, 2))) / 10**6

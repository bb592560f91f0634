"""Bars by day as SVG made here: no script, no colour needed, and the page has the same numbers as a table beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WIDTH, HEIGHT, TOP, BOTTOM = 640, 200, 30, 30
LABELLED = (1, 8, 15, 22, 29)


@dataclass(frozen=True)
class Bar:
    """One day: where its bar stands, and the day's number where it is written below."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    label: str


@dataclass(frozen=True)
class Plot:
    """The bars of a month, and the largest day, whose height is the whole."""

    bars: Sequence[Bar]
    largest: Decimal
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    top: int = TOP


def by_day(days: Sequence[tuple[date, Decimal]]) -> Plot | None:
    """A plot; None where every day is nothing.

    >>> [bar.height for bar in by_day([(date(2026, 11, 1), Decimal(2)), (date(2026, 11, 2), Decimal(1))]).bars]
    [140, 70]
    """
    largest = max((amount for _day, amount in days), default=Decimal(0))
    if not largest:
        return None
    room, step = HEIGHT - TOP - BOTTOM, WIDTH // len(days)
    bars = []
    for at, (day, amount) in enumerate(days):
        height = max(1, round(room * amount / largest)) if amount else 0
        label = str(day.day) if day.day in LABELLED else ""
        left = at * step
        bars.append(Bar(left + 2, HEIGHT - BOTTOM - height, step - 4, height, left + step // 2, label))
    return Plot(bars, largest)

"""Small pictures of how things stand: one bar each, with its figures in words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

WIDTH = 100.0


@dataclass(frozen=True)
class Part:
    """One part of a bar: its words, how many, and the tone it is drawn in."""

    label: Any
    count: int
    tone: str
    url: str = ""
    x: float = 0.0
    width: float = 0.0

    @property
    def at(self) -> str:
        return f"{self.x:.2f}"

    @property
    def wide(self) -> str:
        return f"{self.width:.2f}"


def bar(parts: Sequence[Part]) -> list[Part]:
    """The parts laid side by side over the whole width; empty ones take no room.

    >>> [(part.at, part.wide) for part in bar([Part("a", 1, "ok"), Part("b", 3, "off"), Part("c", 0, "off")])]
    [('0.00', '25.00'), ('25.00', '75.00'), ('100.00', '0.00')]
    """
    total = sum(part.count for part in parts) or 1
    laid, x = [], 0.0
    for part in parts:
        width = WIDTH * part.count / total
        laid.append(Part(part.label, part.count, part.tone, part.url, x, width))
        x += width
    return laid


@dataclass(frozen=True)
class Column:
    """One column of a picture over time: its words, how many or how much, and how high of 100 it stands."""

    label: Any
    count: int | Decimal
    x: int
    height: float

    @property
    def top(self) -> str:
        return f"{WIDTH - self.height:.2f}"

    @property
    def high(self) -> str:
        return f"{self.height:.2f}"


def columns(counted: Sequence[tuple[Any, int | Decimal]]) -> list[Column]:
    """Columns side by side, ten wide each; the highest reaches 100. What is more than nothing is seen.

    >>> [(each.x, each.top, each.high) for each in columns([("a", 4), ("b", 0), ("c", 1)])]
    [(0, '0.00', '100.00'), (10, '100.00', '0.00'), (20, '75.00', '25.00')]
    """
    most = float(max((count for _label, count in counted), default=0)) or 1.0
    return [
        Column(label, count, 10 * index, max(WIDTH * float(count) / most, 1.0 if count else 0.0))
        for index, (label, count) in enumerate(counted)
    ]

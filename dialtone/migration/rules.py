"""Which way leads from one PSTN connection to another: the matrix as data, and what it answers (MIG-01 to MIG-13, H8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path as File
from typing import Any

import yaml

SELF_SERVICE, MANUAL, UNSUPPORTED = "self_service", "manual", "unsupported"
UNLISTED = "MIG-12"


@dataclass(frozen=True)
class End:
    """One end of a move: the kind of connection, and the short name of the provider where it has one."""

    connection: str
    provider: str = ""


@dataclass(frozen=True)
class Path:
    """How a location may move, on which requirement and which text that rests. `is_stated`: a text names the pair."""

    how: str
    requirement: str
    text: str = ""
    is_stated: bool = True


@dataclass(frozen=True)
class Row:
    """One line of the matrix."""

    start: End
    target: End
    requirement: str
    stated: Mapping[str, str]

    def fits(self, start: End, target: End) -> bool:
        return _fits(self.start, start) and _fits(self.target, target)

    @property
    def weight(self) -> int:
        """How much it says: of two lines that fit, the one that names a provider counts."""
        return bool(self.start.provider) + bool(self.target.provider)


@dataclass(frozen=True)
class Matrix:
    rows: tuple[Row, ...]
    texts: tuple[str, ...]
    checked_on: date


@cache
def matrix() -> Matrix:
    """The lines of matrix.yaml."""
    told: dict[str, Any] = yaml.safe_load(File(__file__).with_name("matrix.yaml").read_text())
    rows = tuple(
        Row(
            End(each["from"], each.get("from_provider", "")),
            End(each["to"], each.get("to_provider", "")),
            each["id"],
            each["stated"],
        )
        for each in told["paths"]
    )
    return Matrix(rows, tuple(told["texts"]), told["checked_on"])


def path(start: End, target: End) -> Path:
    """How a location moves from one connection to another.

    >>> path(End("premises"), End("calling_plan")).how
    'self_service'
    >>> path(End("integrated_ccp"), End("non_integrated_ccp", "intelepeer")).how
    'unsupported'
    >>> path(End("premises"), End("non_integrated_ccp"))
    Path(how='unsupported', requirement='MIG-12', text='', is_stated=False)
    """
    fitting = [row for row in matrix().rows if row.fits(start, target)]
    if not fitting:
        return Path(UNSUPPORTED, UNLISTED, is_stated=False)
    row = max(fitting, key=lambda each: each.weight)
    text = max(row.stated, key=matrix().texts.index)
    return Path(row.stated[text], row.requirement, text)


def _fits(stated: End, asked: End) -> bool:
    return stated.connection == asked.connection and stated.provider in ("", asked.provider)

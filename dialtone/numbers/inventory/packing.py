"""Spans of numbers as few bytes: what a delivery added is kept with it, so that it can be withdrawn."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dialtone.numbers.inventory.ranges import AreaKey

if TYPE_CHECKING:  # the compiler that it loads is for searches only
    from dialtone.numbers.inventory.pages import Ints


def pack(areas: Sequence[AreaKey], area: Ints, first: Ints, last: Ints) -> bytes:
    """The spans [first, last) of `areas`, by first number: distances are small, so a million single numbers take two
    megabytes."""
    order = np.argsort(first, kind="stable")
    used, position = np.unique(area[order], return_inverse=True)
    begins = first[order]
    columns = (
        np.diff(begins, prepend=0).astype("<i8"),
        (last[order] - begins).astype("<i4"),
        position.astype("<i4"),
    )
    names = json.dumps([list(areas[each]) for each in used.tolist()]).encode()
    head = np.array([len(names), len(begins)], "<i8").tobytes()
    return zlib.compress(head + names + b"".join(_by_byte(column) for column in columns), 6)


def unpack(packed: bytes) -> tuple[list[AreaKey], Ints, Ints, Ints]:
    """(areas, area, first, last)."""
    content = zlib.decompress(packed)
    size, count = np.frombuffer(content, "<i8", 2).tolist()
    at = 16 + size
    areas = [AreaKey(*key) for key in json.loads(content[16:at])]
    found = []
    for kind, width in (("<i8", 8), ("<i4", 4), ("<i4", 4)):
        raw = np.frombuffer(content, np.uint8, count * width, at).reshape(width, count)
        found.append(np.ascontiguousarray(raw.T).view(kind)[:, 0].astype(np.int64))
        at += count * width
    steps, sizes, area = found
    first = np.cumsum(steps)
    return areas, area, first, first + sizes


def _by_byte(column: np.ndarray[tuple[int], np.dtype[np.int64 | np.int32]]) -> bytes:
    """All first bytes, then all second ones: the high bytes are nearly all zero and cost nothing."""
    return np.ascontiguousarray(column.view(np.uint8).reshape(len(column), column.itemsize).T).tobytes()

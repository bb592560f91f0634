"""Many rows of fixed width between PostgreSQL and numpy, by binary COPY: no Python object for any of them.

Columns are uuid ("V16"), integers (">i2", ">i4", ">i8") and timestamps (">i8", microseconds since 2000), none of them NULL.
COPY into a protected table is refused (row-level security), so rows go into a table of the transaction, and from there by INSERT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Array = NDArray[Any]
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
EPOCH_US = (datetime(2000, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
"""Microseconds from 1970 to 2000, where PostgreSQL counts from."""


def fetch(select: str, values: Sequence[Any], columns: Mapping[str, str]) -> dict[str, Array]:
    """The rows of a query by column. ValueError when a row is not of the width that `columns` says."""
    layout = _layout(columns)
    sql = f"COPY ({select}) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(sql, list(values)) as copy:
        content = b"".join(copy)
    body = content[len(_HEADER) : -len(_END)]
    if len(body) % layout.itemsize:
        raise ValueError("rows are not of the expected width")
    rows = np.frombuffer(body, layout)
    if len(rows) and not (rows["fields"] == len(columns)).all():
        raise ValueError("rows are not of the expected width")
    return {name: _native(rows[name]) for name in columns}


def fill(table: str, rows: Mapping[str, Array], columns: Mapping[str, str]) -> None:
    """Add rows to a table of this transaction."""
    layout = _layout(columns)
    count = len(next(iter(rows.values())))
    made = np.zeros(count, layout)
    made["fields"] = len(columns)
    for name, kind in columns.items():
        made[f"size_{name}"] = np.dtype(kind).itemsize
        made[name] = rows[name]
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        copy.write(_HEADER)
        copy.write(made.tobytes())
        copy.write(_END)


def _layout(columns: Mapping[str, str]) -> np.dtype[Any]:
    fields = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"size_{name}", ">i4"), (name, kind)]
    return np.dtype(fields)


def _native(column: Array) -> Array:
    return column.astype(column.dtype.newbyteorder("="))

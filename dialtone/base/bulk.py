"""Many rows between PostgreSQL and here: of fixed width to and from numpy by binary COPY, without a Python object for any of them; and
new rows of a model by one statement (`insert`).

For COPY, columns are uuid ("V16"), integers (">i2", ">i4", ">i8") and timestamps (">i8", microseconds since 2000), none of them NULL.
COPY into a protected table is refused (row-level security), so rows go into a table of the transaction, and from there by INSERT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Model
from numpy.typing import NDArray

Array = NDArray[Any]
_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
INSERTED_AT_ONCE = 5_000
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


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model: what all of them share is sent once, the rest as an array for each column. Where there are
    thousands, `bulk_create` would write out every value of every row, which takes longer than the insert itself."""
    for begin in range(0, len(rows), INSERTED_AT_ONCE):
        _insert(rows[begin : begin + INSERTED_AT_ONCE])


def _insert(rows: Sequence[Model]) -> None:
    meta = rows[0]._meta
    shared: list[Any] = []
    arrays: list[Any] = []
    sources, kinds, varying = [], [], []
    for field in meta.concrete_fields:
        kind = _cast(field.db_type(connection) or "")
        told = [getattr(row, field.attname) for row in rows]
        if _is_one(told):
            shared.append(field.get_db_prep_save(told[0], connection))
            sources.append(f"%s::{kind}")
        else:
            arrays.append([field.get_db_prep_save(each, connection) for each in told])
            sources.append(f'given."{field.column}"')
            kinds.append(f"%s::{kind}[]")
            varying.append(f'"{field.column}"')
    columns = ", ".join(f'"{field.column}"' for field in meta.concrete_fields)
    sql = f'INSERT INTO "{meta.db_table}" ({columns}) SELECT {", ".join(sources)}'
    if arrays:  # a single row has nothing that varies
        sql += f" FROM unnest({', '.join(kinds)}) AS given ({', '.join(varying)})"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*shared, *arrays])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _is_one(told: Sequence[Any]) -> bool:
    """Whether a column holds the same in all rows. Of JSON only what is empty: 1 and true are equal here, and not there."""
    first = told[0]
    if len(told) > 1 and first and isinstance(first, dict | list):
        return False
    return told.count(first) == len(told)


def _cast(kind: str) -> str:
    """The type to write a value as: a text without its length, which a cast would cut off to, silently."""
    return "text" if kind.startswith("varchar") else kind


def _layout(columns: Mapping[str, str]) -> np.dtype[Any]:
    fields = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"size_{name}", ">i4"), (name, kind)]
    return np.dtype(fields)


def _native(column: Array) -> Array:
    return column.astype(column.dtype.newbyteorder("="))

"""Long statements that are asked again and again: the database plans them once for each connection (PREPARE).

To plan a union over thirty tables takes PostgreSQL longer than to carry it out. psycopg would prepare them by itself,
but forgets them with every rollback; PostgreSQL does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def rows(sql: str, *values: datetime) -> list[Sequence[Any]]:
    """What a statement of ours answers. Its text must be the same each time: what differs is in `values`, for $1, $2, …"""
    name = f"planned_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    with connection.cursor() as cursor:
        known = _planned.setdefault(connection.connection, set())
        if name not in known:
            cursor.execute(f"PREPARE {name} AS {sql}")
            known.add(name)
        places = f"({', '.join(['%s'] * len(values))})" if values else ""
        cursor.execute(f"EXECUTE {name}{places}", values)
        return cursor.fetchall()

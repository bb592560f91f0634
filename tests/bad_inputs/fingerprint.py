"""What the database holds, as one value: a refused request leaves it as it was."""

from __future__ import annotations

from functools import cache
from uuid import UUID

# Who was seen when, and counts of tries: they are written even when a request is refused, and should be.
SEEN = {"django_session", "usersessions_usersession", "people_token", "procrastinate_workers"}


def fingerprint() -> dict[str, tuple[int, int]]:
    """By table: how many rows, and a sum over their contents that does not depend on their order."""
    from dialtone.base import planned
    from dialtone.base.roles import AUDITOR, acting_as

    with acting_as(AUDITOR):
        return {name: (count, total) for name, count, total in planned.rows(_query())}


def mentions(customer_id: UUID, text: str) -> int:
    """How many rows of a customer mention a text anywhere."""
    from django.db import connection

    from dialtone.base.roles import AUDITOR, acting_as

    tables = _tables("customer_id")
    query = " + ".join(
        f'(SELECT count(*) FROM "{name}" t WHERE customer_id = %(id)s AND position(%(text)s in t::text) > 0)'
        for name in tables
    )
    with acting_as(AUDITOR), connection.cursor() as cursor:
        cursor.execute(f"SELECT {query}", {"id": customer_id, "text": text})
        return int(cursor.fetchone()[0])


@cache
def _tables(column: str = "") -> list[str]:
    """The tables that the auditor reads, or those of them with a column."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'"
            " WHERE c.relkind = 'r' AND has_table_privilege('dialtone_auditor', c.oid, 'SELECT')"
            " AND (%s = '' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = %s))",
            [column, column],
        )
        return sorted(name for (name,) in cursor.fetchall() if name not in SEEN)


@cache
def _query() -> str:
    names = _tables()
    return " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{name}\" t"
        for name in names
    )

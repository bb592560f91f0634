"""The two roles beside the tenant levels: the sealer, who orders what is committed, and the auditor, who only reads.

They see across tenants, so ORM managers (which ask for a scope) are not used under them: `_base_manager` or
plain SQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from dialtone.base import crashpoints

SEALER = "dialtone_sealer"
AUDITOR = "dialtone_auditor"


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """A transaction (or a part of one) in a role; the role taken before comes back afterwards."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            outer = (cursor.fetchone() or ("none",))[0]
            cursor.execute("SELECT set_config('role', %s, true)", [role])
        yield
        # After an error, going back to the savepoint restores the outer role by itself.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', %s, true)", [outer])
        if outermost:
            crashpoints.at_commit("before")
    if outermost:
        crashpoints.at_commit("after")


def is_first(lock: int) -> bool:
    """Whether this transaction got the lock that keeps a kind of work to one at a time; it lasts until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        row = cursor.fetchone()
    return bool(row and row[0])

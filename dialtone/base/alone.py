"""One after the other: who does the same thing in the same instant waits, and then sees what the first one made.

A row that is there is locked by `select_for_update`; this is for what has no row yet, where both would find nothing and the
database would refuse the second one with an error that names nothing.
"""

from __future__ import annotations

from django.db import connection


def until_commit(what: str, *of: object) -> None:
    """Wait for whoever said the same words before, and let nobody who says them go on until this transaction ends.

    Called before the row is looked for. The words of one customer's thing name its id or the customer's.
    """
    words = " ".join([what, *map(str, of)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])

"""Work to be done after commit: jobs in the same database, put there by the transaction that causes them.

A job carries ids, never content, and is only a hint: the truth is a `due_at` in a row, which the sweeper finds
if the job was lost (D4). Tasks themselves live in the door `jobs`; rooms name them by text, so nothing looks up.
Only the synchronous `defer` is used: the asynchronous one survives a rollback (measured: 0.17).
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app


def defer(task: str, *, once: str | None = None, queue: str = "default", **ids: Any) -> None:
    """Queue `task` ("orders.provision") with ids as arguments, in the current transaction.

    `once` names a piece of work that need not be queued twice while it waits.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("defer inside the transaction that causes the work")
    arguments = {name: str(value) if value is not None else None for name, value in ids.items()}
    if once is None:
        app.configure_task(task, queue=queue).defer(**arguments)
        return
    try:
        # A savepoint of its own, because the refusal of a second one breaks the transaction (stack notes, 3).
        with transaction.atomic():
            app.configure_task(task, queue=queue, queueing_lock=once).defer(**arguments)
    except exceptions.AlreadyEnqueued:
        pass


def wake(what: str) -> None:
    """Tell the sweeper, at commit, that there is something of this kind ("events", "due"); losing it only costs time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('dialtone_wake', %s)", [what])

"""Nothing is lost with a job: what is due stands in a row, and this loop finds it (D4).

Every second it gives events their positions, seals the audit trail, and carries out whatever is due by our own clock, so that a
jump of the sandbox clock is honoured at once. Jobs that a killed worker left behind are freed every thirty seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections, connection

from dialtone.base import audit, clock, events, tenancy
from dialtone.jobs import tasks

log = logging.getLogger("dialtone.sweeper")
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Due:
    """One kind of due work: the SQL that finds rows (columns named like the task's arguments, then `at`), and the task."""

    name: str
    sql: str
    run: Callable[..., None]


DUE = (
    Due(
        "carriers.send",
        "SELECT carrier AS code, reference, due_at AS at FROM carriers_command WHERE due_at IS NOT NULL",
        tasks.carriers_send,
    ),
    Due(
        "orders.due",
        "SELECT id AS order_id, customer_id, due_at AS at FROM orders_order WHERE due_at IS NOT NULL",
        tasks.orders_due,
    ),
    Due(
        "carts.expire",
        "SELECT id AS cart_id, customer_id, until AS at FROM orders_cart WHERE state = 'open' AND until IS NOT NULL",
        tasks.carts_expire,
    ),
    Due(
        "mail.send",
        "SELECT id AS letter_id, due_at AS at FROM base_letter WHERE sent_at IS NULL AND due_at IS NOT NULL",
        tasks.mail_send,
    ),
)


def run_due() -> int:
    """Carry out everything that is due now, in this process; answers how many pieces of work. One failure stops no other."""
    count = 0
    for kind in DUE:
        for row in _rows(kind, clock_bound=True):
            row.pop("at")
            try:
                kind.run(**{name: str(value) for name, value in row.items()})
                count += 1
            except Exception:
                log.exception("due work failed", extra={"task": kind.name})
    return count


def next_due() -> datetime | None:
    """The next instant at which something is due; None when nothing waits."""
    found = [row["at"] for kind in DUE for row in _rows(kind, clock_bound=False)]
    return min(found) if found else None


def _rows(kind: Due, *, clock_bound: bool) -> list[dict[str, Any]]:
    with tenancy.operator_scope(), connection.cursor() as cursor:
        if clock_bound:
            cursor.execute(
                f"SELECT * FROM ({kind.sql}) due WHERE at <= %s ORDER BY at LIMIT {MOST_AT_ONCE}",
                [clock.now()],
            )
        else:
            cursor.execute(f"SELECT * FROM ({kind.sql}) due ORDER BY at LIMIT 1")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def loop(stop: threading.Event, every: float = 1.0) -> None:
    """Sweep until told to stop."""
    rounds = 0
    while not stop.wait(every):
        try:
            events.place()
            audit.seal()
            run_due()
            if rounds % 30 == 0:
                free_stalled()
        except Exception:
            log.exception("the sweep failed; it goes on")
        finally:
            close_old_connections()
        rounds += 1


def free_stalled() -> None:
    """Put jobs back whose worker has died (measured: 0.18); the worker's heartbeat says so."""
    with tenancy.operator_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'dialtone_worker', true)")
        cursor.execute(
            """UPDATE procrastinate_jobs j SET status = 'todo', worker_id = NULL WHERE status = 'doing'
               AND NOT EXISTS (SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id
                               AND w.last_heartbeat > clock_timestamp() - interval '30 seconds')"""
        )
        cursor.execute("SELECT set_config('role', 'dialtone_operator', true)")

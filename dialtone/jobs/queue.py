"""The queue's own upkeep: how it is reached, jobs whose worker died, jobs that are finished."""

from __future__ import annotations

from typing import Any

from django.db import connection

from dialtone.base.roles import acting_as

WORKER = "dialtone_worker"


def connection_arguments() -> dict[str, Any]:
    """How the queue is reached: the application's login in the role `dialtone_worker`."""
    told = connection.settings_dict
    found = {
        "dbname": told["NAME"],
        "user": told["USER"],
        "password": told["PASSWORD"],
        "host": told["HOST"],
        "port": told["PORT"],
        "options": f"-c role={WORKER}",
        **{key: value for key, value in told["OPTIONS"].items() if key.startswith("ssl")},
    }
    return {name: value for name, value in found.items() if value}


_SILENT = """NOT EXISTS (SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id
              AND w.last_heartbeat > clock_timestamp() - make_interval(secs => %s))"""


def free_stalled(silent_for: int = 30) -> int:
    """Put back the jobs whose worker gave no sign of life for so many seconds; answers how many.

    Without this, a killed worker's job stays "doing" for ever (measured: 0.18). The effect may happen twice, so
    tasks bear it.
    """
    with acting_as(WORKER), connection.cursor() as cursor:
        # Those with a lock are due rows: the sweep queues them again, and two with one lock may not wait together.
        cursor.execute(
            "DELETE FROM procrastinate_jobs j"
            f" WHERE status = 'doing' AND queueing_lock IS NOT NULL AND {_SILENT}",
            [silent_for],
        )
        removed = cursor.rowcount
        cursor.execute(
            f"UPDATE procrastinate_jobs j SET status = 'todo', worker_id = NULL WHERE status = 'doing' AND {_SILENT}",
            [silent_for],
        )
        return removed + cursor.rowcount


def remove_finished(days: int = 7) -> int:
    """Forget jobs that ended badly more than so many days ago (the others go when they end); answers how many."""
    with acting_as(WORKER), connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM procrastinate_jobs j WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')
               AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id
                               AND e.at > clock_timestamp() - make_interval(days => %s))""",
            [days],
        )
        return cursor.rowcount

"""How the installation is: what waits, since when, who works. Read by `dialtone status` and by the monitoring's /metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from dialtone.base import clock, installation, tenancy
from dialtone.base.roles import AUDITOR, acting_as
from dialtone.jobs.due import DUE

ALIVE_WITHIN = 60  # seconds since a worker's last sign of life


@dataclass(frozen=True)
class Waiting:
    """How many wait, and for how many seconds the longest has."""

    count: int
    seconds: float


@dataclass(frozen=True)
class Health:
    """One look. Seconds are by the clock of what they measure: due work by ours, jobs and workers by the database's."""

    at: datetime
    due: dict[str, Waiting]
    jobs: dict[str, int]
    oldest_job_seconds: float
    workers: int
    unsealed: Waiting
    desk: Waiting
    desk_overdue: int
    letters_given_up: int
    audited_at: datetime | None
    violations: int

    @property
    def overdue(self) -> Waiting:
        """All due work together."""
        return Waiting(
            sum(each.count for each in self.due.values()),
            max((each.seconds for each in self.due.values()), default=0.0),
        )


def look() -> Health:
    """Read everything once, as the role that may only read. Raises django.db.OperationalError."""
    now = clock.now()
    with acting_as(AUDITOR):
        due = {
            kind.name: _waiting(f"SELECT count(*), min(at) FROM ({kind.sql}) due WHERE at <= %s", now, now)
            for kind in DUE
        }
        jobs = dict(_rows("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
        unsealed = _waiting(
            "SELECT count(*), min(at) FROM base_auditrecord r"
            " WHERE NOT EXISTS (SELECT FROM base_auditleaf l WHERE l.record_id = r.id)",
            now,
        )
        desk = _waiting("SELECT count(*), min(opened_at) FROM base_deskitem WHERE settled_at IS NULL", now)
        late = _rows("SELECT count(*) FROM base_deskitem WHERE settled_at IS NULL AND due_at < %s", now)
        lost = _rows(
            "SELECT count(*) FROM base_letter WHERE sent_at IS NULL AND due_at IS NULL AND attempts > 0"
        )
        oldest, alive = _queue()
    with tenancy.operator_scope():
        row = installation.known()
    return Health(
        at=now,
        due=due,
        jobs={status: jobs.get(status, 0) for status in ("todo", "doing", "failed")},
        oldest_job_seconds=oldest,
        workers=alive,
        unsealed=unsealed,
        desk=desk,
        desk_overdue=late[0][0],
        letters_given_up=lost[0][0],
        audited_at=row.audited_at if row else None,
        violations=len(row.violations) if row else 0,
    )


def _queue() -> tuple[float, int]:
    """Seconds that the oldest job waits, and how many workers live; by the database's own clock, as the queue does."""
    oldest = _rows(
        "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.at)), 0) FROM procrastinate_jobs j"
        " JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred' WHERE j.status = 'todo'"
    )
    alive = _rows(
        "SELECT count(*) FROM procrastinate_workers"
        " WHERE last_heartbeat > clock_timestamp() - make_interval(secs => %s)",
        ALIVE_WITHIN,
    )
    return float(oldest[0][0]), alive[0][0]


def _waiting(sql: str, now: datetime, *values: Any) -> Waiting:
    count, since = _rows(sql, *values)[0]
    return Waiting(count, max((now - since).total_seconds(), 0.0) if since else 0.0)


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()

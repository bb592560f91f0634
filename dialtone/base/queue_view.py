"""What the job queue holds, for the operator's page: waiting, running, failed. Jobs are hints; the truth is in due rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from dialtone.base import jobs
from dialtone.base.problems import Problem

WAITING, RUNNING, FAILED = "todo", "doing", "failed"


@dataclass(frozen=True)
class Counts:
    """How many jobs of one task wait, run and have failed."""

    task: str
    waiting: int
    running: int
    failed: int


def counts() -> list[Counts]:
    """By task, for those that have any. Needs the operator's scope."""
    found: dict[str, dict[str, int]] = {}
    rows = ProcrastinateJob.objects.filter(status__in=[WAITING, RUNNING, FAILED]).values_list(
        "task_name", "status"
    )
    for task, status, count in rows.annotate(count=Count("id")).order_by("task_name"):
        found.setdefault(task, {})[status] = count
    return [
        Counts(task, by.get(WAITING, 0), by.get(RUNNING, 0), by.get(FAILED, 0)) for task, by in found.items()
    ]


def of_status(status: str) -> QuerySet[ProcrastinateJob]:
    """Jobs of one status, newest first."""
    return ProcrastinateJob.objects.filter(status=status).order_by("-id")


def ended_at(job_ids: list[int]) -> Mapping[int, datetime]:
    """When each of these jobs failed last."""
    events = ProcrastinateEvent.objects.filter(job_id__in=job_ids, type="failed").order_by("at")
    return {job_id: at for job_id, at in events.values_list("job_id", "at") if job_id and at}


def run_again(job_id: int) -> str:
    """Queue a failed job's work anew; answers its task. All tasks bear being done twice. Raises Problem("not_found")."""
    found = ProcrastinateJob.objects.filter(id=job_id, status=FAILED).first()
    if found is None:
        raise Problem("not_found")
    jobs.defer(found.task_name, queue=found.queue_name, **found.args)
    return str(found.task_name)

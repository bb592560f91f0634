"""Long work with many items, begun by somebody and carried out by the worker, item by item.

| state     | means                                   | acts next |
|-----------|-----------------------------------------|-----------|
| waiting   | begun, not started                      | worker    |
| running   | items are being done                    | worker    |
| paused    | somebody stopped it for now             | customer  |
| done      | every item was tried                    | nobody    |
| failed    | the work as a whole could not be done   | nobody    |
| abandoned | somebody ended it; the rest is not done | nobody    |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.models import Batch, BatchItem
from dialtone.base.problems import CONFLICT, Problem, register
from dialtone.base.tenancy import Actor

WAITING, RUNNING, PAUSED, DONE, FAILED, ABANDONED = (
    "waiting", "running", "paused", "done", "failed", "abandoned",
)  # fmt: skip
OVER = (DONE, FAILED, ABANDONED)
TASK = "batches.run"

register(
    "batches.running",
    CONFLICT,
    _("Such a job is running already."),
    next_step=_("Wait until it has ended."),
    error_code=25991,
)
register(
    "batches.over",
    CONFLICT,
    _("This job is %(state)s, so this cannot be done now."),
    error_code=25992,
)


@dataclass(frozen=True)
class Item:
    """One thing to do; or one that cannot be done, and why (`problem`): it stands in the report with the others."""

    item: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


def begin(kind: str, items: Sequence[Item], asked: Mapping[str, Any] | None = None) -> Batch:
    """Store the work and have the worker begin. Raises Problem batches.running while another of the kind is not over."""
    actor, now = tenancy.actor(), clock.now()
    made = Batch(
        kind=kind,
        asked=dict(asked or {}),
        state=WAITING,
        begun_by=actor.id,
        begun_by_name=actor.name,
        begun_by_org=actor.org_id,
        origin=actor.origin,
        created_at=now,
        changed_at=now,
        due_at=now,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("batches.running") from error
    rows = [
        BatchItem(batch=made, position=at, item=each.item, facts=dict(each.facts))
        for at, each in enumerate(items)
    ]
    for row, each in zip(rows, items, strict=True):
        if each.problem:
            _refuse(row, each.problem)
    BatchItem.objects.bulk_create(rows, batch_size=500)
    record.change(made, "job_begun", name=kind, after={"items": len(items)}, event="job.created")
    jobs.defer(TASK, once=f"{TASK}:{made.id}", batch_id=made.id, customer_id=made.customer_id)
    return made


def hold(batch_id: UUID) -> Batch | None:
    """The batch, locked, if there is work to do and nobody else does it now."""
    found: Batch | None = (
        Batch.objects.select_for_update(skip_locked=True)
        .filter(id=batch_id, state__in=(WAITING, RUNNING))
        .first()
    )
    if found is not None and found.state == WAITING:
        found.state, found.started_at = RUNNING, clock.now()
        found.save(update_fields=["state", "started_at"])
    return found


def actor_of(batch: Batch) -> Actor:
    """Who asked for the work, for the audit trail of what it does."""
    return Actor(
        kind="person",
        id=batch.begun_by,
        name=batch.begun_by_name,
        org_id=batch.begun_by_org,
        origin=batch.origin,
    )


def next_item(batch: Batch) -> BatchItem | None:
    """The first item that still waits."""
    found: BatchItem | None = (
        BatchItem.objects.filter(batch=batch, state="waiting").order_by("position").first()
    )
    return found


def note(batch: Batch, item: BatchItem, problem: Problem | None) -> None:
    """What came of an item."""
    if problem:
        _refuse(item, problem)
    else:
        item.state = "done"
    item.save(update_fields=["state", "code", "message", "facts"])
    batch.changed_at = clock.now()
    batch.save(update_fields=["changed_at"])


def problem_of(item: BatchItem) -> Problem | None:
    """Why an item failed, to be worded for whoever reads it."""
    return Problem.from_json(item.facts["problem"]) if "problem" in item.facts else None


def finish(batch: Batch, *, fails_whole: bool = False) -> None:
    """Every item was tried. `fails_whole`: one that failed makes the whole fail."""
    have = counts([batch])[batch.id]
    _end(batch, FAILED if fails_whole and have.get("failed") else DONE)


def pause(batch_id: UUID) -> Batch:
    """Do no more for now. Raises Problem not_found, batches.over."""
    return _turn(batch_id, (WAITING, RUNNING), PAUSED, None)


def resume(batch_id: UUID) -> Batch:
    """Go on. Raises Problem not_found, batches.over."""
    found = _turn(batch_id, (PAUSED,), RUNNING, clock.now())
    jobs.defer(TASK, once=f"{TASK}:{found.id}", batch_id=found.id, customer_id=found.customer_id)
    return found


def abandon(batch_id: UUID) -> Batch:
    """End it; what was done stays done. Raises Problem not_found, batches.over."""
    found = _turn(batch_id, (WAITING, RUNNING, PAUSED), ABANDONED, None)
    found.ended_at = clock.now()
    found.save(update_fields=["ended_at"])
    return found


# What people may do with one that is under way, by its word on pages and in the API.
TURNS: Mapping[str, Callable[[UUID], Batch]] = {"pause": pause, "resume": resume, "abandon": abandon}


def batches(kind: str) -> QuerySet[Batch]:
    """Of a kind, newest first."""
    return of_kinds(kind)


def of_kinds(*kinds: str) -> QuerySet[Batch]:
    """Of several kinds, newest first."""
    found: QuerySet[Batch] = Batch.objects.filter(kind__in=kinds)
    return found.order_by("-created_at", "-id")


def failures(found: Batch) -> QuerySet[BatchItem]:
    """The items that failed, in their order."""
    items: QuerySet[BatchItem] = BatchItem.objects.filter(batch=found, state="failed")
    return items.order_by("position")


def counts(found: Sequence[Batch]) -> dict[UUID, dict[str, int]]:
    """How many items of each batch are in which state."""
    have: dict[UUID, dict[str, int]] = {each.id: {} for each in found}
    rows = BatchItem.objects.filter(batch__in=list(have)).values_list("batch_id", "state")
    for batch_id, state, count in rows.annotate(count=Count("id")).order_by():
        have[batch_id][state] = count
    return have


def _turn(batch_id: UUID, from_states: Sequence[str], to_state: str, due_at: Any) -> Batch:
    found: Batch | None = Batch.objects.select_for_update().filter(id=batch_id).first()
    if found is None:
        raise Problem("not_found")
    if found.state not in from_states:
        raise Problem("batches.over", values={"state": found.state})
    before, found.state, found.due_at = found.state, to_state, due_at
    found.changed_at = clock.now()
    found.version += 1
    found.save()
    record.change(
        found, f"job_{to_state}", name=found.kind, before={"state": before}, after={"state": to_state}
    )
    return found


def _refuse(item: BatchItem, problem: Problem) -> None:
    item.state, item.code, item.message = "failed", problem.code, problem.sentence()[:500]
    item.facts = {**item.facts, "problem": problem.as_json()}


def _end(found: Batch, state: str) -> None:
    now = clock.now()
    found.state, found.due_at, found.ended_at, found.changed_at = state, None, now, now
    found.version += 1
    found.save()
    record.change(
        found, f"job_{state}", name=found.kind, after=counts([found])[found.id], event="job.updated"
    )

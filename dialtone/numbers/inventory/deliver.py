"""The job of a delivery: read its file and work out the plan; after somebody's yes, add its numbers; or take them out again.

Reading takes no transaction: how far it has come is written down every second, and whoever throws the delivery away stops it.
A worker that dies leaves a row whose time comes (`due_at`), and another one begins again; adding is one transaction.
Opens scopes of its own.
"""

from __future__ import annotations

import gzip
import io
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import BinaryIO, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.tenancy import Actor
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory import load
from dialtone.numbers.inventory.models import Delivery, DeliveryFile
from dialtone.numbers.inventory.ranges import Delivered, Plan, Progress
from dialtone.numbers.inventory.receive import have_it_worked

LEASE = timedelta(seconds=60)  # silent for so long, a reader is taken for dead
TOLD_EVERY = 1.0  # seconds


class _Stopped(Exception):
    """Somebody threw the delivery away, or took the work over."""


def deliver(delivery_id: UUID, actor: Actor, *, told: Callable[[Progress], None] | None = None) -> None:
    """Do the delivery's next step, whatever it is; nothing when it waits for nobody or is gone."""
    with tenancy.operator_scope(actor):
        delivery = _locked(delivery_id)
        state = delivery.state if delivery else ""
    if state == states.RECEIVED:
        _read(delivery_id, actor, told)
    elif state == states.APPLYING:
        _add(delivery_id, actor)
    elif state == states.LEAVING:
        _take_out(delivery_id, actor)


def _read(delivery_id: UUID, actor: Actor, told: Callable[[Progress], None] | None) -> None:
    run = uuid4()
    with tenancy.operator_scope(actor):
        begun = _begin(delivery_id, run)
        if begun is None:
            return
        delivery, content, known = begun
    told_at = 0.0

    def progress(far: Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at < TOLD_EVERY:
            return
        told_at = time.monotonic()
        if told:
            told(far)
        with tenancy.operator_scope(actor):
            here = Delivery.objects.filter(id=delivery_id, run=run, state=states.RECEIVED)
            if not here.update(
                rows_read=far.rows, rows_total=far.total, rate=far.rate, due_at=clock.now() + LEASE
            ):
                raise _Stopped

    try:
        plan = load.work_out(
            lambda: cast(BinaryIO, gzip.GzipFile(fileobj=io.BytesIO(content))),
            known,
            name=delivery.name,
            content_hash=delivery.content_hash,
            progress=progress,
        )
    except _Stopped:
        return
    except Problem as refusal:
        with tenancy.operator_scope(actor):
            _refuse(delivery_id, run, refusal)
        return
    with tenancy.operator_scope(actor):
        _keep(delivery_id, run, plan)


def _begin(delivery_id: UUID, run: UUID) -> tuple[Delivery, bytes, Delivered] | None:
    delivery = _locked(delivery_id)
    if delivery is None or delivery.state != states.RECEIVED:
        return None
    delivery.run, delivery.due_at = run, clock.now() + LEASE
    delivery.save(update_fields=["run", "due_at"])
    content = DeliveryFile.objects.get(delivery=delivery).content
    return delivery, bytes(content or b""), load.delivered()


def _keep(delivery_id: UUID, run: UUID, plan: Plan) -> None:
    delivery = _locked(delivery_id)
    if delivery is None or delivery.run != run or delivery.state != states.RECEIVED:
        return
    load.keep_plan(delivery, plan)
    DeliveryFile.objects.filter(delivery=delivery).update(
        findings=load.findings_of(plan), spans=load.pack(plan)
    )
    facts = {"rows": plan.rows, "new": plan.new, "bad": plan.bad_rows, "doubts": len(plan.doubts)}
    _settle_step(delivery, states.PLANNED, "planned", facts)


def _refuse(delivery_id: UUID, run: UUID, refusal: Problem) -> None:
    delivery = _locked(delivery_id)
    if delivery is None or delivery.run != run or delivery.state != states.RECEIVED:
        return
    delivery.problem, delivery.problem_values = refusal.code, dict(refusal.values)
    delivery.settled_at = clock.now()
    DeliveryFile.objects.filter(delivery=delivery).delete()
    _settle_step(delivery, states.REFUSED, "refused", {"code": refusal.code})


def _add(delivery_id: UUID, actor: Actor) -> None:
    with tenancy.operator_scope(actor):
        delivery = _locked(delivery_id)
        if delivery is None or delivery.state != states.APPLYING:
            return
        file = DeliveryFile.objects.get(delivery=delivery)
        try:
            with transaction.atomic():
                changes = int(delivery.report["changes"])
                load.store(delivery, file, simulated=settings.SANDBOX, changes=changes)
        except Problem as refusal:
            # Something else was loaded meanwhile: work the plan out again, and ask again.
            delivery = _locked(delivery_id)
            assert delivery is not None
            delivery.problem, delivery.settled_by = refusal.code, ""
            _settle_step(delivery, states.RECEIVED, "outdated", {}, due=True)


def _take_out(delivery_id: UUID, actor: Actor) -> None:
    with tenancy.operator_scope(actor):
        delivery = _locked(delivery_id)
        if delivery is None or delivery.state != states.LEAVING:
            return
        load.take_out(DeliveryFile.objects.get(delivery=delivery))
        _settle_step(delivery, states.WITHDRAWN, "withdrawn", {"numbers": delivery.numbers})


def _settle_step(
    delivery: Delivery, state: str, event: str, facts: Mapping[str, object], *, due: bool = False
) -> None:
    before = delivery.state
    delivery.state = state
    delivery.run, delivery.due_at = None, clock.now() if due else None
    delivery.version += 1
    delivery.save()
    moves = [Moved(Delivery.SUBJECT, delivery.id, before, state, event)]
    record.change(delivery, f"delivery_{event}", name=delivery.name, facts=facts, moves=moves)
    if due:
        have_it_worked(delivery)


def _locked(delivery_id: UUID) -> Delivery | None:
    return Delivery.objects.select_for_update().filter(id=delivery_id).first()

"""The one way in which a change is written down: audit record, moves between states, and the event for others.

Every verb calls `change` in the transaction of the change itself (S6: no record, no change).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from dialtone.base import bulk, clock, jobs, tenancy
from dialtone.base.models import AuditRecord, Event, Move


class Subject(Protocol):
    """What a record is about: a stored thing with a kind, an id and, mostly, a tenant."""

    SUBJECT: str
    id: UUID


@dataclass(frozen=True)
class Moved:
    """A state change of one thing; `event` is what made it move, `reason` the code of the rule."""

    subject_kind: str
    subject_id: UUID
    from_state: str
    to_state: str
    event: str
    reason: str = ""


def change(
    subject: Any,
    action: str,
    *,
    name: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    moves: Iterable[Moved] = (),
    event: str | None = None,
    event_facts: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditRecord:
    """Write down one change of `subject`.

    `action` is past tense ("order_placed"). `before` and `after` are the facts that changed, plain values without secrets;
    both are hashed, and what differs is kept. `moves` are the state changes it made, here or in other things.
    `event` (for example "order.placed") is what webhooks hear; its facts default to ids and states only.
    """
    scope = tenancy.current()
    now = clock.now()
    partner_id = getattr(subject, "partner_id", scope.partner_id)
    customer_id = getattr(subject, "customer_id", scope.customer_id)
    actor = scope.actor
    record = AuditRecord(
        partner_id=partner_id,
        customer_id=customer_id,
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_org_id=actor.org_id,
        origin=actor.origin,
        action=action,
        subject_kind=subject.SUBJECT,
        subject_id=subject.id,
        subject_name=name[:200],
        reason=reason,
        facts={**_plain(facts or {}), **_differences(before, after)},
        before_hash=_hash(before),
        after_hash=_hash(after),
    )
    record.save(force_insert=True)
    moved = [
        Move(
            partner_id=partner_id,
            customer_id=customer_id,
            subject_kind=move.subject_kind,
            subject_id=move.subject_id,
            from_state=move.from_state,
            to_state=move.to_state,
            event=move.event,
            reason=move.reason or reason,
            at=now,
            record=record,
        )
        for move in moves
    ]
    if moved:
        bulk.insert(moved)
    if event:
        Event(
            partner_id=partner_id,
            customer_id=customer_id,
            kind=event,
            subject_kind=subject.SUBJECT,
            subject_id=subject.id,
            subject_version=getattr(subject, "version", 1),
            occurred_at=now,
            facts=_plain(event_facts or {}),
        ).save(force_insert=True)
        jobs.wake("events")
    return record


def _differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    if before is None and after is None:
        return {}
    old, new = _plain(before or {}), _plain(after or {})
    changed = {key: [old.get(key), new.get(key)] for key in {*old, *new} if old.get(key) != new.get(key)}
    return {"changed": dict(sorted(changed.items()))} if changed else {}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_as_text))
    return plain


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str)
    if isinstance(value, Decimal | UUID):
        return str(value)
    return str(value)


def _hash(values: Mapping[str, Any] | None) -> str:
    if values is None:
        return ""
    text = json.dumps(_plain(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

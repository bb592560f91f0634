"""What happened to a thing, oldest first: the audit records about it, and those whose change moved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dialtone.base.models import AuditRecord, Move

MOST = 200


@dataclass(frozen=True)
class Happened:
    """One change. `moved` is the thing's own state before and after, empty when it kept its state."""

    at: datetime
    who: str
    who_kind: str
    action: str
    reason: str
    facts: Mapping[str, Any]
    subject_id: UUID
    moved: tuple[str, str] | tuple[()] = ()


def of(*subject_ids: UUID, most: int = MOST) -> list[Happened]:
    """The newest `most` changes of these things, in the order in which they happened. What another thing's change
    did to them is there too: a delivered order moved its numbers."""
    wanted: Sequence[UUID] = list(subject_ids)
    moves = list(
        Move.objects.filter(subject_id__in=wanted).select_related("record").order_by("-at", "-id")[:most]
    )
    by_record: dict[UUID, list[Move]] = {}
    for move in reversed(moves):
        by_record.setdefault(move.record_id, []).append(move)
    records = {move.record_id: move.record for move in moves}
    about = AuditRecord.objects.filter(subject_id__in=wanted).order_by("-at", "-id")[:most]
    records |= {record.id: record for record in about}
    latest = sorted(records.values(), key=lambda record: (record.at, record.id))[-most:]
    return [_happened(record, by_record.get(record.id, [])) for record in latest]


def _happened(record: AuditRecord, moves: Sequence[Move]) -> Happened:
    """One record with its moves of the thing, oldest first: delivered and able to call at once is one change."""
    return Happened(
        at=record.at,
        who=record.actor_name,
        who_kind=record.actor_kind,
        action=record.action,
        reason=(moves[-1].reason if moves else "") or record.reason,
        facts=record.facts if isinstance(record.facts, dict) else {},
        subject_id=record.subject_id,
        moved=(moves[0].from_state, moves[-1].to_state) if moves else (),
    )

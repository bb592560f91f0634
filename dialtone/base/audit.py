"""The seal on the audit trail: records are chained after commit, in batches, by a role that can do nothing else.

A leaf hash covers a record's whole content and its place; a seal's Merkle root covers its leaves and the root
before it; every root is also appended to a file outside the database, so that cutting off the end is found, too
(S7). Chaining after commit and not inside each change keeps changes 17 times faster (measured: 0.15).
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from dialtone.base import clock
from dialtone.base.crashpoints import crashpoint
from dialtone.base.models import AuditLeaf, AuditRecord, AuditSeal
from dialtone.base.roles import SEALER, acting_as, is_first

LONGEST_LINE = 1000  # of the file of anchors, in bytes
BATCH = 5000
# No transaction is open for so long: a record whose id is older than this, seen from its seal, was put in afterwards.
LONGEST_TRANSACTION = 3600.0
LOCK = 7310
_CONTENT = (
    "id", "partner_id", "customer_id", "at", "actor_kind", "actor_id", "actor_name", "actor_org_id", "origin", "action",
    "subject_kind", "subject_id", "subject_name", "reason", "facts", "before_hash", "after_hash",
)  # fmt: skip


@dataclass(frozen=True)
class SealStatus:
    """How far the seal reaches: the newest seal, when it was set, how many records it and those before cover, and how
    many of the last hour wait for the next one."""

    number: int
    sealed_at: datetime | None
    covered: int
    waiting: int


@dataclass(frozen=True)
class Finding:
    """Something the verifier found: what, and at which record or seal."""

    kind: str
    where: str

    def __str__(self) -> str:
        return f"audit: {self.kind} at {self.where}"


def leaf_hash(record: AuditRecord, position: int) -> str:
    """SHA-256 over a record's whole content and its place in the chain."""
    content = {name: getattr(record, name) for name in _CONTENT}
    text = json.dumps(content, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{position}\n{text}".encode()).hexdigest()


def merkle_root(leaves: Sequence[str], previous: str) -> str:
    """The root over the leaves, bound to the root before. Leaves, nodes and roots hash differently (RFC 6962, 2.1).

    >>> merkle_root(["aa"], "") != merkle_root(["aa"], "bb")
    True
    """
    level = [bytes.fromhex(leaf) for leaf in leaves]
    while len(level) > 1:
        pairs = [level[index : index + 2] for index in range(0, len(level), 2)]
        level = [hashlib.sha256(b"\x01" + b"".join(pair)).digest() for pair in pairs]
    top = level[0] if level else b""
    return hashlib.sha256(b"\x00" + previous.encode() + top).hexdigest()


def seal(*, everything: bool = True) -> int:
    """Chain committed records that have no place yet; answers how many (at most 5000 at once). One sealer at a time.

    With `everything=False` only the records of the last hour are looked through, which is what the sweeper can
    afford every ten seconds; a full look finds what a long transaction left behind.
    """
    with acting_as(SEALER):
        if not is_first(LOCK):
            return 0
        waiting = AuditRecord._base_manager.extra(
            where=["NOT EXISTS (SELECT FROM base_auditleaf l WHERE l.record_id = base_auditrecord.id)"]
        )
        if not everything:
            waiting = waiting.filter(id__gte=_oldest_id(time.time() - LONGEST_TRANSACTION))
        records = list(waiting.order_by("id")[:BATCH])
        made = _chain(records) if records else None
        if to_anchor := _not_anchored(made):
            transaction.on_commit(partial(_anchor, to_anchor))
    return len(records)


def _not_anchored(made: AuditSeal | None) -> list[AuditSeal]:
    """The seal made now, if one was, and those before whose anchor a crash took away. Where nothing is anchored at all, somebody
    took the file away, and old roots are not vouched for anew."""
    last = _last_anchored()
    if not last:
        return [made] if made else []
    return list(AuditSeal.objects.filter(number__gt=last).order_by("number"))


def _chain(records: Sequence[AuditRecord]) -> AuditSeal:
    last = AuditSeal.objects.order_by("-number").first()
    first = (last.last_position if last else 0) + 1
    leaves = [
        AuditLeaf(position=place, record_id=record.id, leaf_hash=leaf_hash(record, place))
        for place, record in enumerate(records, start=first)
    ]
    AuditLeaf.objects.bulk_create(leaves, batch_size=1000)
    previous = last.root if last else ""
    return AuditSeal.objects.create(
        number=(last.number if last else 0) + 1,
        first_position=first,
        last_position=first + len(leaves) - 1,
        root=merkle_root([leaf.leaf_hash for leaf in leaves], previous),
        previous_root=previous,
        sealed_at=clock.now(),
    )


def seal_status() -> SealStatus:
    """For the operator's page; needs the operator's scope."""
    last = AuditSeal.objects.order_by("-number").first()
    recent = AuditRecord.objects.filter(id__gte=_oldest_id(time.time() - LONGEST_TRANSACTION))
    waiting = recent.filter(~Exists(AuditLeaf.objects.filter(record_id=OuterRef("pk")))).count()
    if last is None:
        return SealStatus(0, None, 0, waiting)
    return SealStatus(last.number, last.sealed_at, last.last_position, waiting)


def verify() -> list[Finding]:
    """Look for records that were edited, deleted, inserted, swapped or cut off (T16). Reads everything; needs
    no lock.
    """
    with acting_as(SEALER):
        found = list(_wrong_seals())
        roots = dict(AuditSeal.objects.values_list("number", "root"))
        found += [
            Finding("a seal was cut off or replaced", f"seal {line['number']}")
            for line in _anchors()
            if roots.get(line["number"]) != line["root"]
        ]
        found += list(_never_sealed())
    return found


def _wrong_seals() -> Iterator[Finding]:
    previous, position, newest = "", 0, 0.0
    for each in AuditSeal.objects.order_by("number").iterator(chunk_size=500):
        leaves = list(
            AuditLeaf.objects.filter(
                position__gte=each.first_position, position__lte=each.last_position
            ).order_by("position")
        )
        places = [leaf.position for leaf in leaves]
        if places != list(range(position + 1, each.last_position + 1)):
            yield Finding("a leaf is missing or was put in", f"seal {each.number}")
        root = merkle_root([leaf.leaf_hash for leaf in leaves], previous)
        if each.previous_root != previous or root != each.root:
            yield Finding("the chain is broken", f"seal {each.number}")
        records = AuditRecord._base_manager.in_bulk([leaf.record_id for leaf in leaves])
        for leaf in leaves:
            record = records.get(leaf.record_id)
            if record is None:
                yield Finding("a record was deleted", str(leaf.record_id))
            elif leaf_hash(record, leaf.position) != leaf.leaf_hash:
                yield Finding("a record was changed", str(leaf.record_id))
            elif _made_at(leaf.record_id) < newest - LONGEST_TRANSACTION:
                yield Finding("a record was put in afterwards", str(leaf.record_id))
        newest = max([newest, *(_made_at(leaf.record_id) for leaf in leaves)])
        previous, position = each.root, each.last_position


def _never_sealed() -> Iterator[Finding]:
    """Records without a place although much later ones have theirs."""
    newest = AuditLeaf.objects.order_by("-record_id").values_list("record_id", flat=True).first()
    if newest is None:
        return
    waiting = AuditRecord._base_manager.extra(
        where=["NOT EXISTS (SELECT FROM base_auditleaf l WHERE l.record_id = base_auditrecord.id)"]
    ).filter(id__lt=_oldest_id(_made_at(newest) - LONGEST_TRANSACTION))
    for id in waiting.values_list("id", flat=True)[:100]:
        yield Finding("a record was put in afterwards", str(id))


def _made_at(id: UUID) -> float:
    """The real second at which an id was made (UUIDv7). The sandbox clock jumps, ids do not."""
    return (id.int >> 80) / 1000


def _oldest_id(second: float) -> UUID:
    return UUID(int=max(int(second * 1000), 0) << 80)


def anchor_file() -> Path:
    """Where the roots are kept outside the database; copy it to another machine to make it worth something."""
    return Path(settings.DATA_DIR) / "anchors" / "audit.jsonl"


def _anchor(made: Sequence[AuditSeal]) -> None:
    crashpoint("audit.before_anchor")
    file = anchor_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [
        json.dumps({"number": each.number, "root": each.root, "at": each.sealed_at.isoformat()}) + "\n"
        for each in made
    ]
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write("".join(lines))
    crashpoint("audit.after_anchor")


def _last_anchored() -> int:
    """The number of the seal anchored last, 0 without any; the file is long after some years, so only its end is read."""
    file = anchor_file()
    if not file.exists():
        return 0
    with file.open("rb") as lines:
        lines.seek(max(0, file.stat().st_size - LONGEST_LINE))
        last = lines.read().strip().rpartition(b"\n")[2]
    return int(json.loads(last)["number"]) if last else 0


def _anchors() -> Iterator[dict[str, Any]]:
    file = anchor_file()
    if file.exists():
        with file.open() as lines:
            yield from (json.loads(line) for line in lines if line.strip())

"""Repeated requests: with the same Idempotency-Key the effect happens once and the answer is the same (D2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock
from dialtone.base.models import KeptAnswer
from dialtone.base.problems import Problem

LONGEST = 255
KEPT_FOR = timedelta(days=30)


def answered(
    *,
    person_id: UUID,
    key: str | None,
    operation: str,
    body: bytes,
    effect: Callable[[], tuple[int, dict[str, Any]]],
) -> tuple[int, dict[str, Any]]:
    """The answer of `effect`, run once per (person, key). The key's row is written first, in the effect's own
    transaction: a second request waits on it, and sees the first one's answer, or none if the first one was
    refused.

    Raises Problem idempotency.key_needed, key_shape, other_body, in_progress, and whatever `effect` raises.
    """
    if key is None:
        raise Problem("idempotency.key_needed", field="/Idempotency-Key")
    if not key.strip() or len(key) > LONGEST or not key.isprintable():
        raise Problem("idempotency.key_shape", field="/Idempotency-Key")
    digest = hashlib.sha256(operation.encode() + b"\n" + body).hexdigest()
    # A savepoint around both: a refused request leaves no key behind, so that it can be mended and sent again.
    with transaction.atomic():
        kept = _first(person_id, key, operation, digest)
        if kept is None:
            return _again(person_id, key, digest)
        status, answer = effect()
        kept.status = status
        kept.answer = json.loads(json.dumps(answer, default=str))
        kept.save(update_fields=["status", "answer"])
        return status, kept.answer


def _first(person_id: UUID, key: str, operation: str, digest: str) -> KeptAnswer | None:
    kept = KeptAnswer(
        key=key, person_id=person_id, operation=operation, body_hash=digest, kept_at=clock.now()
    )
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except IntegrityError:
        return None
    return kept


def _again(person_id: UUID, key: str, digest: str) -> tuple[int, dict[str, Any]]:
    kept = KeptAnswer.objects.filter(person_id=person_id, key=key).first()
    # Not to be seen from here: the key was used while acting for another organisation.
    if kept is None or kept.body_hash != digest:
        raise Problem("idempotency.other_body", field="/Idempotency-Key")
    if kept.status is None:
        raise Problem("idempotency.in_progress")
    return kept.status, kept.answer


def forget_old() -> int:
    """Drop answers older than thirty days, in the operator's scope; answers how many."""
    count, _each = KeptAnswer.objects.filter(kept_at__lt=clock.now() - KEPT_FOR).delete()
    return count

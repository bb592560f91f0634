"""Reading the audit trail of the scope: who did what to which thing, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from dialtone.base import tenancy
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem


def of_organisation(since: datetime, until: datetime) -> QuerySet[AuditRecord]:
    """Changes in the organisation that the scope is in, not in those below it; newest first."""
    scope = tenancy.current()
    found: QuerySet[AuditRecord] = AuditRecord.objects.filter(
        partner_id=scope.partner_id, customer_id=scope.customer_id, at__gte=since, at__lte=until
    )
    return found.order_by("-at", "-id")


def records(
    *, text: str = "", kinds: Sequence[str] = (), since: datetime | None = None, until: datetime | None = None
) -> QuerySet[AuditRecord]:
    """Records newest first, also of organisations below. `text` is part of the name of who acted or of what was
    touched, `kinds` are kinds of things; times are half open."""
    found: QuerySet[AuditRecord] = AuditRecord.objects.order_by("-at", "-id")
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    if kinds:
        found = found.filter(subject_kind__in=kinds)
    if text:
        found = found.filter(Q(actor_name__icontains=text) | Q(subject_name__icontains=text))
    return found


def one(record_id: UUID) -> AuditRecord:
    """One record of the scope. Raises Problem("not_found")."""
    found: AuditRecord | None = AuditRecord.objects.filter(id=record_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def changed(facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field to what it was and what it became; nothing where a record counts what changed under the same word (price lists, taxes)."""
    found = facts.get("changed")
    return found if isinstance(found, dict) else {}

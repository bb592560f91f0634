"""Reading the audit trail: what happened to the things of one organisation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from dialtone.base import tenancy
from dialtone.base.models import AuditRecord


def of_organisation(since: datetime, until: datetime) -> QuerySet[AuditRecord]:
    """Changes in the organisation that the scope is in, not in those below it; newest first."""
    scope = tenancy.current()
    found: QuerySet[AuditRecord] = AuditRecord.objects.filter(
        partner_id=scope.partner_id, customer_id=scope.customer_id, at__gte=since, at__lte=until
    )
    return found.order_by("-at", "-id")

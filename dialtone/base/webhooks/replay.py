"""Send again what was given up, or everything since an instant: the receiver knows repeated ids."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from dialtone.base import clock, jobs, record
from dialtone.base.models import Delivery
from dialtone.base.problems import Problem
from dialtone.base.webhooks import queries


def replay(webhook_id: UUID, *, since: datetime | None = None) -> int:
    """Queue what was given up (with `since`: also what arrived, from then on) again; answers how many.

    Raises Problem not_found, webhooks.off.
    """
    found = queries.webhook(webhook_id, lock=True)
    if found.state != "active":
        raise Problem("webhooks.off", values={"name": found.name})
    wanted = Q(given_up_at__isnull=False)
    if since is not None:
        wanted |= Q(delivered_at__isnull=False, event__occurred_at__gte=since)
    again = Delivery.objects.filter(wanted, webhook=found)
    ids = list(again.values_list("id", flat=True))
    Delivery.objects.filter(id__in=ids).update(
        due_at=clock.now(), attempts=0, delivered_at=None, given_up_at=None, last_error="", last_status=None
    )
    for id in ids:
        jobs.defer("webhooks.deliver", once=f"webhooks.deliver:{id}", delivery_id=id)
    record.change(found, "webhook_replayed", name=found.name, facts={"count": len(ids), "since": since})
    return len(ids)

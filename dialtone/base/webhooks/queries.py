"""Webhooks of the organisation in view, and what became of their deliveries."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import tenancy
from dialtone.base.models import Delivery, Webhook
from dialtone.base.problems import Problem


def own() -> QuerySet[Webhook]:
    """The organisation's own webhooks, not those of organisations below it."""
    scope = tenancy.current()
    return Webhook.objects.filter(partner_id=scope.partner_id, customer_id=scope.customer_id)


def webhooks() -> QuerySet[Webhook]:
    """The organisation's own, oldest first."""
    return own().order_by("created_at", "id")


def webhook(webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """One of the organisation's own. Raises Problem("not_found")."""
    found = (own().select_for_update() if lock else own()).filter(id=webhook_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def deliveries(webhook_id: UUID, *, failed: bool = False) -> QuerySet[Delivery]:
    """What was or is to be delivered, newest first; `failed`: only what was given up. Raises Problem("not_found")."""
    found = Delivery.objects.filter(webhook=webhook(webhook_id)).select_related("event").order_by("-id")
    return found.filter(given_up_at__isnull=False) if failed else found


def customer_of(webhook_id: UUID) -> UUID | None:
    """The customer that a webhook of the scope belongs to, None for one of a partner. Raises Problem("not_found")."""
    found = Webhook.objects.filter(id=webhook_id).first()
    if found is None:
        raise Problem("not_found")
    return found.customer_id

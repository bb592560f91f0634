"""What a webhook is sent: thin facts (ids, states, times), never a paper or personal data."""

from __future__ import annotations

import json
from typing import Any

from dialtone.base.ids import outside
from dialtone.base.models import Event, Webhook
from dialtone.base.period import iso


def body(webhook: Webhook, event: Event) -> bytes:
    """The JSON body, the same bytes on every attempt."""
    shape = _compatible(webhook, event) if webhook.compat else _standard(event)
    return json.dumps(shape, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _standard(event: Event) -> dict[str, Any]:
    """Standard Webhooks: type, timestamp, data."""
    return {"type": event.kind, "timestamp": iso(event.occurred_at), "data": _facts(event)}


def _compatible(webhook: Webhook, event: Event) -> dict[str, Any]:
    """The envelope of the compatible API (webex-api section 9), with the same facts inside."""
    return {
        "id": outside("WEBHOOK", webhook.id),
        "name": webhook.name,
        "targetUrl": webhook.url,
        "resource": _said(webhook, "resource", event.subject_kind),
        "event": _said(webhook, "event", event.kind.partition(".")[2]),
        "orgId": outside("ORGANIZATION", event.customer_id) if event.customer_id else None,
        "createdBy": outside("PEOPLE", webhook.created_by) if webhook.created_by else None,
        "status": "active",
        "created": iso(webhook.created_at),
        "data": {"type": event.kind, **_facts(event)},
    }


def _said(webhook: Webhook, name: str, really: str) -> str:
    """What the webhook asked for; of one that asked for all, what it really was."""
    asked = webhook.compat.get(name, "all")
    return really if asked == "all" else str(asked)


def _facts(event: Event) -> dict[str, Any]:
    org_id = event.customer_id or event.partner_id
    return {
        **event.facts,
        "id": outside(event.subject_kind.upper(), event.subject_id),
        "kind": event.subject_kind,
        "version": event.subject_version,
        "orgId": outside("ORGANIZATION", org_id) if org_id else None,
        "position": event.position,
    }

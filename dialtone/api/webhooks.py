"""Compatible calls: webhooks (docs/api.md, operations). Bodies are signed with X-Spark-Signature and by Standard Webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, looking_at, needs, router
from dialtone.api.wire import Answer, Compatible, Paging, into, iso, out, outside, paged
from dialtone.base import jsonreader, webhooks
from dialtone.base.models import Webhook
from dialtone.base.problems import Problem
from dialtone.base.text import one_of

routes = router("Webhooks")

# The compatible API's names of things, and the first part of our kinds of events.
GROUPS = {
    "people": "person",
    "locations": "location",
    "numbers": "number",
    "orders": "order",
    "licenses": "licence",
    "emergencyAddresses": "emergency_address",
    "cases": "case",
    "portOrders": "port",
    "invoices": "invoice",
}
# What of our events is a thing made, changed or gone.
EVENTS = {
    "created": ("created", "added", "placed", "opened", "entered", "assigned", "bought"),
    "deleted": ("deleted", "released", "cancelled", "unassigned", "closed"),
    "updated": (
        "updated", "changed", "activated", "deactivated", "assigned", "unassigned", "provisioned", "error", "pending",
        "emergency_address_changed", "answered",
    ),
}  # fmt: skip
STATUSES = ("active", "inactive")
OWNERS = ("creator", "org")


class WebhookAnswer(Answer):
    id: str
    name: str
    target_url: str
    resource: str
    event: str
    filter: str | None = None
    status: str
    created: str
    org_id: str | None = None
    created_by: str | None = None


class WebhookList(Answer):
    items: list[WebhookAnswer]


class WebhookBody(Compatible):
    """`resource` is one of people, locations, numbers, orders, licenses, emergencyAddresses, cases, portOrders, invoices, or
    all; `event` is created, updated, deleted or all."""

    name: str | None = None
    target_url: str | None = None
    resource: str | None = None
    event: str | None = None
    filter: str | None = None
    secret: str | None = None
    owned_by: str | None = Field(None, description="creator or org: every webhook is the organisation's")


def kinds_of(resource: str, event: str) -> list[str]:
    """Our kinds of events that a resource and an event of the compatible API stand for."""
    if event != "all" and event not in EVENTS:
        values = {"value": event[:40], "choices": ", ".join((*EVENTS, "all"))}
        raise Problem("field.not_allowed", field="/event", values=values)
    if resource not in GROUPS and resource != "all":
        values = {"value": resource[:40], "choices": ", ".join((*GROUPS, "all"))}
        raise Problem("field.not_allowed", field="/resource", values=values)
    if resource == "all" and event == "all":
        return ["*"]
    groups = list(GROUPS.values()) if resource == "all" else [GROUPS[resource]]
    words = ("*",) if event == "all" else EVENTS[event]
    return [f"{group}.{word}" for group in groups for word in words]


def worded(found: Webhook) -> WebhookAnswer:
    org_id = found.customer_id or found.partner_id
    return WebhookAnswer(
        id=outside("WEBHOOK", found.id),
        name=found.name,
        target_url=found.url,
        resource=found.compat.get("resource", "all"),
        event=found.compat.get("event", "all"),
        filter=found.compat.get("filter"),
        status="active" if found.state == "active" else "inactive",
        created=iso(found.created_at) or "",
        org_id=out("ORGANIZATION", org_id),
        created_by=out("PEOPLE", found.created_by),
    )


@routes.get("/webhooks", response=WebhookList, operation_id="listWebhooks", summary="Webhooks")
@needs("edits_webhooks", compatible=True)
def list_webhooks(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    owned_by: str = Query("", alias="ownedBy", description="creator: those that the caller made; org: all"),
) -> Any:
    found = webhooks.webhooks()
    if owned_by and one_of(owned_by, OWNERS, "/ownedBy") == "creator":
        found = found.filter(created_by=caller_of(request).person_id)
    return WebhookList(items=paged(request, response, found, worded, paging))


@routes.post("/webhooks", response=WebhookAnswer, operation_id="createWebhook", summary="Be told of events")
@needs("edits_webhooks", compatible=True)
def create_webhook(request: HttpRequest, wanted: WebhookBody) -> Any:
    for field, told in (("resource", wanted.resource), ("event", wanted.event)):
        if not told:
            raise Problem("field.required", field=f"/{field}", values={"field": field})
    if wanted.owned_by:
        one_of(wanted.owned_by, OWNERS, "/ownedBy")
    compat = {"resource": wanted.resource, "event": wanted.event}
    if wanted.filter:
        compat["filter"] = wanted.filter[:500]
    with _named_as_told():
        made, _secret = webhooks.create(
            wanted.name,
            wanted.target_url,
            kinds_of(wanted.resource or "", wanted.event or ""),
            compat=compat,
            compat_secret=wanted.secret,
        )
    return worded(made)


@routes.get(
    "/webhooks/{webhook_id}", response=WebhookAnswer, operation_id="getWebhook", summary="One webhook"
)
@needs("edits_webhooks", compatible=True)
def get_webhook(request: HttpRequest, webhook_id: str) -> Any:
    id, customer_id = _named(webhook_id)
    with looking_at(request, customer_id):
        return worded(webhooks.webhook(id))


@routes.put(
    "/webhooks/{webhook_id}",
    response=WebhookAnswer,
    operation_id="changeWebhook",
    summary="Change name, address, secret or status",
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            name: {"type": "string"} for name in ("name", "targetUrl", "secret", "status")
                        },
                    }
                }
            }
        }
    },
)
@needs("edits_webhooks", compatible=True)
def change_webhook(request: HttpRequest, webhook_id: str) -> Any:
    """One client labels a form with snake_case names as JSON (docs/api.md, clients): that is understood, too."""
    told = _told(request)
    status = told.get("status")
    if status is not None and status not in STATUSES:
        values = {"value": str(status)[:40], "choices": ", ".join(STATUSES)}
        raise Problem("field.not_allowed", field="/status", values=values)
    id, customer_id = _named(webhook_id)
    with looking_at(request, customer_id), _named_as_told():
        changed = webhooks.update(
            id,
            name=told.get("name"),
            url=told.get("targetUrl", told.get("target_url")),
            active=None if status is None else status == "active",
            compat_secret=told.get("secret"),
        )
        return worded(changed)


@contextmanager
def _named_as_told() -> Iterator[None]:
    """What is wrong with the address is said of the field as it is called here."""
    try:
        yield
    except Problem as refused:
        if refused.field == "/url":
            refused.field = "/targetUrl"
        raise


def _told(request: HttpRequest) -> dict[str, Any]:
    if request.body.lstrip()[:1] == b"{":
        return jsonreader.read(request.body, request.headers.get("Content-Type", ""))
    try:
        return QueryDict(request.body).dict()
    except UnicodeDecodeError as error:
        raise Problem("request.unreadable") from error


@routes.delete(
    "/webhooks/{webhook_id}", response={204: None}, operation_id="deleteWebhook", summary="Be told no more"
)
@needs("edits_webhooks", compatible=True)
def delete_webhook(request: HttpRequest, webhook_id: str) -> Any:
    id, customer_id = _named(webhook_id)
    with looking_at(request, customer_id):
        webhooks.delete(id)


def _named(text: str) -> tuple[UUID, UUID | None]:
    """The id, and the customer whose webhook it is. Raises Problem not_found."""
    id = into("WEBHOOK", text)
    return id, webhooks.customer_of(id)

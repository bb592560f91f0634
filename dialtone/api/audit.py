"""Compatible calls: who changed what and when (docs/api.md, operations)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.roles import NAMES
from dialtone.api.wire import Answer, Compatible, into, iso, out, outside, page
from dialtone.base import period, trail
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.people import queries as people
from dialtone.people.models import Person

routes = router("Audit")

LONGEST = timedelta(days=366)
# Kinds of things, by the category under which clients look for them.
CATEGORIES = {
    "USERS": ("person", "token"),
    "LOCATIONS": ("location", "location_draft", "contract"),
    "NUMBERS": ("number", "line", "block"),
    "EMERGENCY": ("emergency_address", "coverage"),
    "LICENSES": ("licence", "licence_use", "subscription", "terms_acceptance"),
    "ORDERS": ("order", "order_line", "cart"),
    "CASES": ("case", "document"),
    "ORGANIZATIONS": ("organisation",),
    "INTEGRATIONS": ("webhook",),
}
OTHERS = "OTHERS"
_BY_KIND = {kind: category for category, kinds in CATEGORIES.items() for kind in kinds}


class AuditData(Answer):
    event_category: str
    event_description: str
    action_text: str
    actor_name: str
    actor_email: str | None = None
    actor_org_name: str | None = None
    actor_ip: str | None = None
    admin_roles: list[str] = []
    target_type: str
    target_id: str
    target_name: str | None = None
    target_org_id: str | None = None
    target_org_name: str | None = None
    tracking_id: str | None = None
    changes: dict[str, Any] = {}


class AuditEvent(Answer):
    id: str
    created: str
    actor_id: str | None = None
    actor_org_id: str | None = None
    data: AuditData


class AuditEvents(Answer):
    items: list[AuditEvent]


class Categories(Answer):
    event_categories: list[str]


class AuditFilters(Compatible):
    since: str = Field(alias="from")
    to: str
    actor_id: str = ""
    event_categories: str = Field("", description="Categories with commas between")
    max: int | None = None
    offset: int | None = None
    start: int | None = None


@routes.get(
    "/adminAudit/events",
    response=AuditEvents,
    operation_id="listAuditEvents",
    summary="Changes, newest first",
)
@needs("sees_audit", compatible=True)
def list_events(request: HttpRequest, response: HttpResponse, asked: Query[AuditFilters]) -> Any:
    since, until = period.parse_instant(asked.since, "/from"), period.parse_instant(asked.to, "/to")
    period.check_order(since, until, field="/to", most=LONGEST)
    found = trail.of_organisation(since, until)
    if asked.actor_id:
        found = found.filter(actor_id=into("PEOPLE", asked.actor_id, "/actorId"))
    if asked.event_categories:
        found = found.filter(subject_kind__in=_kinds(asked.event_categories))
    start = asked.offset if asked.start is None else asked.start
    rows: list[AuditRecord] = page(request, response, found, lambda row: row, max=asked.max, start=start)
    persons = people.persons([row.actor_id for row in rows if row.actor_id])
    view = caller_of(request).view_name
    return AuditEvents(
        items=[_worded(row, persons.get(row.actor_id) if row.actor_id else None, view) for row in rows]
    )


def _kinds(text: str) -> list[str]:
    kinds: list[str] = []
    for name in text.split(","):
        if name.strip().upper() not in CATEGORIES:
            values = {"value": name[:40], "choices": ", ".join(CATEGORIES)}
            raise Problem("field.not_allowed", field="/eventCategories", values=values)
        kinds += CATEGORIES[name.strip().upper()]
    return kinds


def _worded(row: AuditRecord, actor: Person | None, org_name: str) -> AuditEvent:
    description = row.action.replace("_", " ").capitalize()
    org_id = row.customer_id or row.partner_id
    return AuditEvent(
        id=str(row.id),
        created=iso(row.at) or "",
        actor_id=out("PEOPLE", row.actor_id),
        actor_org_id=out("ORGANIZATION", row.actor_org_id),
        data=AuditData(
            event_category=_BY_KIND.get(row.subject_kind, OTHERS),
            event_description=description,
            action_text=f"{row.actor_name or row.actor_kind}: {description} {row.subject_name}".strip(),
            actor_name=row.actor_name,
            actor_email=actor.email if actor else None,
            actor_ip=row.facts.get("ip"),
            admin_roles=[NAMES[actor.role]] if actor and actor.role in NAMES else [],
            target_type=row.subject_kind.upper(),
            target_id=outside(_ID_KINDS.get(row.subject_kind, row.subject_kind.upper()), row.subject_id),
            target_name=row.subject_name or None,
            target_org_id=out("ORGANIZATION", org_id),
            target_org_name=org_name,
            tracking_id=row.origin or None,
            changes=trail.changed(row.facts),
        ),
    )


_ID_KINDS = {"person": "PEOPLE", "organisation": "ORGANIZATION", "licence": "LICENSE"}


@routes.get(
    "/adminAudit/eventCategories",
    response=Categories,
    operation_id="listAuditCategories",
    summary="What changes can be looked for by",
)
@needs("sees_audit", compatible=True)
def list_categories(request: HttpRequest) -> Any:
    return Categories(event_categories=sorted(CATEGORIES))

"""Compatible call: where a call from somebody would go, and whether anything forbids it (docs/api.md, settings)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import member_named
from dialtone.api.owners import TYPES
from dialtone.api.wire import Answer, Compatible, outside
from dialtone.base.problems import Problem
from dialtone.calls.route import Route, route_from
from dialtone.calls.rules import CallType
from dialtone.locations import queries as locations
from dialtone.numbers.models import Line
from dialtone.people import queries as people

routes = router()

AGENTS = ("person", "workspace", "virtual_line")
PEOPLE = ("USER", "PEOPLE")
# Whose word forbids a call to the public network, as clients name it.
BY_PLAN, AGAINST_FRAUD = "CISCO_CALLING_PLAN", "FRAUD_CONTAINMENT"
REASONS = {"account": BY_PLAN, "connection": BY_PLAN, "destination": AGAINST_FRAUD, "limits": AGAINST_FRAUD}
LEVELS = {"person": "PEOPLE", "workspace": "PLACE", "virtual_line": "VIRTUAL_LINE"}


class RoutingAsked(Compatible):
    """A call that somebody might place."""

    originator_id: str = Field(max_length=400)
    originator_type: str = Field(max_length=20, description="USER or PEOPLE; there are no trunks here")
    originator_number: str | None = Field(None, max_length=400)
    destination: str = Field(max_length=400, description="Anything that a phone can dial")
    include_applied_services: bool | None = None


class Reached(Answer):
    """Who is reached inside the organisation."""

    id: str
    type: str
    location_id: str
    location_name: str
    phone_number: str | None = None
    extension: str | None = None


class HostedAgent(Reached):
    first_name: str
    last_name: str


class HostedFeature(Reached):
    name: str


class Outside(Answer):
    """A call that leaves for the public network. Trunks and route groups stay away: there are none."""


class EmergencyCall(Outside):
    is_red_sky: bool = Field(description="Always false: no other service stands between")


class PermissionByType(Answer):
    configuration_level: str
    call_type: str
    permission: str
    reason: str | None = Field(
        None, description="CISCO_CALLING_PLAN or FRAUD_CONTAINMENT, if they forbid the call"
    )


class AppliedService(Answer):
    outgoing_calling_plan_permissions_by_type: PermissionByType


class Routing(Answer):
    destination_type: str = Field(
        description="HOSTED_AGENT, HOSTED_FEATURE, PSTN_NUMBER, EMERGENCY, UNKNOWN_EXTENSION or UNKNOWN_NUMBER"
    )
    routing_address: str
    is_rejected: bool
    outside_access_code: str | None = None
    hosted_agent: HostedAgent | None = None
    hosted_feature: HostedFeature | None = None
    pstn_number: Outside | None = None
    emergency: EmergencyCall | None = None
    unknown_extension: Outside | None = None
    unknown_number: Outside | None = None
    applied_services: list[AppliedService] | None = None


@routes.post(
    "/telephony/config/actions/testCallRouting/invoke",
    response=Routing,
    operation_id="testCallRouting",
    summary="Where a call would go",
)
@needs("asks_about_calls", compatible=True)
def test_call_routing(request: HttpRequest, wanted: RoutingAsked) -> Any:
    """The caller is a person, a workspace or a virtual line. Emergency calls are never rejected."""
    if wanted.originator_type not in PEOPLE:
        values = {"value": wanted.originator_type[:40], "choices": ", ".join(PEOPLE)}
        raise Problem("field.not_allowed", field="/originatorType", values=values)
    if not wanted.destination.strip():
        raise Problem("field.required", field="/destination")
    who = member_named(request, wanted.originator_id, "/originatorId")
    found = route_from(who.id, who.name, wanted.destination)
    answer = (
        _unknown(found, wanted.destination) if found.line is None else _inside(request, found, found.line)
    )
    if wanted.include_applied_services and (applied := _applied(found, who.kind)):
        answer.applied_services = [applied]
    return answer


def _inside(request: HttpRequest, found: Route, line: Line) -> Routing:
    site = locations.location(line.location_id)
    shared: dict[str, Any] = {
        "id": outside(TYPES[line.owner_kind], line.owner_id),
        "type": TYPES[line.owner_kind],
        "location_id": outside("LOCATION", site.id),
        "location_name": site.name,
        "phone_number": line.number.e164 if line.number else None,
        "extension": line.extension or None,
    }
    routing = Routing(
        destination_type="HOSTED_AGENT" if line.owner_kind in AGENTS else "HOSTED_FEATURE",
        routing_address=line.extension or (line.number.e164 if line.number else ""),
        is_rejected=not found.decision.allowed,
    )
    if line.owner_kind not in AGENTS:
        routing.hosted_feature = HostedFeature(**shared, name=line.owner_name)
        return routing
    person = people.persons([line.owner_id]).get(line.owner_id) if line.owner_kind == "person" else None
    first, _, last = line.owner_name.partition(" ")
    routing.hosted_agent = HostedAgent(
        **shared,
        first_name=person.first_name if person else first,
        last_name=person.last_name if person else last,
    )
    return routing


def _unknown(found: Route, dialled: str) -> Routing:
    """Anything but a line of the customer: an emergency call, a number or code outside, or nothing that anybody has."""
    decision, place = found.decision, found.facts.place
    rejected = not decision.allowed
    if decision.call_type == CallType.EMERGENCY:
        return Routing(destination_type="EMERGENCY", routing_address=decision.number, is_rejected=False,
                       emergency=EmergencyCall(is_red_sky=False))  # fmt: skip
    if decision.rule == "code" or (decision.number and decision.code != "calls.internal"):
        digit = place.outside_line_digit if place else ""
        return Routing(
            destination_type="PSTN_NUMBER", routing_address=decision.number or dialled, is_rejected=rejected,
            outside_access_code=digit if digit and dialled.strip().startswith(digit) else None,
            pstn_number=Outside(),
        )  # fmt: skip
    if decision.code == "calls.no_such_extension":
        return Routing(destination_type="UNKNOWN_EXTENSION", routing_address=dialled, is_rejected=True,
                       unknown_extension=Outside())  # fmt: skip
    return Routing(destination_type="UNKNOWN_NUMBER", routing_address=dialled, is_rejected=True,
                   unknown_number=Outside())  # fmt: skip


def _applied(found: Route, kind: str) -> AppliedService | None:
    """What the permissions say of this type of call; the plan's or fraud's no stands above what an administrator allows."""
    decision, caller = found.decision, found.facts.caller
    if not decision.call_type or decision.call_type == CallType.EMERGENCY:
        return None
    reason = None if decision.allowed else REASONS.get(decision.rule)
    permission = caller.permissions.get(decision.call_type, "ALLOW") if caller else "ALLOW"
    level = caller.permissions_from if caller else ""
    return AppliedService(
        outgoing_calling_plan_permissions_by_type=PermissionByType(
            configuration_level=LEVELS.get(level, "LOCATION"),
            call_type=decision.call_type,
            permission="BLOCK" if reason else permission,
            reason=reason,
        )
    )

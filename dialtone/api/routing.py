"""Compatible calls: where a call would go, and whether it may (docs/api.md, phone menus and other features)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api import owners
from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import owner_named
from dialtone.api.wire import Answer, Compatible, outside
from dialtone.base import clock
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.calls import ask
from dialtone.calls.emergency import emergency_code
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line

routes = router("Call routing")

AGENTS = ("person", "workspace", "virtual_line")
FRAUD_CODES = ("calls.too_many_at_once", "calls.minutes_used", "calls.risky_burst")


class Reached(Answer):
    location_name: str
    location_id: str
    phone_number: str | None = None
    extension: str | None = None
    id: str
    type: str


class HostedAgent(Reached):
    first_name: str
    last_name: str


class HostedFeature(Reached):
    name: str


class PstnNumber(Answer):
    pass


class Emergency(Answer):
    is_red_sky: bool = False


class ByType(Answer):
    configuration_level: str | None = None
    call_type: str | None = None
    permission: str
    reason: str | None = None


class AppliedService(Answer):
    outgoing_calling_plan_permissions_by_type: ByType


class Routed(Answer):
    destination_type: str
    routing_address: str
    is_rejected: bool
    outside_access_code: str | None = None
    hosted_agent: HostedAgent | None = None
    hosted_feature: HostedFeature | None = None
    pstn_number: PstnNumber | None = None
    emergency: Emergency | None = None
    unknown_extension: PstnNumber | None = None
    unknown_number: PstnNumber | None = None
    applied_services: list[AppliedService] | None = None


class RoutingBody(Compatible):
    originator_id: str
    originator_type: str = Field(description="USER or PEOPLE")
    originator_number: str | None = None
    destination: str = Field(max_length=400)
    include_applied_services: bool = False


@routes.post(
    "/telephony/config/actions/testCallRouting/invoke",
    response=Routed,
    operation_id="testCallRouting",
    summary="Where a call would go, and whether it may be placed",
)
@needs("sees_numbers", compatible=True)
def test_call_routing(request: HttpRequest, wanted: RoutingBody) -> Any:
    customer_of(request)
    if wanted.originator_type.upper() not in ("USER", "PEOPLE"):
        values = {"value": wanted.originator_type[:40], "choices": "USER, PEOPLE"}
        raise Problem("field.not_allowed", field="/originatorType", values=values)
    named = owner_named(request, "people", wanted.originator_id)
    if named.location_id is None:
        raise Problem("services.line_needed", field="/originatorId")
    location = locations.location(named.location_id)
    today = clock.today(location.time_zone)
    dialled = wanted.destination
    code = emergency_code(dialled, ask.emergency_codes(location.country, today), location.outside_dial_digit)
    if code:
        return Routed(
            destination_type="EMERGENCY", routing_address=code, is_rejected=False, emergency=Emergency()
        )
    line = _line_reached(dialled, location)
    if line is not None:
        return _hosted(line)
    own = numbers.lines_of_owner([named.id]).get(named.id)
    main = numbers.main_number(location.id)
    caller = own.number.e164 if own and own.number else main.e164 if main else ""
    return _outside(caller, dialled, location, wanted.include_applied_services, today)


def _line_reached(dialled: str, location: Location) -> Line | None:
    """Somebody of the own organisation: by extension in the own location first, then in any, or by number."""
    digits = dialled.strip()
    if digits.isascii() and digits.isdigit() and len(digits) <= 10:
        found = numbers.line_by_extension(digits, location.id)
        if found is not None:
            return found
    try:
        number = numbers.number_by_e164(
            PhoneNumber.parse_form(dialled, location.country, "/destination").e164
        )
    except Problem:
        return None
    return numbers.lines_of([number]).get(number.id)


def _hosted(line: Line) -> Routed:
    persons = owners.persons_of([line])
    person = persons.get(line.owner_id)
    facts: dict[str, Any] = {
        "location_name": locations.name_of(line.location_id),
        "location_id": outside("LOCATION", line.location_id),
        "phone_number": line.number.e164 if line.number else None,
        "extension": line.extension or None,
        "id": outside(owners.TYPES[line.owner_kind], line.owner_id),
        "type": owners.TYPES[line.owner_kind],
    }
    address = line.extension or (line.number.e164 if line.number else "")
    if line.owner_kind in AGENTS:
        agent = HostedAgent(
            **facts,
            first_name=(person.first_name or person.display_name) if person else line.owner_name,
            last_name=(person.last_name or ".") if person else ".",
        )
        return Routed(
            destination_type="HOSTED_AGENT", routing_address=address, is_rejected=False, hosted_agent=agent
        )
    feature = HostedFeature(**facts, name=line.owner_name)
    return Routed(
        destination_type="HOSTED_FEATURE", routing_address=address, is_rejected=False, hosted_feature=feature
    )


def _outside(caller: str, dialled: str, location: Location, with_services: bool, today: date) -> Routed:
    decision = ask.may_call(caller, dialled)
    digit = location.outside_dial_digit
    if decision.code == "calls.no_such_extension":
        return Routed(
            destination_type="UNKNOWN_EXTENSION",
            routing_address=dialled,
            is_rejected=True,
            unknown_extension=PstnNumber(),
        )
    if decision.rule in ("known", "readable") and not decision.allowed:
        return Routed(
            destination_type="UNKNOWN_NUMBER",
            routing_address=dialled,
            is_rejected=True,
            unknown_number=PstnNumber(),
        )
    services = None
    if with_services:
        level = {"location": "LOCATION", "person": "PEOPLE"}
        by_plan = None
        if not decision.allowed and decision.code != "calls.permission":
            by_plan = "FRAUD_CONTAINMENT" if decision.code in FRAUD_CODES else "CISCO_CALLING_PLAN"
        services = [
            AppliedService(
                outgoing_calling_plan_permissions_by_type=ByType(
                    configuration_level=level.get(str(decision.values.get("level")), "LOCATION"),
                    call_type=decision.call_type or None,
                    permission="ALLOW" if decision.allowed else "BLOCK",
                    reason=by_plan,
                )
            )
        ]
    return Routed(
        destination_type="PSTN_NUMBER",
        routing_address=decision.number or dialled,
        is_rejected=not decision.allowed,
        outside_access_code=digit if digit and dialled.startswith(digit) else None,
        pstn_number=PstnNumber(),
        applied_services=services,
    )

"""Compatible calls: settings of people, workspaces and virtual lines (docs/api.md, settings)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import looking_at, needs, router
from dialtone.api.named import owner_named
from dialtone.api.wire import Answer, Compatible, into
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import alternate
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans
from dialtone.services.add_person import owner_of
from dialtone.services.places import place_of

routes = router("Settings")

OWNERS = ("people", "workspaces", "virtualLines")


class OwnNumber(Answer):
    primary: bool
    direct_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None


class OwnNumbers(Answer):
    distinctive_ring_enabled: bool = False
    phone_numbers: list[OwnNumber]


class NumberChange(Compatible):
    primary: bool = False
    action: str = Field(description="ADD or DELETE")
    external: str | None = None
    extension: str | None = None


class NumberChanges(Compatible):
    phone_numbers: list[NumberChange] = Field(max_length=20)


class Switch(Answer):
    enabled: bool


class SwitchBody(Compatible):
    enabled: bool


@routes.get(
    "/people/{person_id}/features/numbers",
    response=OwnNumbers,
    operation_id="listPersonNumbers",
    summary="The numbers and extensions of a person",
)
@needs("sees_numbers", compatible=True)
def person_numbers(request: HttpRequest, person_id: str) -> Any:
    found = people.person(into("PEOPLE", person_id))
    with looking_at(request, found.customer_id):
        lines = numbers.all_lines_of([found.id]).get(found.id, [])
        return OwnNumbers(phone_numbers=[_worded(line) for line in lines])


def _worded(line: Line) -> OwnNumber:
    prefix = locations.location(line.location_id).calling.get("routing_prefix")
    return OwnNumber(
        primary=line.is_primary,
        direct_number=line.number.e164 if line.number else None,
        extension=line.extension or None,
        routing_prefix=prefix,
        esn=f"{prefix}{line.extension}" if prefix and line.extension else None,
    )


@routes.put(
    "/telephony/config/people/{person_id}/numbers",
    response={204: None},
    operation_id="changePersonNumbers",
    summary="Add alternate numbers to a person, and take them away: all, or nothing",
)
@needs("assigns_numbers", compatible=True)
def change_person_numbers(request: HttpRequest, person_id: str, wanted: NumberChanges) -> Any:
    named = owner_named(request, "people", person_id)
    if named.location_id is None:
        raise Problem("services.line_needed", field="/phoneNumbers")
    owner = owner_of(people.person(named.id))
    place = place_of(locations.location(named.location_id))
    for index, each in enumerate(wanted.phone_numbers):
        field = f"/phoneNumbers/{index}"
        e164 = PhoneNumber.parse_compatible(each.external, f"{field}/external").e164 if each.external else ""
        if each.action.upper() == "ADD":
            alternate.add_alternate(owner, place, e164=e164, extension=each.extension or "")
        elif each.action.upper() == "DELETE":
            alternate.remove_alternate(owner.id, e164=e164, extension=each.extension or "")
        else:
            values = {"value": each.action[:40], "choices": "ADD, DELETE"}
            raise Problem("field.not_allowed", field=f"{field}/action", values=values)
    own_address.fall_back_unassigned()


def _billing_plan(owners_word: str) -> None:
    name = owners_word[:1].upper() + owners_word[1:]
    path = f"/telephony/config/{owners_word}/{{owner_id}}/outboundBillingPlan"

    @needs("sees_plans", compatible=True)
    def get_plan(request: HttpRequest, owner_id: str) -> Any:
        named = owner_named(request, owners_word, owner_id)
        return Switch(enabled=plans.OCP in plans.licences_of(named.id))

    @needs("edits_people", compatible=True)
    def set_plan(request: HttpRequest, owner_id: str, wanted: SwitchBody) -> Any:
        named = owner_named(request, owners_word, owner_id)
        if not wanted.enabled:
            assign_licence.release_licence(plans.OCP, named.id)
            return
        if named.location_id is None:
            raise Problem("services.plan_needs_line", field="/enabled")
        location = locations.location(named.location_id)
        if location.connection != CALLING_PLAN:
            raise Problem("services.plan_elsewhere", field="/enabled", values={"location": location.name})
        assign_licence.assign_licence(plans.OCP, named.kind, named.id)

    routes.get(
        path,
        response=Switch,
        operation_id=f"getBillingPlanOf{name}",
        summary="Whether somebody has an outbound calling plan",
    )(get_plan)
    routes.put(
        path,
        response={204: None},
        operation_id=f"setBillingPlanOf{name}",
        summary="Give an outbound calling plan, only at a calling-plan location, or take it back",
    )(set_plan)


for _word in OWNERS:
    _billing_plan(_word)

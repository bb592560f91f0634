"""Compatible calls: further numbers of people, and whose outbound calls our plan bills (docs/api.md, settings)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import NamedOwner, owner_named
from dialtone.api.wire import Answer, Compatible
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.set_alternates import MOST_ALTERNATES, set_alternates
from dialtone.plans import queries as plans
from dialtone.services.places import place_of
from dialtone.services.rules import OCP
from dialtone.services.set_billing_plan import set_billing_plan

routes = router("Settings of lines")

ADD, DELETE = "ADD", "DELETE"


class OwnedNumber(Answer):
    primary: bool
    direct_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None


class OwnedNumbers(Answer):
    distinctive_ring_enabled: bool = Field(description="Always false: a phone rings alike for every number")
    phone_numbers: list[OwnedNumber]


class NumberChange(Compatible):
    action: str = Field(max_length=20, description="ADD or DELETE")
    external: str = Field(max_length=64)
    primary: bool | None = None


class NumberChanges(Compatible):
    phone_numbers: list[NumberChange] = Field(max_length=2 * MOST_ALTERNATES)


class BillingPlanAnswer(Answer):
    enabled: bool = Field(description="Outbound calls are billed by our calling plan")


class BillingPlanBody(Compatible):
    enabled: bool


@routes.get(
    "/people/{owner_id}/features/numbers",
    response=OwnedNumbers,
    operation_id="getPersonNumbers",
    summary="All numbers of a person, the first line first",
)
@needs("sees_people", compatible=True)
def get_numbers(request: HttpRequest, owner_id: str) -> Any:
    who = owner_named(request, "people", owner_id)
    prefix = _routing_prefix(who)
    rows = [
        OwnedNumber(
            primary=line.is_primary,
            direct_number=line.number.e164 if line.number else None,
            extension=line.extension or None,
            routing_prefix=prefix or None,
            esn=f"{prefix}{line.extension}" if line.extension else None,
        )
        for line in numbers.all_lines_of([who.id]).get(who.id, [])
    ]
    return OwnedNumbers(distinctive_ring_enabled=False, phone_numbers=rows)


@routes.put(
    "/telephony/config/people/{owner_id}/numbers",
    response={204: None},
    operation_id="changePersonNumbers",
    summary="Add and take away further numbers of a person",
)
@needs("edits_people", compatible=True)
def change_numbers(request: HttpRequest, owner_id: str, wanted: NumberChanges) -> Any:
    """All or none. The first line is changed with the person, not here."""
    who = owner_named(request, "people", owner_id)
    if who.location_id is None:
        raise Problem("services.licence_needed", field="/phoneNumbers")
    lines = numbers.all_lines_of([who.id])[who.id]
    kept = [line.number.e164 for line in lines if line.number and not line.is_primary]
    for index, each in enumerate(wanted.phone_numbers):
        field = f"/phoneNumbers/{index}"
        e164 = PhoneNumber.parse_compatible(each.external, f"{field}/external").e164
        if each.action == ADD:
            kept.append(e164)
        elif each.action == DELETE and e164 in kept:
            kept.remove(e164)
        elif each.action == DELETE:
            raise Problem("not_found", field=f"{field}/external")
        else:
            values = {"value": each.action[:40], "choices": f"{ADD}, {DELETE}"}
            raise Problem("field.not_allowed", field=f"{field}/action", values=values)
    place = place_of(locations.location(who.location_id))
    set_alternates(who.owner(), place, kept, field="/phoneNumbers")
    own_address.fall_back_unassigned()


def _routing_prefix(who: NamedOwner) -> str:
    if who.location_id is None:
        return ""
    return str(locations.location(who.location_id).calling.get("routing_prefix") or "")


def _billing_plan(owners_word: str, word: str) -> None:
    path = f"/telephony/config/{owners_word}/{{owner_id}}/outboundBillingPlan"

    @needs("sees_people", compatible=True)
    def get_plan(request: HttpRequest, owner_id: str) -> Any:
        who = owner_named(request, owners_word, owner_id)
        return BillingPlanAnswer(enabled=OCP in plans.licences_of(who.id))

    @needs("edits_people", compatible=True)
    def change_plan(request: HttpRequest, owner_id: str, wanted: BillingPlanBody) -> Any:
        set_billing_plan(owner_named(request, owners_word, owner_id).owner(), wanted.enabled)

    routes.get(
        path,
        response=BillingPlanAnswer,
        operation_id=f"get{word}BillingPlan",
        summary="Whether our calling plan bills the calls",
    )(get_plan)
    routes.put(
        path,
        response={204: None},
        operation_id=f"change{word}BillingPlan",
        summary="Bill calls by our calling plan, or not",
    )(change_plan)


for _owners_word, _word in (
    ("people", "Person"),
    ("workspaces", "Workspace"),
    ("virtualLines", "VirtualLine"),
):
    _billing_plan(_owners_word, _word)

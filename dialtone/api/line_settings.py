"""Compatible calls: further numbers of people and workspaces, and whose outbound calls our plan bills (docs/api.md, settings)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.named import NamedOwner, owner_named
from dialtone.api.numbers import IdAndName
from dialtone.api.wire import Answer, Compatible, not_offered, outside
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
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
RINGS_ALIKE = "Always false: a phone rings alike for every number"


class OwnedNumber(Answer):
    primary: bool
    direct_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None


class OwnedNumbers(Answer):
    distinctive_ring_enabled: bool = Field(description=RINGS_ALIKE)
    phone_numbers: list[OwnedNumber]


class WorkspaceNumber(Answer):
    external: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None
    primary: bool


class OnlyId(Answer):
    id: str


class WorkspaceNumbers(Answer):
    distinctive_ring_enabled: bool = Field(description=RINGS_ALIKE)
    phone_numbers: list[WorkspaceNumber]
    workspace: OnlyId
    location: IdAndName
    organization: IdAndName


class NumberChange(Compatible):
    action: str = Field(max_length=20, description="ADD or DELETE")
    external: str | None = Field(None, max_length=64)
    direct_number: str | None = Field(
        None, max_length=64, description="What external is called of workspaces"
    )
    primary: bool | None = Field(None, description="false: the first line is not changed here")
    extension: str | None = Field(None, max_length=20, description="Refused: further numbers have none")
    ring_pattern: str | None = Field(None, description="NORMAL: a phone rings alike for every number")

    def read(self, field: str) -> str:
        """The number in E.164. Raises Problem api.not_offered, field.required, phone.*."""
        not_offered("extension", bool(self.extension), f"{field}/extension")
        not_offered("ringPattern", self.ring_pattern not in (None, "NORMAL"), f"{field}/ringPattern")
        not_offered("primary", bool(self.primary), f"{field}/primary")
        told = self.external or self.direct_number
        if not told:
            raise Problem("field.required", field=f"{field}/external", values={"field": "external"})
        return PhoneNumber.parse_compatible(told, f"{field}/external").e164


class NumberChanges(Compatible):
    phone_numbers: list[NumberChange] = Field(max_length=2 * MOST_ALTERNATES)
    enable_distinctive_ring_pattern: bool | None = Field(None, description=RINGS_ALIKE)
    distinctive_ring_enabled: bool | None = Field(None, description=RINGS_ALIKE)


class BillingPlanAnswer(Answer):
    enabled: bool = Field(description="Outbound calls are billed by our calling plan")


class BillingPlanBody(Compatible):
    enabled: bool


def _lines(who: NamedOwner) -> list[OwnedNumber]:
    prefix = _routing_prefix(who)
    return [
        OwnedNumber(
            primary=line.is_primary,
            direct_number=line.number.e164 if line.number else None,
            extension=line.extension or None,
            routing_prefix=prefix or None,
            esn=f"{prefix}{line.extension}" if line.extension else None,
        )
        for line in numbers.all_lines_of([who.id]).get(who.id, [])
    ]


@routes.get(
    "/people/{owner_id}/features/numbers",
    response=OwnedNumbers,
    operation_id="getPersonNumbers",
    summary="All numbers of a person, the first line first",
)
@needs("sees_people", compatible=True)
def get_numbers(request: HttpRequest, owner_id: str) -> Any:
    who = owner_named(request, "people", owner_id)
    return OwnedNumbers(distinctive_ring_enabled=False, phone_numbers=_lines(who))


# One client asks with a slash at the end.
for _slash in ("", "/"):

    @routes.get(
        f"/workspaces/{{owner_id}}/features/numbers{_slash}",
        response=WorkspaceNumbers,
        operation_id="getWorkspaceNumbers" + ("Slash" if _slash else ""),
        summary="All numbers of a workspace, the first line first",
    )
    @needs("sees_people", compatible=True)
    def get_workspace_numbers(request: HttpRequest, owner_id: str) -> Any:
        who = owner_named(request, "workspaces", owner_id)
        if who.location_id is None:
            raise Problem("people.no_line", values={"name": who.name})
        site = locations.location(who.location_id)
        rows = [
            WorkspaceNumber(external=each.direct_number, **each.model_dump(exclude={"direct_number"}))
            for each in _lines(who)
        ]
        return WorkspaceNumbers(
            distinctive_ring_enabled=False,
            phone_numbers=rows,
            workspace=OnlyId(id=owner_id),
            location=IdAndName(id=outside("LOCATION", site.id), name=site.name),
            organization=IdAndName(
                id=outside("ORGANIZATION", site.customer_id), name=caller_of(request).view_name
            ),
        )


def _further(owners_word: str, word: str) -> None:
    @needs("edits_people", compatible=True)
    def change_numbers(request: HttpRequest, owner_id: str, wanted: NumberChanges) -> Any:
        """All or none. The first line is changed with its owner, not here."""
        who = owner_named(request, owners_word, owner_id)
        if who.location_id is None:
            raise Problem("services.licence_needed", field="/phoneNumbers")
        not_offered("enableDistinctiveRingPattern", bool(wanted.enable_distinctive_ring_pattern))
        not_offered("distinctiveRingEnabled", bool(wanted.distinctive_ring_enabled))
        lines = numbers.all_lines_of([who.id])[who.id]
        kept = [line.number.e164 for line in lines if line.number and not line.is_primary]
        for index, each in enumerate(wanted.phone_numbers):
            field = f"/phoneNumbers/{index}"
            e164 = each.read(field)
            if one_of(each.action, (ADD, DELETE), f"{field}/action") == ADD:
                kept.append(e164)
            elif e164 in kept:
                kept.remove(e164)
            else:
                raise Problem("not_found", field=f"{field}/external")
        place = place_of(locations.location(who.location_id))
        set_alternates(who.owner(), place, kept, field="/phoneNumbers")
        own_address.fall_back_unassigned()

    routes.put(
        f"/telephony/config/{owners_word}/{{owner_id}}/numbers",
        response={204: None},
        operation_id=f"change{word}Numbers",
        summary="Add and take away further numbers",
    )(change_numbers)


_further("people", "Person")
_further("workspaces", "Workspace")


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

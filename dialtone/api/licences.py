"""Compatible calls: licences, how many units are used, by whom, and giving them to people (docs/api.md, identity)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, looking_at, needs, router
from dialtone.api.wire import Answer, Compatible, Paging, into, not_offered, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.people import queries as people
from dialtone.people.models import Person
from dialtone.plans import queries as plans
from dialtone.plans.queries import Bought
from dialtone.services import change_person
from dialtone.services.equip import Equipment

routes = router("Licences")

NAMES = {
    "calling_professional": "Webex Calling - Professional",
    "calling_workspace": "Webex Calling - Workspaces",
    "outbound_calling_plan": "Outbound calling plan",
    "service_number": "Service numbers",
}


class LicenceAnswer(Answer):
    id: str
    name: str
    total_units: int
    consumed_units: int
    consumed_by_users: int
    consumed_by_workspaces: int
    subscription_id: str


class LicenceUser(Answer):
    id: str
    type: str = "INTERNAL"
    display_name: str
    email: str


class LicenceWithUsers(LicenceAnswer):
    users: list[LicenceUser] | None = None


class LicenceList(Answer):
    items: list[LicenceAnswer]


class Properties(Compatible):
    location_id: str | None = None
    phone_number: str | None = None
    extension: str | None = None


class LicenceRequest(Compatible):
    id: str
    operation: str | None = Field(None, description="add (the default) or remove")
    properties: Properties | None = None


class UserLicences(Compatible):
    email: str | None = None
    person_id: str | None = None
    org_id: str | None = None
    licenses: list[LicenceRequest] = Field(default_factory=list, max_length=20)
    site_urls: list[dict[str, Any]] | None = Field(
        None, description="Refused: there are no meeting sites here"
    )


class UserLicencesAnswer(Answer):
    org_id: str
    person_id: str
    email: str
    licenses: list[str]


def licence_ids(items: Iterable[str]) -> list[str]:
    """The ids under which clients know the items that somebody has a unit of."""
    known = {each.item: each.id for each in plans.bought()}
    return [outside("LICENSE", known[item]) for item in items if item in known]


def item_of(license_id: str, field: str) -> str:
    """The item that a client's licence id means. Raises Problem not_found."""
    wanted = into("LICENSE", license_id, field)
    found = next((each.item for each in plans.licences() if each.id == wanted), None)
    if found is None:
        raise Problem("not_found", field=field)
    return found


@routes.get(
    "/licenses",
    response=LicenceList,
    operation_id="listLicenses",
    summary="Licences with units in all and in use",
)
@needs("sees_plans", compatible=True)
def list_licences(request: HttpRequest) -> Any:
    customer_of(request)
    found = plans.bought()
    used = plans.units_by_holder([each.item for each in found])
    return LicenceList(items=[LicenceAnswer(**_worded(each, used)) for each in found])


@routes.patch(
    "/licenses/users",
    response=UserLicencesAnswer,
    operation_id="assignLicenses",
    summary="Give licences to somebody, and take them back",
)
@needs("edits_people", compatible=True)
def assign_licences(request: HttpRequest, wanted: UserLicences) -> Any:
    """All that is asked, or nothing."""
    not_offered("siteUrls", bool(wanted.site_urls))
    org_id = into("ORGANIZATION", wanted.org_id, "/orgId") if wanted.org_id else None
    with looking_at(request, org_id):
        customer_of(request)
        person = _meant(wanted)
        changed, _line = change_person.change_person(
            person.id, _equipment(person, wanted.licenses), by_role=caller_of(request).role
        )
        own_address.fall_back_unassigned()
        return UserLicencesAnswer(
            org_id=outside("ORGANIZATION", changed.organisation_id),
            person_id=outside("PEOPLE", changed.id),
            email=changed.email,
            licenses=licence_ids(plans.licences_of(changed.id)),
        )


@routes.get(
    "/licenses/{license_id}",
    response=LicenceWithUsers,
    operation_id="getLicense",
    summary="One licence, with who has a unit of it if asked (includeAssignedTo=user)",
)
@needs("sees_plans", compatible=True)
def get_licence(
    request: HttpRequest,
    response: HttpResponse,
    license_id: str,
    paging: Query[Paging],
    include_assigned_to: str = Query("", alias="includeAssignedTo"),
) -> Any:
    row = plans.licence(into("LICENSE", license_id))
    with looking_at(request, row.customer_id):
        found = next((each for each in plans.bought() if each.item == row.item), None)
        if found is None:
            raise Problem("not_found")
        users = None
        if include_assigned_to == "user":
            users = _users(request, response, found.item, paging)
        used = plans.units_by_holder([found.item])
        return LicenceWithUsers(**_worded(found, used), users=users)


def _worded(found: Bought, used: dict[tuple[str, str], int]) -> dict[str, Any]:
    by_kind = {kind: count for (item, kind), count in used.items() if item == found.item}
    return {
        "id": outside("LICENSE", found.id),
        "name": NAMES[found.item],
        "total_units": found.units,
        "consumed_units": sum(by_kind.values()),
        "consumed_by_users": by_kind.get("person", 0),
        "consumed_by_workspaces": by_kind.get("workspace", 0),
        "subscription_id": str(found.subscription_id),
    }


def _users(request: HttpRequest, response: HttpResponse, item: str, paging: Paging) -> list[LicenceUser]:
    uses = plans.holders(item).filter(holder_kind="person")
    ids: list[UUID] = paged(request, response, uses, lambda use: use.holder_id, paging)
    known = people.persons(ids)
    return [
        LicenceUser(id=outside("PEOPLE", id), display_name=known[id].display_name, email=known[id].email)
        for id in ids
        if id in known
    ]


def _meant(wanted: UserLicences) -> Person:
    if wanted.person_id:
        return people.person(into("PEOPLE", wanted.person_id, "/personId"))
    if not wanted.email:
        raise Problem("field.required", field="/email")
    found = people.people().filter(email=wanted.email.strip().lower()).first()
    if found is None:
        raise Problem("not_found", field="/email")
    return found


def _equipment(person: Person, asked: list[LicenceRequest]) -> Equipment:
    items = set(plans.licences_of(person.id))
    location_id = e164 = extension = None
    for index, each in enumerate(asked):
        here = f"/licenses/{index}"
        item = item_of(each.id, f"{here}/id")
        match (each.operation or "add").lower():
            case "add":
                items.add(item)
            case "remove":
                items.discard(item)
                continue
            case other:
                values = {"value": other[:40], "choices": "add, remove"}
                raise Problem("field.not_allowed", field=f"{here}/operation", values=values)
        told = each.properties or Properties()
        if told.location_id:
            location_id = into("LOCATION", told.location_id, f"{here}/properties/locationId")
        if told.phone_number:
            e164 = PhoneNumber.parse_compatible(told.phone_number, f"{here}/properties/phoneNumber").e164
        extension = told.extension or extension
    return Equipment(items=items, location_id=location_id, e164=e164, extension=extension)

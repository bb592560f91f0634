"""Compatible calls: people, with the licences, numbers and extension that they have (docs/api.md, identity)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import licences, roles
from dialtone.api.app import caller_of, customer_of, looking_at, needs, router
from dialtone.api.named import location_named
from dialtone.api.wire import Answer, Compatible, Paging, into, iso, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.emergency import own_address
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.people.models import Person
from dialtone.plans import queries as plans
from dialtone.services import add_person, change_person, remove_person
from dialtone.services.equip import Equipment

routes = router("People")

MOST_IDS = 85  # as the compatible API


class PhoneNumberAnswer(Answer):
    type: str = "work"
    value: str
    primary: bool


class PersonAnswer(Answer):
    id: str
    emails: list[str]
    phone_numbers: list[PhoneNumberAnswer] = []
    extension: str | None = None
    location_id: str | None = None
    display_name: str
    first_name: str | None = None
    last_name: str | None = None
    org_id: str
    roles: list[str]
    licenses: list[str]
    created: str | None = None
    time_zone: str | None = None
    invite_pending: bool | None = None
    login_enabled: bool | None = None
    type: str = "person"


class PersonList(Answer):
    items: list[PersonAnswer]


class PhoneNumberBody(Compatible):
    type: str | None = None
    value: str | None = None
    primary: bool | None = None


class PersonBody(Compatible):
    """What is left out stays as it is; of a new person it is empty."""

    emails: list[str] | None = Field(None, max_length=10, description="The first is the person's")
    phone_numbers: list[PhoneNumberBody] | None = Field(
        None, max_length=20, description="The number of type work; an empty list takes it away"
    )
    extension: str | None = None
    location_id: str | None = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    org_id: str | None = None
    roles: list[str] | None = Field(None, max_length=20)
    licenses: list[str] | None = Field(None, max_length=50)


def worded(person: Person, lines: Sequence[Line], items: Sequence[str]) -> PersonAnswer:
    """A person as clients see one; `lines` has the first line first."""
    first = lines[0] if lines else None
    numbered = [(line.number.e164, line.is_primary) for line in lines if line.number is not None]
    return PersonAnswer(
        id=outside("PEOPLE", person.id),
        emails=[person.email],
        phone_numbers=[PhoneNumberAnswer(value=e164, primary=primary) for e164, primary in numbered],
        extension=(first.extension or None) if first else None,
        location_id=outside("LOCATION", first.location_id) if first else None,
        display_name=person.display_name,
        first_name=person.first_name or None,
        last_name=person.last_name or None,
        org_id=outside("ORGANIZATION", person.organisation_id),
        roles=roles.role_ids(person.role),
        licenses=licences.licence_ids(items),
        created=iso(person.created_at),
        time_zone=person.time_zone,
        invite_pending=not person.has_usable_password(),
        login_enabled=person.is_active,
    )


def _one(person: Person) -> PersonAnswer:
    lines = numbers.all_lines_of([person.id]).get(person.id, [])
    return worded(person, lines, plans.licences_of(person.id))


def _several(found: Sequence[Person]) -> list[PersonAnswer]:
    ids = [person.id for person in found]
    lines: Mapping[UUID, list[Line]] = numbers.all_lines_of(ids)
    items = plans.licences_of_all(ids)
    return [worded(each, lines.get(each.id, []), items.get(each.id, [])) for each in found]


@routes.get("/people/me", response=PersonAnswer, operation_id="getMe", summary="The caller")
@needs("sees_home", compatible=True)
def me(request: HttpRequest) -> Any:
    caller = caller_of(request)
    with caller.home_scope():
        return _one(people.person(caller.person_id))


@routes.get("/people", response=PersonList, operation_id="listPeople", summary="People")
@needs("sees_people", compatible=True)
def list_people(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    email: str = Query(""),
    display_name: str = Query("", alias="displayName", description="The beginning of the name"),
    id: str = Query("", description="Ids with commas between, at most 85"),
    location_id: str = Query("", alias="locationId"),
    role_list: str = Query("", alias="roles", description="Role ids with commas between"),
) -> Any:
    found = people.people()
    if email:
        found = found.filter(email=email.strip().lower())
    if display_name:
        found = found.filter(search_name__startswith=search_key(display_name))
    if id:
        found = found.filter(id__in=_ids(id))
    if location_id:
        found = found.filter(id__in=numbers.owners_at(location_named(request, location_id).id, "person"))
    if role_list:
        found = found.filter(role__in=[roles.role_of([each]) for each in role_list.split(",")])
    rows: list[Person] = paged(request, response, found, lambda person: person, paging)
    return PersonList(items=_several(rows))


def _ids(text: str) -> list[UUID]:
    wanted = text.split(",")
    if len(wanted) > MOST_IDS:
        raise Problem("field.too_many", field="/id", values={"limit": MOST_IDS})
    return [into("PEOPLE", each.strip(), "/id") for each in wanted]


@routes.post("/people", response=PersonAnswer, operation_id="createPerson", summary="Add a person")
@needs("edits_people", compatible=True)
def create(request: HttpRequest, wanted: PersonBody) -> Any:
    """With licences, extension and number all at once: if one of them cannot be had, nobody is added."""
    org_id = into("ORGANIZATION", wanted.org_id, "/orgId") if wanted.org_id else None
    with looking_at(request, org_id) as caller:
        if not wanted.emails:
            raise Problem("field.required", field="/emails", values={"field": "emails"})
        if not (wanted.display_name or wanted.first_name or wanted.last_name):
            raise Problem("field.required", field="/displayName", values={"field": "displayName"})
        role = roles.role_of(wanted.roles or [])
        equipment = _equipment(request, wanted)
        made, _line = add_person.add_person(
            caller.view_id,
            equipment,
            by_role=caller.role,
            email=wanted.emails[0],
            role=role,
            first_name=wanted.first_name or "",
            last_name=wanted.last_name or "",
            display_name=wanted.display_name or "",
            location_ids=[equipment.location_id] if role == "location" and equipment.location_id else [],
        )
        return _one(made)


@routes.get("/people/{person_id}", response=PersonAnswer, operation_id="getPerson", summary="One person")
@needs("sees_people", compatible=True)
def get_person(request: HttpRequest, person_id: str) -> Any:
    found = people.person(into("PEOPLE", person_id))
    with looking_at(request, found.customer_id):
        return _one(found)


@routes.put(
    "/people/{person_id}", response=PersonAnswer, operation_id="changePerson", summary="Change a person"
)
@needs("edits_people", compatible=True)
def change(request: HttpRequest, person_id: str, wanted: PersonBody) -> Any:
    """Licences, extension and number follow the body, all or nothing; taking the calling licence away frees the line."""
    found = people.person(into("PEOPLE", person_id))
    with looking_at(request, found.customer_id) as caller:
        if wanted.emails is not None and not wanted.emails:
            raise Problem("field.required", field="/emails", values={"field": "emails"})
        changed, _line = change_person.change_person(
            found.id,
            _equipment(request, wanted),
            by_role=caller.role,
            email=wanted.emails[0] if wanted.emails else None,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            display_name=wanted.display_name,
            role=roles.role_of(wanted.roles) if wanted.roles is not None else None,
            organisation_id=into("ORGANIZATION", wanted.org_id, "/orgId") if wanted.org_id else None,
        )
        own_address.fall_back_unassigned()
        return _one(changed)


@routes.delete(
    "/people/{person_id}", response={204: None}, operation_id="deletePerson", summary="Remove a person"
)
@needs("edits_people", compatible=True)
def delete(request: HttpRequest, person_id: str) -> Any:
    """Number, extension and licence units are free at once."""
    found = people.person(into("PEOPLE", person_id))
    with looking_at(request, found.customer_id) as caller:
        remove_person.remove_person(found.id, by_role=caller.role)
        own_address.fall_back_unassigned()


def _equipment(request: HttpRequest, wanted: PersonBody) -> Equipment:
    """What the body says about licences and line; reads no more than is there."""
    items = None
    if wanted.licenses is not None:
        items = frozenset(
            licences.item_of(each, f"/licenses/{index}") for index, each in enumerate(wanted.licenses)
        )
    equipment = Equipment(
        items=items,
        location_id=into("LOCATION", wanted.location_id, "/locationId") if wanted.location_id else None,
        e164=_work_number(wanted.phone_numbers),
        extension=wanted.extension,
    )
    if equipment not in (Equipment(), Equipment(items=frozenset(), e164="")):
        customer_of(request)
    return equipment


def _work_number(told: list[PhoneNumberBody] | None) -> str | None:
    """The first number of type work; None when nothing is said, "" when there shall be none. Alternate numbers, which an
    answer lists too, have calls of their own."""
    if told is None:
        return None
    for index, each in enumerate(told):
        if (each.type or "work") == "work" and each.value and each.primary is not False:
            return PhoneNumber.parse_compatible(each.value, f"/phoneNumbers/{index}/value").e164
    return ""

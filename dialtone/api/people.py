"""Compatible calls: people (docs/api.md section 2)."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpRequest, HttpResponse
from ninja import Query

from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import into, iso, out, page
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.people.models import Person

routes = router()


def word_person(person: Person, line: Line | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": out("PEOPLE", person.id),
        "emails": [person.email],
        "displayName": person.display_name,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "orgId": out("ORGANIZATION", person.organisation_id),
        "roles": [out("ROLE", uuid5(NAMESPACE_URL, person.role))] if person.role != "person" else [],
        "licenses": [],
        "created": iso(person.created_at),
        "type": "person",
    }
    if line is not None:
        answer["locationId"] = out("LOCATION", line.location_id)
        answer["extension"] = line.extension or None
        answer["phoneNumbers"] = (
            [{"type": "work", "value": line.number.e164, "primary": True}] if line.number else []
        )
    return answer


@routes.get("/people/me", operation_id="getMe", summary="The caller")
@needs("sees_home", compatible=True)
def me(request: HttpRequest) -> Any:
    found = Person.objects.filter(id=caller_of(request).person_id).first()
    if found is None:  # the caller looks at another organisation, where the own row is not to be seen
        caller = caller_of(request)
        return {"id": out("PEOPLE", caller.person_id), "displayName": caller.person_name, "orgId": out("ORGANIZATION", caller.home_id),
                "emails": [], "roles": [], "licenses": [], "type": "person"}  # fmt: skip
    return word_person(found, numbers.lines_of_owner([found.id]).get(found.id))


@routes.get("/people", operation_id="listPeople", summary="People")
@needs("sees_people", compatible=True)
def list_people(
    request: HttpRequest,
    response: HttpResponse,
    email: str = Query(""),
    display_name: str = Query("", alias="displayName"),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    found = people.people(display_name)
    if email:
        found = found.filter(email=email.strip().lower())
    return {"items": page(request, response, found, word_person, max=max, start=start)}


@routes.get("/people/{person_id}", operation_id="getPerson", summary="One person")
@needs("sees_people", compatible=True)
def get_person(
    request: HttpRequest, person_id: str, calling_data: bool = Query(False, alias="callingData")
) -> Any:
    found = people.person(into("PEOPLE", person_id))
    return word_person(found, numbers.lines_of_owner([found.id]).get(found.id))

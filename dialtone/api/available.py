"""Compatible calls: which numbers can be chosen for what (docs/api.md, numbers)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import owners
from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import calling_location_named, location_ids, owner_named
from dialtone.api.numbers import PSTN, IdAndName, state_word
from dialtone.api.wire import Answer, Compatible, Paging, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number

routes = router("Numbers")

FREE = numbers.Filter(assigned=False, not_usage="elin")
FOR_PEOPLE = replace(FREE, usage="standard", not_kind="toll_free")
GIVEN = numbers.Filter(assigned=True, not_usage="elin")
# A number to call back in an emergency is somebody's, and never toll-free (H27).
FOR_CALLBACK = replace(GIVEN, usage="standard", not_kind="toll_free")
NOT_TOLL_FREE = numbers.Filter(not_kind="toll_free", not_usage="elin")

# What a location's numbers can be chosen for: the last part of the path, and which numbers can.
AT_LOCATION = {
    "emergencyCallbackNumber": FOR_CALLBACK,
    "externalCallerId": numbers.Filter(not_usage="elin"),
    "chargeNumber": replace(GIVEN, not_kind="toll_free"),
    "callIntercept": numbers.Filter(not_usage="elin"),
    "webexGo": FOR_PEOPLE,
    "autoAttendants": FREE,
    "autoAttendants/alternate": FREE,
    "autoAttendants/callForwarding": GIVEN,
    "queues": FREE,
    "queues/alternate": FREE,
    "queues/callForwarding": GIVEN,
    "huntGroups": replace(FREE, not_usage="service"),
    "huntGroups/alternate": replace(FREE, not_usage="service"),
    "huntGroups/callForwarding": GIVEN,
    "operatingModes/callForwarding": GIVEN,
}
OF_OWNER = {
    "secondary": FOR_PEOPLE,
    "faxMessage": FOR_PEOPLE,
    "callForwarding": GIVEN,
    "emergencyCallbackNumber": FOR_CALLBACK,
    "callIntercept": GIVEN,
}


class AvailableNumber(Answer):
    phone_number: str
    extension: str | None = None
    state: str
    is_main_number: bool
    toll_free_number: bool
    telephony_type: str = PSTN
    is_service_number: bool
    location: IdAndName
    owner: owners.Owner | None = None


class AvailableList(Answer):
    phone_numbers: list[AvailableNumber]


class AvailableFilters(Compatible):
    location_id: str = ""
    phone_number: str = Field("", description="Numbers with commas between")
    owner_name: str = Field("", max_length=255)
    extension: str = ""


def _listed(
    request: HttpRequest,
    response: HttpResponse,
    kind: numbers.Filter,
    ids: list[UUID] | None,
    asked: AvailableFilters,
    paging: Paging,
) -> AvailableList:
    texts = [text for text in asked.phone_number.split(",") if text.strip()]
    wanted = replace(
        kind,
        location_ids=ids,
        owner=asked.owner_name,
        extension=asked.extension,
        e164s=[PhoneNumber.parse_compatible(each, "/phoneNumber").e164 for each in texts],
    )
    rows: list[Number] = paged(request, response, numbers.numbers(wanted), lambda number: number, paging)
    lines = numbers.lines_of(rows)
    persons = owners.persons_of(lines.values())
    names = {each.id: each.name for each in locations.with_ids([row.location_id for row in rows])}
    found = []
    for number in rows:
        line = lines.get(number.id)
        found.append(
            AvailableNumber(
                phone_number=number.e164,
                extension=(line.extension or None) if line else None,
                state=state_word(number.state),
                is_main_number=number.is_main,
                toll_free_number=number.kind == "toll_free",
                is_service_number=number.usage == "service",
                location=IdAndName(
                    id=outside("LOCATION", number.location_id), name=names.get(number.location_id, "")
                ),
                owner=owners.worded(line, persons) if line else None,
            )
        )
    return AvailableList(phone_numbers=found)


@routes.get(
    "/telephony/config/locations/{location_id}/availableNumbers",
    response=AvailableList,
    operation_id="listAvailableNumbers",
    summary="Numbers that can be a location's main number",
)
@needs("sees_numbers", compatible=True)
def for_main_number(
    request: HttpRequest,
    response: HttpResponse,
    location_id: str,
    asked: Query[AvailableFilters],
    paging: Query[Paging],
) -> Any:
    found = calling_location_named(request, location_id)
    return _listed(request, response, NOT_TOLL_FREE, [found.id], asked, paging)


@routes.get(
    "/telephony/config/people/primary/availableNumbers",
    response=AvailableList,
    operation_id="listNumbersForPeople",
    summary="Free numbers that a person can be given",
)
@needs("sees_numbers", compatible=True)
def for_person(
    request: HttpRequest, response: HttpResponse, asked: Query[AvailableFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    return _listed(request, response, FOR_PEOPLE, location_ids(request, asked.location_id), asked, paging)


def _at_location(path: str, kind: numbers.Filter) -> None:
    name = "".join(part[:1].upper() + part[1:] for part in path.split("/"))

    @needs("sees_numbers", compatible=True)
    def available_at_location(
        request: HttpRequest,
        response: HttpResponse,
        location_id: str,
        asked: Query[AvailableFilters],
        paging: Query[Paging],
    ) -> Any:
        found = calling_location_named(request, location_id)
        return _listed(request, response, kind, [found.id], asked, paging)

    routes.get(
        f"/telephony/config/locations/{{location_id}}/{path}/availableNumbers",
        response=AvailableList,
        operation_id=f"listNumbersFor{name}",
        summary=f"Numbers that can be chosen: {path}",
    )(available_at_location)


def _for_new(owners_word: str) -> None:
    @needs("sees_numbers", compatible=True)
    def available_for_new(
        request: HttpRequest, response: HttpResponse, asked: Query[AvailableFilters], paging: Query[Paging]
    ) -> Any:
        customer_of(request)
        return _listed(request, response, FOR_PEOPLE, location_ids(request, asked.location_id), asked, paging)

    routes.get(
        f"/telephony/config/{owners_word}/availableNumbers",
        response=AvailableList,
        operation_id=f"listNumbersFor{owners_word[:1].upper()}{owners_word[1:]}",
        summary=f"Free numbers that can be given: {owners_word}",
    )(available_for_new)


def _of_owner(owners_word: str, path: str, kind: numbers.Filter) -> None:
    @needs("sees_numbers", compatible=True)
    def available_of_owner(
        request: HttpRequest,
        response: HttpResponse,
        owner_id: str,
        asked: Query[AvailableFilters],
        paging: Query[Paging],
    ) -> Any:
        location = owner_named(request, owners_word, owner_id).location_id
        return _listed(request, response, kind, [location] if location else [], asked, paging)

    routes.get(
        f"/telephony/config/{owners_word}/{{owner_id}}/{path}/availableNumbers",
        response=AvailableList,
        operation_id=f"list{path[:1].upper()}{path[1:]}NumbersOf{owners_word[:1].upper()}{owners_word[1:]}",
        summary=f"Numbers that can be chosen for one of the {owners_word}: {path}",
    )(available_of_owner)


for _path, _kind in AT_LOCATION.items():
    _at_location(_path, _kind)
for _word in ("workspaces", "virtualLines"):
    _for_new(_word)
for _word in ("people", "workspaces", "virtualLines"):
    for _path, _kind in OF_OWNER.items():
        _of_owner(_word, _path, _kind)

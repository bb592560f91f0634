"""Compatible calls: virtual lines (docs/api.md, settings)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import addresses
from dialtone.api.addresses import AddressAnswer
from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.caller_id import shown_names
from dialtone.api.named import location_ids, location_named, own_locations
from dialtone.api.wire import Answer, Compatible, Made, Paging, into, outside, paged
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import caller_id, caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_ids import CallerIds
from dialtone.numbers.models import Line
from dialtone.numbers.set_caller_id import set_caller_id
from dialtone.services import virtual_lines
from dialtone.services.models import VirtualLine

routes = router("Workspaces and virtual lines")

MOST_FILTERED = 100
ORDERS = {"firstName": "first_name", "lastName": "last_name", "displayName": "display_name"}


class LineNumber(Answer):
    external: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None
    primary: bool = True


class LineLocation(Answer):
    id: str
    name: str
    address: AddressAnswer | None = None


class VirtualLineRow(Answer):
    """One in the list."""

    id: str
    first_name: str
    last_name: str
    display_name: str
    caller_id_first_name: str
    caller_id_last_name: str
    caller_id_number: str | None = Field(None, description="What its calls show")
    external_caller_id_name_policy: str
    custom_external_caller_id_name: str | None = None
    number: LineNumber
    location: LineLocation
    number_of_devices_assigned: int = 0


class VirtualLineAnswer(VirtualLineRow):
    directory_search_enabled: bool = Field(description="Callers of phone menus find it by its name")
    announcement_language: str
    time_zone: str
    devices: list[dict[str, str]] = Field([], description="Always empty: phones are the registrar's")


class VirtualLineList(Answer):
    virtual_lines: list[VirtualLineRow]


class VirtualLineFilters(Compatible):
    """Each may be told several times, or with commas between: any of them is meant."""

    id: list[str] = Field([], max_length=MOST_FILTERED)
    location_id: list[str] = Field([], max_length=MOST_FILTERED)
    location_name: list[str] = Field([], max_length=MOST_FILTERED, description="Whole names, in any case")
    owner_name: list[str] = Field([], max_length=MOST_FILTERED, description="A part of the name")
    phone_number: list[str] = Field(
        [], max_length=MOST_FILTERED, description="The beginning of a number or an extension"
    )
    order: list[str] = Field(
        [], max_length=3, description="firstName, lastName or displayName, with -desc for the other way round"
    )
    has_device_assigned: bool | None = Field(None, description="There are no devices here")
    has_extension_assigned: bool | None = None
    has_dn_assigned: bool | None = None


class VirtualLineBody(Compatible):
    """What is left out stays as it is."""

    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    phone_number: str | None = None
    extension: str | None = None
    location_id: str | None = None
    caller_id_first_name: str | None = None
    caller_id_last_name: str | None = None
    caller_id_number: str | None = Field(
        None, description="Its own number, or another of yours that it may show"
    )
    time_zone: str | None = None
    announcement_language: str | None = None


class DirectorySearch(Compatible):
    enabled: bool


class AssignedNumber(Answer):
    direct_number: str | None = None
    extension: str | None = None
    primary: bool = True


class AssignedNumberAnswer(Answer):
    phone_number: AssignedNumber


class Devices(Answer):
    devices: list[dict[str, str]]
    available_endpoint_type: str
    max_device_count: int


@dataclass(frozen=True)
class _Known:
    """What answers about some virtual lines need, read once."""

    lines: Mapping[UUID, Line]
    sites: Mapping[UUID, Location]
    caller_ids: CallerIds
    names: Mapping[UUID, tuple[str, str]]

    @staticmethod
    def of(found: Sequence[VirtualLine]) -> _Known:
        ids = [each.id for each in found]
        sites = locations.with_ids([each.location_id for each in found])
        return _Known(
            lines=numbers.lines_of_owner(ids),
            sites={each.id: each for each in sites},
            caller_ids=caller_ids.read(ids),
            names=caller_ids.chosen_names(ids),
        )


def _rows(found: Sequence[VirtualLine]) -> list[VirtualLineRow]:
    known = _Known.of(found)
    return [_worded(each, known) for each in found]


def _worded(found: VirtualLine, known: _Known) -> VirtualLineRow:
    line, site = known.lines.get(found.id), known.sites[found.location_id]
    prefix = site.calling.get("routing_prefix")
    extension = (line.extension or None) if line else None
    chosen = known.caller_ids.choices.get(found.id, caller_ids.NOTHING)
    first, last = known.names.get(found.id, (found.first_name, found.last_name))
    return VirtualLineRow(
        id=outside("VIRTUAL_LINE", found.id),
        first_name=found.first_name,
        last_name=found.last_name,
        display_name=found.display_name,
        caller_id_first_name=first,
        caller_id_last_name=last,
        caller_id_number=(known.caller_ids.of_line(line).e164 or None) if line else None,
        external_caller_id_name_policy=chosen.name_policy,
        custom_external_caller_id_name=chosen.custom_name or None,
        number=LineNumber(
            external=line.number.e164 if line and line.number else None,
            extension=extension,
            routing_prefix=prefix,
            esn=f"{prefix}{extension}" if prefix and extension else None,
        ),
        location=LineLocation(id=outside("LOCATION", site.id), name=site.name),
    )


def word_virtual_line(found: VirtualLine) -> VirtualLineAnswer:
    row = _worded(found, _Known.of([found]))
    site = locations.location(found.location_id)
    row.location.address = addresses.worded(CivicAddress.from_json(site.address))
    return VirtualLineAnswer(
        **dict(row),
        directory_search_enabled=found.in_directory,
        announcement_language=found.language or site.announcement_language or site.language,
        time_zone=found.time_zone or site.time_zone,
    )


@routes.get(
    "/telephony/config/virtualLines",
    response=VirtualLineList,
    operation_id="listVirtualLines",
    summary="Virtual lines",
)
@needs("sees_numbers", compatible=True)
def list_virtual_lines(
    request: HttpRequest, response: HttpResponse, asked: Query[VirtualLineFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    wanted = virtual_lines.Filter(
        ids=[into("VIRTUAL_LINE", each, "/id") for each in _each(asked.id)] or None,
        location_ids=_places(request, asked),
        names=_each(asked.owner_name),
        dialled=_each(asked.phone_number),
        has_extension=asked.has_extension_assigned,
        has_number=asked.has_dn_assigned,
    )
    found = _ordered(virtual_lines.virtual_lines(wanted), _each(asked.order))
    if asked.has_device_assigned:
        found = found.none()
    rows: list[VirtualLine] = paged(request, response, found, lambda each: each, paging)
    return VirtualLineList(virtual_lines=_rows(rows))


def _each(told: Sequence[str]) -> list[str]:
    """What was told, several times or with commas between."""
    return [part.strip() for each in told for part in each.split(",") if part.strip()]


def _places(request: HttpRequest, asked: VirtualLineFilters) -> list[UUID] | None:
    """The locations that were named by their ids and names; None for all there are."""
    ids = [location_named(request, each).id for each in _each(asked.location_id)] or location_ids(request, "")
    if not asked.location_name:
        return ids
    names = {each.strip().lower() for each in asked.location_name}
    named = [each.id for each in own_locations(request, locations.list_all()) if each.name.lower() in names]
    return named if ids is None else [each for each in named if each in ids]


def _ordered(found: QuerySet[VirtualLine], order: Sequence[str]) -> QuerySet[VirtualLine]:
    columns = []
    for told in order:
        word, _, way = told.partition("-")
        column = ORDERS[one_of(word, ORDERS, "/order")]
        columns.append(f"-{column}" if way.lower().startswith("d") else column)
    return found.order_by(*columns, "id") if columns else found


@routes.post(
    "/telephony/config/virtualLines",
    response={201: Made},
    operation_id="createVirtualLine",
    summary="Add a virtual line",
)
@needs("edits_people", compatible=True)
def create_virtual_line(request: HttpRequest, wanted: VirtualLineBody) -> Any:
    if not wanted.location_id:
        raise Problem("field.required", field="/locationId", values={"field": "locationId"})
    made = virtual_lines.add_virtual_line(
        location_named(request, wanted.location_id).id,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        display_name=wanted.display_name or "",
        e164=_number(wanted.phone_number) or "",
        extension=wanted.extension or "",
    )
    _tell_more(made.id, wanted)
    return Made(id=outside("VIRTUAL_LINE", made.id))


def _number(text: str | None, field: str = "/phoneNumber") -> str | None:
    return PhoneNumber.parse_compatible(text, field).e164 if text else text


def _tell_more(id: UUID, wanted: VirtualLineBody) -> None:
    """Zone and language, and what its calls show; what is shown already is no choice."""
    if wanted.time_zone or wanted.announcement_language:
        virtual_lines.change_virtual_line(
            id, time_zone=wanted.time_zone or None, language=wanted.announcement_language or None
        )
    found = virtual_lines.virtual_line(id)
    (had,) = _rows([found])
    number = _number(wanted.caller_id_number, "/callerIdNumber")
    told: dict[str, str] = {}
    if number and number != had.caller_id_number:
        is_own = number == had.number.external
        told |= (
            {"selected": caller_id.DIRECT_LINE}
            if is_own
            else {"selected": caller_id.CUSTOM, "custom_number": number}
        )
    told |= shown_names(
        (wanted.caller_id_first_name, wanted.caller_id_last_name),
        (had.caller_id_first_name, had.caller_id_last_name),
        (had.first_name, had.last_name),
    )
    if told:
        set_caller_id(virtual_lines.owner_of(found), **told)


def _line_named(request: HttpRequest, line_id: str) -> VirtualLine:
    customer_of(request)
    found = virtual_lines.virtual_line(into("VIRTUAL_LINE", line_id))
    if not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return found


@routes.get(
    "/telephony/config/virtualLines/{line_id}",
    response=VirtualLineAnswer,
    operation_id="getVirtualLine",
    summary="One virtual line",
)
@needs("sees_numbers", compatible=True)
def get_virtual_line(request: HttpRequest, line_id: str) -> Any:
    return word_virtual_line(_line_named(request, line_id))


@routes.put(
    "/telephony/config/virtualLines/{line_id}",
    response={204: None},
    operation_id="changeVirtualLine",
    summary="Change a virtual line",
)
@needs("edits_people", compatible=True)
def change_virtual_line(request: HttpRequest, line_id: str, wanted: VirtualLineBody) -> Any:
    found = _line_named(request, line_id)
    if wanted.location_id and into("LOCATION", wanted.location_id, "/locationId") != found.location_id:
        place = locations.name_of(found.location_id)
        values = {"name": found.display_name, "location": place}
        raise Problem("services.location_fixed", field="/locationId", values=values)
    virtual_lines.change_virtual_line(
        found.id,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        display_name=wanted.display_name,
        e164=_number(wanted.phone_number),
        extension=wanted.extension,
    )
    _tell_more(found.id, wanted)
    own_address.fall_back_unassigned()


@routes.delete(
    "/telephony/config/virtualLines/{line_id}",
    response={204: None},
    operation_id="deleteVirtualLine",
    summary="Remove a virtual line",
)
@needs("edits_people", compatible=True)
def delete_virtual_line(request: HttpRequest, line_id: str) -> Any:
    virtual_lines.remove_virtual_line(_line_named(request, line_id).id)
    own_address.fall_back_unassigned()


ONE = "/telephony/config/virtualLines/{line_id}"


@routes.get(
    ONE + "/number",
    response=AssignedNumberAnswer,
    operation_id="getVirtualLineNumber",
    summary="The number and the extension of a virtual line",
)
@needs("sees_numbers", compatible=True)
def get_number(request: HttpRequest, line_id: str) -> Any:
    found = _line_named(request, line_id)
    line = numbers.lines_of_owner([found.id])[found.id]
    number = line.number.e164 if line.number else None
    return AssignedNumberAnswer(
        phone_number=AssignedNumber(direct_number=number, extension=line.extension or None)
    )


@routes.put(
    ONE + "/directorySearch",
    response={204: None},
    operation_id="changeVirtualLineDirectorySearch",
    summary="Whether callers of phone menus find a virtual line by its name",
)
@needs("edits_people", compatible=True)
def change_directory_search(request: HttpRequest, line_id: str, wanted: DirectorySearch) -> Any:
    virtual_lines.change_virtual_line(_line_named(request, line_id).id, in_directory=wanted.enabled)


@routes.get(
    ONE + "/devices",
    response=Devices,
    operation_id="listVirtualLineDevices",
    summary="Always empty: phones are the registrar's",
)
@needs("sees_numbers", compatible=True)
def get_devices(request: HttpRequest, line_id: str) -> Any:
    _line_named(request, line_id)
    return Devices(devices=[], available_endpoint_type="PRIMARY", max_device_count=0)

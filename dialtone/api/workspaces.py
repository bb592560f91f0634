"""Compatible calls: workspaces and virtual lines (docs/api.md, settings)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from dialtone.api import licences
from dialtone.api.app import caller_of, customer_of, looking_at, needs, router
from dialtone.api.named import location_ids, location_named
from dialtone.api.numbers import IdAndName
from dialtone.api.wire import Answer, Compatible, Made, Paging, into, iso, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.plans import queries as plans
from dialtone.services import virtual_lines, workspaces
from dialtone.services.equip import Equipment
from dialtone.services.models import VirtualLine, Workspace

routes = router("Workspaces and virtual lines")

WEBEX_CALLING, NO_CALLING = "webexCalling", "freeCalling"


class WebexCalling(Answer):
    phone_number: str | None = None
    extension: str | None = None
    location_id: str
    licenses: list[str]


class Calling(Answer):
    type: str
    webex_calling: WebexCalling | None = None


class WorkspaceAnswer(Answer):
    id: str
    org_id: str
    display_name: str
    type: str
    capacity: int | None = None
    calling: Calling
    supported_devices: str
    notes: str | None = None
    created: str
    location_id: str | None = None


class WorkspaceList(Answer):
    items: list[WorkspaceAnswer]


class WebexCallingBody(Compatible):
    phone_number: str | None = None
    extension: str | None = None
    location_id: str | None = None
    licenses: list[str] | None = None


class WorkspaceCallingBody(Compatible):
    type: str | None = None
    webex_calling: WebexCallingBody | None = None


class WorkspaceBody(Compatible):
    display_name: str | None = None
    type: str | None = None
    capacity: int | None = None
    supported_devices: str | None = None
    notes: str | None = None
    org_id: str | None = None
    calling: WorkspaceCallingBody | None = None


class LineNumber(Answer):
    external: str | None = None
    extension: str | None = None
    primary: bool = True


class VirtualLineAnswer(Answer):
    id: str
    first_name: str
    last_name: str
    display_name: str
    number: LineNumber
    location: IdAndName
    number_of_devices_assigned: int = 0


class VirtualLineList(Answer):
    virtual_lines: list[VirtualLineAnswer]


class VirtualLineBody(Compatible):
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    phone_number: str | None = None
    extension: str | None = None
    location_id: str | None = None


def worded(found: Workspace) -> WorkspaceAnswer:
    line = numbers.lines_of_owner([found.id]).get(found.id)
    calling = Calling(type=NO_CALLING)
    if line is not None:
        calling = Calling(
            type=WEBEX_CALLING,
            webex_calling=WebexCalling(
                phone_number=line.number.e164 if line.number else None,
                extension=line.extension or None,
                location_id=outside("LOCATION", line.location_id),
                licenses=licences.licence_ids(plans.licences_of(found.id)),
            ),
        )
    return WorkspaceAnswer(
        id=outside("PLACE", found.id),
        org_id=outside("ORGANIZATION", found.customer_id),
        display_name=found.name,
        type=found.kind,
        capacity=found.capacity,
        calling=calling,
        supported_devices=found.devices,
        notes=found.notes or None,
        created=iso(found.created_at) or "",
        location_id=outside("LOCATION", line.location_id) if line else None,
    )


@routes.get("/workspaces", response=WorkspaceList, operation_id="listWorkspaces", summary="Workspaces")
@needs("sees_people", compatible=True)
def list_workspaces(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    display_name: str = Query("", alias="displayName"),
    location_id: str = Query("", alias="locationId"),
) -> Any:
    customer_of(request)
    found = workspaces.workspaces(display_name)
    if location_id:
        here = location_named(request, location_id).id
        found = found.filter(id__in=numbers.owners_at(here, "workspace"))
    return WorkspaceList(items=paged(request, response, found, worded, paging))


@routes.post(
    "/workspaces", response=WorkspaceAnswer, operation_id="createWorkspace", summary="Add a workspace"
)
@needs("edits_people", compatible=True)
def create_workspace(request: HttpRequest, wanted: WorkspaceBody) -> Any:
    """Whose it is follows from its location, or from orgId in the body."""
    with looking_at(request, _customer_meant(wanted)):
        customer_of(request)
        made = workspaces.add_workspace(
            _equipment(wanted.calling),
            name=wanted.display_name,
            **_more(wanted),
        )
        return worded(made)


def _customer_meant(wanted: WorkspaceBody) -> Any:
    if wanted.org_id:
        return into("ORGANIZATION", wanted.org_id, "/orgId")
    told = wanted.calling.webex_calling if wanted.calling else None
    if told and told.location_id:
        return locations.location(
            into("LOCATION", told.location_id, "/calling/webexCalling/locationId")
        ).customer_id
    return None


def _more(wanted: WorkspaceBody) -> dict[str, Any]:
    told = {
        "kind": wanted.type,
        "capacity": wanted.capacity,
        "devices": wanted.supported_devices,
        "notes": wanted.notes,
    }
    return {name: value for name, value in told.items() if value is not None}


def _equipment(calling: WorkspaceCallingBody | None, *, there: bool = False) -> Equipment:
    """What the body says about calling; without a licence in it, the one for workspaces is meant, or else any."""
    if calling is None:
        return Equipment()
    told = calling.webex_calling
    if calling.type not in (None, WEBEX_CALLING) or told is None:
        return Equipment(items=frozenset()) if there else Equipment()
    field = "/calling/webexCalling"
    items: frozenset[str] | None = None
    if told.licenses:
        items = frozenset(
            licences.item_of(each, f"{field}/licenses/{index}") for index, each in enumerate(told.licenses)
        )
    elif not there:
        has_own = plans.units("calling_workspace") > plans.units_in_use("calling_workspace")
        items = frozenset({"calling_workspace" if has_own else "calling_professional"})
    number = told.phone_number
    return Equipment(
        items=items,
        location_id=into("LOCATION", told.location_id, f"{field}/locationId") if told.location_id else None,
        e164=PhoneNumber.parse_compatible(number, f"{field}/phoneNumber").e164 if number else None,
        extension=told.extension,
    )


@routes.get(
    "/workspaces/{workspace_id}",
    response=WorkspaceAnswer,
    operation_id="getWorkspace",
    summary="One workspace",
)
@needs("sees_people", compatible=True)
def get_workspace(request: HttpRequest, workspace_id: str) -> Any:
    found = workspaces.workspace(into("PLACE", workspace_id))
    with looking_at(request, found.customer_id):
        return worded(found)


@routes.put(
    "/workspaces/{workspace_id}",
    response=WorkspaceAnswer,
    operation_id="changeWorkspace",
    summary="Change a workspace",
)
@needs("edits_people", compatible=True)
def change_workspace(request: HttpRequest, workspace_id: str, wanted: WorkspaceBody) -> Any:
    found = workspaces.workspace(into("PLACE", workspace_id))
    with looking_at(request, found.customer_id):
        there = bool(numbers.lines_of_owner([found.id]))
        changed = workspaces.change_workspace(
            found.id, _equipment(wanted.calling, there=there), name=wanted.display_name, **_more(wanted)
        )
        own_address.fall_back_unassigned()
        return worded(changed)


@routes.delete(
    "/workspaces/{workspace_id}",
    response={204: None},
    operation_id="deleteWorkspace",
    summary="Remove a workspace with its line",
)
@needs("edits_people", compatible=True)
def delete_workspace(request: HttpRequest, workspace_id: str) -> Any:
    found = workspaces.workspace(into("PLACE", workspace_id))
    with looking_at(request, found.customer_id):
        workspaces.remove_workspace(found.id)
        own_address.fall_back_unassigned()


def word_virtual_line(found: VirtualLine) -> VirtualLineAnswer:
    line = numbers.lines_of_owner([found.id]).get(found.id)
    return VirtualLineAnswer(
        id=outside("VIRTUAL_LINE", found.id),
        first_name=found.first_name,
        last_name=found.last_name,
        display_name=found.display_name,
        number=LineNumber(
            external=line.number.e164 if line and line.number else None,
            extension=(line.extension or None) if line else None,
        ),
        location=IdAndName(
            id=outside("LOCATION", found.location_id), name=locations.name_of(found.location_id)
        ),
    )


@routes.get(
    "/telephony/config/virtualLines",
    response=VirtualLineList,
    operation_id="listVirtualLines",
    summary="Virtual lines",
)
@needs("sees_numbers", compatible=True)
def list_virtual_lines(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    location_id: str = Query("", alias="locationId"),
) -> Any:
    customer_of(request)
    found = virtual_lines.virtual_lines()
    ids = location_ids(request, location_id)
    if ids is not None:
        found = found.filter(location_id__in=ids)
    return VirtualLineList(virtual_lines=paged(request, response, found, word_virtual_line, paging))


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
    return Made(id=outside("VIRTUAL_LINE", made.id))


def _number(text: str | None) -> str | None:
    return PhoneNumber.parse_compatible(text, "/phoneNumber").e164 if text else text


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
    virtual_lines.change_virtual_line(
        _line_named(request, line_id).id,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        display_name=wanted.display_name,
        e164=_number(wanted.phone_number),
        extension=wanted.extension,
    )
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

"""Compatible calls: workspaces (docs/api.md, settings)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import licences
from dialtone.api.app import customer_of, looking_at, needs, router
from dialtone.api.named import location_ids
from dialtone.api.wire import Answer, Compatible, Paging, into, iso, not_offered, out, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.base.text import one_of
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.plans import queries as plans
from dialtone.services import workspaces
from dialtone.services.equip import Equipment
from dialtone.services.models import Workspace

routes = router("Workspaces and virtual lines")

WEBEX_CALLING, NO_CALLING = "webexCalling", "freeCalling"
WITHOUT_LINE = (NO_CALLING, "none")


class WebexCalling(Answer):
    phone_number: str | None = None
    extension: str | None = None
    location_id: str
    licenses: list[str]


class Calling(Answer):
    type: str
    webex_calling: WebexCalling | None = None


class Calendar(Answer):
    """There are none here."""

    type: str = "none"


class HostedMeetings(Answer):
    """There are none here."""

    enabled: bool = False


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
    calendar: Calendar = Calendar()
    hotdesking_status: str = "off"
    device_hosted_meetings: HostedMeetings = HostedMeetings()
    devices: list[dict[str, str]] | None = Field(None, description="Asked for: always empty")
    capabilities: dict[str, str] | None = Field(None, description="Asked for: always empty")


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
    location_id: str | None = None
    workspace_location_id: str | None = Field(None, description="An older name of locationId")
    calling: WorkspaceCallingBody | None = None
    calendar: dict[str, Any] | None = Field(None, description="Of type none; there are no calendars here")
    hotdesking_status: str | None = Field(None, description="off")
    device_hosted_meetings: dict[str, Any] | None = Field(None, description="Not enabled")
    floor_id: str | None = Field(None, description="Refused: there are no floors here")
    indoor_navigation: dict[str, Any] | None = Field(None, description="Refused: there are no maps here")

    @property
    def place(self) -> UUID | None:
        """The location that is told beside calling."""
        told = self.location_id or self.workspace_location_id
        return into("LOCATION", told, "/locationId") if told else None

    def check(self) -> None:
        """Raises Problem api.not_offered for what cannot be kept."""
        calendar, meetings = self.calendar or {}, self.device_hosted_meetings or {}
        kind = self.calling.type if self.calling else None
        not_offered("type", kind not in (None, WEBEX_CALLING, *WITHOUT_LINE), "/calling/type")
        not_offered("calendar", calendar.get("type") not in (None, "none"))
        not_offered("hotdeskingStatus", self.hotdesking_status not in (None, "off", "none"))
        not_offered("deviceHostedMeetings", bool(meetings.get("enabled")))
        not_offered("floorId", bool(self.floor_id))
        not_offered("indoorNavigation", bool(self.indoor_navigation))


class WorkspaceFilters(Compatible):
    location_id: str = ""
    workspace_location_id: str = Field("", description="An older name of locationId")
    display_name: str = Field("", max_length=120, description="A part of the name")
    type: str = ""
    supported_devices: str = ""
    capacity: int | None = Field(None, description="-1: no capacity is known")
    calling: str = Field("", description="webexCalling, or freeCalling and none for those without a line")
    calendar: str = Field("", description="There are no calendars: none finds all")
    planned_maintenance: str = Field("", description="None is planned here: off finds all")
    device_hosted_meetings_enabled: bool | None = Field(None, description="They are nowhere")
    floor_id: str = Field("", description="There are none, so nothing is found")
    device_platform: str = Field("", description="There are no devices, so nothing is found")
    health_level: str = Field("", description="It is not known, so nothing is found")
    custom_attribute: str = Field("", description="There are none, so nothing is found")
    include_devices: bool = False
    include_capabilities: bool = False

    @property
    def finds_nothing(self) -> bool:
        """Whether something is asked for that no workspace here has."""
        return bool(
            self.calendar not in ("", "none")
            or self.planned_maintenance not in ("", "off")
            or self.device_hosted_meetings_enabled
            or self.floor_id
            or self.device_platform
            or self.health_level
            or self.custom_attribute
            or self.calling not in ("", WEBEX_CALLING, *WITHOUT_LINE)
        )


def worded(found: Workspace, *, devices: bool = False, capabilities: bool = False) -> WorkspaceAnswer:
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
        location_id=out("LOCATION", line.location_id if line else found.location_id),
        devices=[] if devices else None,
        capabilities={} if capabilities else None,
    )


@routes.get("/workspaces", response=WorkspaceList, operation_id="listWorkspaces", summary="Workspaces")
@needs("sees_people", compatible=True)
def list_workspaces(
    request: HttpRequest, response: HttpResponse, asked: Query[WorkspaceFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    place = asked.location_id or asked.workspace_location_id
    found = workspaces.workspaces(
        workspaces.Filter(
            text=asked.display_name,
            location_ids=location_ids(request, place) if place else None,
            kind=one_of(asked.type, workspaces.KINDS, "/type") if asked.type else "",
            devices=one_of(asked.supported_devices, workspaces.DEVICES, "/supportedDevices")
            if asked.supported_devices
            else "",
            capacity=asked.capacity,
            has_line=asked.calling == WEBEX_CALLING if asked.calling else None,
        )
    )

    def word(each: Workspace) -> WorkspaceAnswer:
        return worded(each, devices=asked.include_devices, capabilities=asked.include_capabilities)

    found = found.none() if asked.finds_nothing else found
    return WorkspaceList(items=paged(request, response, found, word, paging))


@routes.post(
    "/workspaces", response=WorkspaceAnswer, operation_id="createWorkspace", summary="Add a workspace"
)
@needs("edits_people", compatible=True)
def create_workspace(request: HttpRequest, wanted: WorkspaceBody) -> Any:
    """Whose it is follows from its location, or from orgId in the body."""
    wanted.check()
    with looking_at(request, _customer_meant(wanted)):
        customer_of(request)
        made = workspaces.add_workspace(
            _equipment(wanted),
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
    return locations.location(wanted.place).customer_id if wanted.place else None


def _more(wanted: WorkspaceBody) -> dict[str, Any]:
    told = {
        "kind": wanted.type,
        "capacity": wanted.capacity,
        "devices": wanted.supported_devices,
        "notes": wanted.notes,
        "location_id": wanted.place,
    }
    return {name: value for name, value in told.items() if value is not None}


def _equipment(wanted: WorkspaceBody, *, there: bool = False) -> Equipment:
    """What the body says about calling; without a licence in it, the one for workspaces is meant, or else any."""
    calling = wanted.calling
    if calling is None:
        return Equipment(location_id=wanted.place) if there and wanted.place else Equipment()
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
        location_id=into("LOCATION", told.location_id, f"{field}/locationId")
        if told.location_id
        else wanted.place,
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
def get_workspace(
    request: HttpRequest, workspace_id: str, include_devices: bool = Query(False, alias="includeDevices")
) -> Any:
    found = workspaces.workspace(into("PLACE", workspace_id))
    with looking_at(request, found.customer_id):
        return worded(found, devices=include_devices)


@routes.put(
    "/workspaces/{workspace_id}",
    response=WorkspaceAnswer,
    operation_id="changeWorkspace",
    summary="Change a workspace",
)
@needs("edits_people", compatible=True)
def change_workspace(request: HttpRequest, workspace_id: str, wanted: WorkspaceBody) -> Any:
    wanted.check()
    found = workspaces.workspace(into("PLACE", workspace_id))
    with looking_at(request, found.customer_id):
        there = bool(numbers.lines_of_owner([found.id]))
        changed = workspaces.change_workspace(
            found.id, _equipment(wanted, there=there), name=wanted.display_name, **_more(wanted)
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

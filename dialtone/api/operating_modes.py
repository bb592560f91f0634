"""Compatible calls: operating modes, which say when menus and groups forward their calls, and where to (docs/api.md, services)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import calling_location_named
from dialtone.api.numbers import IdAndName
from dialtone.api.wire import Answer, Compatible, Made, Paging, into, outside, paged
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.services import operating_modes
from dialtone.services.models import OperatingMode, SiteService

routes = router("Operating modes")
KIND, EVENT = "OPERATING_MODE", "OPERATING_MODE_HOLIDAY"
AT = "/telephony/config/operatingModes"
ONE = AT + "/{mode_id}"
HOLIDAYS = ONE + "/holidays"
HOLIDAY = HOLIDAYS + "/{holiday_id}"
ORGANISATION, LOCATION = "ORGANIZATION", "LOCATION"
ORDERS = {"": "name", "asc": "name", "desc": "-name", "name-asc": "name", "name-desc": "-name"}


class ModeHolidayAnswer(Answer):
    id: str
    name: str
    all_day_enabled: bool
    start_date: str
    end_date: str
    start_time: str | None = None
    end_time: str | None = None
    recurrence: dict[str, Any] | None = None


class ModeRow(Answer):
    id: str
    name: str
    type: str
    level: str
    location: IdAndName | None = None


class ModeAnswer(ModeRow):
    same_hours_daily: dict[str, Any] | None = None
    different_hours_daily: dict[str, Any] | None = None
    holidays: list[ModeHolidayAnswer] | None = None
    call_forwarding: dict[str, Any]


class ModeList(Answer):
    operating_modes: list[ModeRow]


class AvailableModes(Answer):
    operating_modes: list[IdAndName]


class ModeHolidayBody(Compatible):
    id: str | None = Field(None, description="Read only: it stays by its name")
    name: str | None = None
    all_day_enabled: bool | None = None
    start_date: str | None = None
    end_date: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    recurrence: dict[str, Any] | None = Field(None, description="recurYearlyByDate or recurYearlyByDay")

    def told(self) -> dict[str, Any]:
        """As the verb reads it: only what was said."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude={"id"})


class ModeChange(Compatible):
    """What is left out stays as it is; holidays replace all that there were."""

    name: str | None = None
    same_hours_daily: dict[str, Any] | None = None
    different_hours_daily: dict[str, Any] | None = None
    holidays: list[ModeHolidayBody] | None = None
    call_forwarding: dict[str, Any] | None = Field(
        None, description="enabled, destination: where calls go unless a menu or group says otherwise"
    )

    def told(self) -> dict[str, Any]:
        """As the verb reads it."""
        found = self.model_dump(by_alias=True, exclude_unset=True, include=set(ModeChange.model_fields))
        if self.holidays is not None:
            found["holidays"] = [each.told() for each in self.holidays]
        return found


class ModeBody(ModeChange):
    type: str | None = Field(None, description="SAME_HOURS_DAILY, DIFFERENT_HOURS_DAILY, HOLIDAY or NONE")
    level: str | None = Field(None, description="ORGANIZATION, or LOCATION with `locationId`")
    location_id: str | None = None


class ModeFilters(Compatible):
    limit_to_location_id: str = ""
    limit_to_org_level_enabled: bool | None = None
    name: str = Field("", max_length=120, description="A part of the name")
    order: str = Field("", description="asc or desc, by name")


def modes_out(found: SiteService, current: UUID | None) -> dict[str, Any]:
    """The modes of a menu or group as clients see them."""
    told = found.forwarding.get("operatingModes") or {"enabled": False, "modes": []}
    ids = [each["id"] for each in told["modes"]]
    known = {str(each.id): each for each in operating_modes.operating_modes().filter(id__in=ids)}
    return {
        "enabled": told["enabled"],
        "currentOperatingModeId": outside(KIND, current) if current else None,
        "modes": [_of_service(each, known[each["id"]]) for each in told["modes"] if each["id"] in known],
    }


def modes_into(told: Mapping[str, Any], field: str) -> dict[str, Any]:
    """What a client says of a service's modes, with our ids."""
    modes = told.get("modes")
    if not isinstance(modes, list):
        return dict(told)
    found = [
        {**each, "id": str(into(KIND, str(each.get("id")), f"{field}/modes/{index}/id"))}
        if isinstance(each, Mapping)
        else each
        for index, each in enumerate(modes)
    ]
    return {**told, "modes": found}


def _of_service(told: Mapping[str, Any], mode: OperatingMode) -> dict[str, Any]:
    own = mode.forwarding
    return {
        "normalOperationEnabled": told["normalOperationEnabled"],
        "id": outside(KIND, mode.id),
        "name": mode.name,
        "type": mode.kind,
        "level": _level(mode),
        "forwardTo": {
            **_with_text(told["forwardTo"]),
            "defaultForwardToSelection": operating_modes.ELSEWHERE
            if own["enabled"]
            else operating_modes.STAY,
            "defaultDestination": own["destination"] or "",
            "defaultDestinationVoicemailEnabled": own["destinationVoicemailEnabled"],
        },
    }


def _with_text(told: Mapping[str, Any]) -> dict[str, Any]:
    """A destination that nobody has told is no text, like one that was taken away."""
    return {**told, "destination": told["destination"] or ""}


def _level(found: OperatingMode) -> str:
    return LOCATION if found.location_id else ORGANISATION


def _row(found: OperatingMode) -> dict[str, Any]:
    place = found.location_id
    return {
        "id": outside(KIND, found.id),
        "name": found.name,
        "type": found.kind,
        "level": _level(found),
        "location": IdAndName(id=outside("LOCATION", place), name=locations.name_of(place))
        if place
        else None,
    }


def _holiday(told: Mapping[str, Any]) -> ModeHolidayAnswer:
    again = {
        name: value
        for name, value in (told.get("recurrence") or {}).items()
        if name.startswith("recurYearly")
    }
    return ModeHolidayAnswer.model_validate(
        {**told, "id": outside(EVENT, UUID(told["id"])), "recurrence": again or None}
    )


def _named(request: HttpRequest, mode_id: str, *, edits: bool = False) -> OperatingMode:
    """A mode that the caller sees; those of the whole organisation are not a location's administrator's to change. Raises Problem
    not_found, permission.missing."""
    customer_of(request)
    found = operating_modes.operating_mode(into(KIND, mode_id), lock=edits)
    if found.location_id is not None and not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    if edits:
        _check_level(request, found.location_id)
    return found


def _check_level(request: HttpRequest, location_id: UUID | None) -> None:
    if location_id is None and caller_of(request).role == "location":
        raise Problem("permission.missing", values={"permission": "edits_services"})


@routes.get(AT, response=ModeList, operation_id="listOperatingModes", summary="Operating modes")
@needs("sees_services", compatible=True)
def list_modes(
    request: HttpRequest, response: HttpResponse, asked: Query[ModeFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    if asked.order.lower() not in ORDERS:
        values = {"value": asked.order[:40], "choices": "asc, desc"}
        raise Problem("field.not_allowed", field="/order", values=values)
    place = (
        calling_location_named(request, asked.limit_to_location_id).id if asked.limit_to_location_id else None
    )
    found = operating_modes.operating_modes(
        location_id=place, of_customer=bool(asked.limit_to_org_level_enabled), text=asked.name
    )
    mine = caller_of(request).own_location_ids
    if mine is not None:
        found = found.filter(Q(location_id=None) | Q(location_id__in=mine))
    found = found.order_by(ORDERS[asked.order.lower()], "id")
    rows = paged(request, response, found, lambda each: ModeRow(**_row(each)), paging)
    return ModeList(operating_modes=rows)


@routes.post(AT, response={201: Made}, operation_id="createOperatingMode", summary="Add an operating mode")
@needs("edits_services", compatible=True)
def create_mode(request: HttpRequest, wanted: ModeBody) -> Any:
    customer_of(request)
    if wanted.level not in (ORGANISATION, LOCATION):
        values = {"value": str(wanted.level or "")[:40], "choices": f"{ORGANISATION}, {LOCATION}"}
        raise Problem("field.not_allowed", field="/level", values=values)
    place = None
    if wanted.level == LOCATION:
        if not wanted.location_id:
            raise Problem("field.required", field="/locationId", values={"field": "locationId"})
        place = calling_location_named(request, wanted.location_id).id
    _check_level(request, place)
    made = operating_modes.add_operating_mode(place, wanted.type, wanted.told())
    return Made(id=outside(KIND, made.id))


@routes.get(ONE, response=ModeAnswer, operation_id="getOperatingMode", summary="One operating mode")
@needs("sees_services", compatible=True)
def get_mode(request: HttpRequest, mode_id: str) -> Any:
    found = _named(request, mode_id)
    told: dict[str, Any] = {**_row(found), "callForwarding": _with_text(found.forwarding)}
    if name := operating_modes.hours_name(found.kind):
        told[name] = found.hours
    if found.kind == operating_modes.HOLIDAY:
        told["holidays"] = [_holiday(each) for each in found.holidays]
    return ModeAnswer.model_validate(told)


@routes.put(ONE, response={204: None}, operation_id="changeOperatingMode", summary="Change an operating mode")
@needs("edits_services", compatible=True)
def change_mode(request: HttpRequest, mode_id: str, wanted: ModeChange) -> Any:
    operating_modes.change_operating_mode(_named(request, mode_id, edits=True), wanted.told())


@routes.delete(
    ONE,
    response={204: None},
    operation_id="deleteOperatingMode",
    summary="Remove an operating mode that nothing goes by",
)
@needs("edits_services", compatible=True)
def delete_mode(request: HttpRequest, mode_id: str) -> Any:
    operating_modes.remove_operating_mode(_named(request, mode_id, edits=True))


@routes.post(
    HOLIDAYS,
    response={201: Made},
    operation_id="createOperatingModeHoliday",
    summary="Add a holiday to an operating mode",
)
@needs("edits_services", compatible=True)
def create_holiday(request: HttpRequest, mode_id: str, wanted: ModeHolidayBody) -> Any:
    made = operating_modes.put_holiday(_of_holidays(request, mode_id), wanted.told())
    return Made(id=outside(EVENT, UUID(made)))


@routes.get(
    HOLIDAY,
    response=ModeHolidayAnswer,
    operation_id="getOperatingModeHoliday",
    summary="A holiday of an operating mode",
)
@needs("sees_services", compatible=True)
def get_holiday(request: HttpRequest, mode_id: str, holiday_id: str) -> Any:
    return _holiday(operating_modes.holiday_of(_named(request, mode_id), str(into(EVENT, holiday_id))))


@routes.put(
    HOLIDAY,
    response={204: None},
    operation_id="changeOperatingModeHoliday",
    summary="Change a holiday of an operating mode",
)
@needs("edits_services", compatible=True)
def change_holiday(request: HttpRequest, mode_id: str, holiday_id: str, wanted: ModeHolidayBody) -> Any:
    id = str(into(EVENT, holiday_id))
    operating_modes.put_holiday(_of_holidays(request, mode_id), wanted.told(), id)


@routes.delete(
    HOLIDAY,
    response={204: None},
    operation_id="deleteOperatingModeHoliday",
    summary="Remove a holiday of an operating mode",
)
@needs("edits_services", compatible=True)
def delete_holiday(request: HttpRequest, mode_id: str, holiday_id: str) -> Any:
    operating_modes.take_holiday(_of_holidays(request, mode_id), str(into(EVENT, holiday_id)))


def _of_holidays(request: HttpRequest, mode_id: str) -> OperatingMode:
    """A mode that has holidays, to change it. Raises Problem not_found."""
    found = _named(request, mode_id, edits=True)
    if found.kind != operating_modes.HOLIDAY:
        raise Problem("not_found")
    return found


@routes.get(
    "/telephony/config/locations/{location_id}/operatingModes/availableOperatingModes",
    response=AvailableModes,
    operation_id="listAvailableOperatingModes",
    summary="Operating modes that menus and groups of a location may go by",
)
@needs("sees_services", compatible=True)
def list_available(
    request: HttpRequest, response: HttpResponse, location_id: str, paging: Query[Paging]
) -> Any:
    found = operating_modes.available_at(calling_location_named(request, location_id).id)
    rows = paged(
        request, response, found, lambda each: IdAndName(id=outside(KIND, each.id), name=each.name), paging
    )
    return AvailableModes(operating_modes=rows)

"""Compatible calls: opening hours and holidays of locations (docs/api.md, services)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import calling_location_named
from dialtone.api.wire import Answer, Compatible, Made, Paging, into, not_offered, outside, paged
from dialtone.locations import queries as locations
from dialtone.services import schedules
from dialtone.services.models import Schedule

routes = router("Schedules")
EVENT = "SCHEDULE_EVENT"
AT = "/telephony/config/locations/{location_id}/schedules"
ONE = AT + "/{schedule_type}/{schedule_id}"


class EventAnswer(Answer):
    id: str
    name: str
    start_date: str
    end_date: str
    start_time: str | None = None
    end_time: str | None = None
    all_day_enabled: bool
    recurrence: dict[str, Any] | None = None


class ScheduleAnswer(Answer):
    id: str
    name: str
    type: str
    location_id: str
    location_name: str
    events: list[EventAnswer]


class ScheduleRow(Answer):
    id: str
    name: str
    type: str
    location_id: str
    location_name: str


class ScheduleList(Answer):
    schedules: list[ScheduleRow]


class EventBody(Compatible):
    name: str | None = None
    new_name: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    all_day_enabled: bool | None = None
    recurrence: dict[str, Any] | None = None

    def told(self) -> dict[str, Any]:
        """As the verb reads it: only what was said."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class ScheduleBody(Compatible):
    name: str | None = None
    new_name: str | None = None
    type: str | None = None
    level: str | None = Field(None, description="LOCATION: every schedule is of one location")
    events: list[EventBody] | None = None

    def check(self) -> None:
        """Raises Problem api.not_offered for a schedule of the whole organisation."""
        not_offered("level", self.level not in (None, "LOCATION"))

    def told_events(self) -> list[dict[str, Any]] | None:
        return None if self.events is None else [event.told() for event in self.events]


def _event(told: dict[str, Any]) -> EventAnswer:
    return EventAnswer(**{**told, "id": outside(EVENT, UUID(told["id"]))})


def _facts(found: Schedule) -> dict[str, Any]:
    return {
        "id": outside("SCHEDULE", found.id),
        "name": found.name,
        "type": found.kind,
        "location_id": outside("LOCATION", found.location_id),
        "location_name": locations.name_of(found.location_id),
    }


def _named(request: HttpRequest, location_id: str, kind: str, schedule_id: str, *, lock: bool) -> Schedule:
    here = calling_location_named(request, location_id).id
    return schedules.schedule(into("SCHEDULE", schedule_id), here, kind, lock=lock)


@routes.get(AT, response=ScheduleList, operation_id="listSchedules", summary="Schedules of a location")
@needs("sees_services", compatible=True)
def list_schedules(
    request: HttpRequest,
    response: HttpResponse,
    location_id: str,
    paging: Query[Paging],
    type: str = Query(""),
    name: str = Query(""),
) -> Any:
    here = calling_location_named(request, location_id).id
    found = schedules.schedules(here, kind=type, text=name)
    rows = paged(request, response, found, lambda each: ScheduleRow(**_facts(each)), paging)
    return ScheduleList(schedules=rows)


@routes.post(AT, response={201: Made}, operation_id="createSchedule", summary="Add a schedule")
@needs("edits_services", compatible=True)
def create_schedule(request: HttpRequest, location_id: str, wanted: ScheduleBody) -> Any:
    wanted.check()
    here = calling_location_named(request, location_id).id
    made = schedules.add_schedule(
        here, kind=wanted.type or "", name=wanted.name, events=wanted.told_events() or []
    )
    return Made(id=outside("SCHEDULE", made.id))


@routes.get(ONE, response=ScheduleAnswer, operation_id="getSchedule", summary="One schedule with its events")
@needs("sees_services", compatible=True)
def get_schedule(request: HttpRequest, location_id: str, schedule_type: str, schedule_id: str) -> Any:
    found = _named(request, location_id, schedule_type, schedule_id, lock=False)
    return ScheduleAnswer(**_facts(found), events=[_event(each) for each in found.events])


@routes.put(
    ONE, response=Made, operation_id="changeSchedule", summary="Change a schedule; events replace all"
)
@needs("edits_services", compatible=True)
def change_schedule(
    request: HttpRequest, location_id: str, schedule_type: str, schedule_id: str, wanted: ScheduleBody
) -> Any:
    wanted.check()
    found = _named(request, location_id, schedule_type, schedule_id, lock=True)
    schedules.change_schedule(found, name=wanted.new_name or wanted.name, events=wanted.told_events())
    return Made(id=outside("SCHEDULE", found.id))


@routes.delete(ONE, response={204: None}, operation_id="deleteSchedule", summary="Remove a schedule")
@needs("edits_services", compatible=True)
def delete_schedule(request: HttpRequest, location_id: str, schedule_type: str, schedule_id: str) -> Any:
    """Refused with 409 while a phone menu or a queue goes by it."""
    schedules.remove_schedule(_named(request, location_id, schedule_type, schedule_id, lock=True))


# One client asks for events with a slash at the end.
for _slash in ("", "/"):

    @routes.post(
        f"{ONE}/events{_slash}",
        response={201: Made},
        operation_id="createScheduleEvent" + ("Slash" if _slash else ""),
        summary="Add an event",
    )
    @needs("edits_services", compatible=True)
    def create_event(
        request: HttpRequest, location_id: str, schedule_type: str, schedule_id: str, wanted: EventBody
    ) -> Any:
        found = _named(request, location_id, schedule_type, schedule_id, lock=True)
        return Made(id=outside(EVENT, UUID(schedules.put_event(found, wanted.told()))))


@routes.get(
    ONE + "/events/{event_id}", response=EventAnswer, operation_id="getScheduleEvent", summary="One event"
)
@needs("sees_services", compatible=True)
def get_event(
    request: HttpRequest, location_id: str, schedule_type: str, schedule_id: str, event_id: str
) -> Any:
    found = _named(request, location_id, schedule_type, schedule_id, lock=False)
    return _event(schedules.event_of(found, str(into(EVENT, event_id))))


@routes.put(
    ONE + "/events/{event_id}", response=Made, operation_id="changeScheduleEvent", summary="Change an event"
)
@needs("edits_services", compatible=True)
def change_event(
    request: HttpRequest,
    location_id: str,
    schedule_type: str,
    schedule_id: str,
    event_id: str,
    wanted: EventBody,
) -> Any:
    found = _named(request, location_id, schedule_type, schedule_id, lock=True)
    schedules.put_event(found, wanted.told(), str(into(EVENT, event_id)))
    return Made(id=event_id)


@routes.delete(
    ONE + "/events/{event_id}",
    response={204: None},
    operation_id="deleteScheduleEvent",
    summary="Remove an event",
)
@needs("edits_services", compatible=True)
def delete_event(
    request: HttpRequest, location_id: str, schedule_type: str, schedule_id: str, event_id: str
) -> Any:
    found = _named(request, location_id, schedule_type, schedule_id, lock=True)
    schedules.take_event(found, str(into(EVENT, event_id)))

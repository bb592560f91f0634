"""Compatible calls: what becomes of calls to a queue on holidays, outside its hours, when it is told to forward them, and when nobody is
there (docs/api.md, services)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.announcements import files_into, files_out
from dialtone.api.app import needs, router
from dialtone.api.site_services import AT, GROUPS, named
from dialtone.api.wire import Answer, Compatible
from dialtone.services import queue_services, schedules
from dialtone.services.call_groups import QUEUE
from dialtone.services.models import CallGroup, Schedule
from dialtone.services.queue_services import FORCED, HOLIDAY, NIGHT, STRANDED

routes = router("Phone menus, hunt groups, queues")

BUSY_OR_TRANSFER = "BUSY or TRANSFER"
LEADS_TO = "What one would dial; needed to transfer"
FILES = "Up to four recordings, when CUSTOM is selected"


class ScheduleChoice(Answer):
    schedule_name: str
    schedule_level: str = "LOCATION"


class HolidayService(Answer):
    holiday_service_enabled: bool
    action: str = Field(description=BUSY_OR_TRANSFER)
    holiday_schedule_level: str
    holiday_schedule_name: str | None = None
    transfer_phone_number: str | None = None
    play_announcement_before_enabled: bool
    audio_message_selection: str
    audio_files: list[dict[str, Any]]
    holiday_schedules: list[ScheduleChoice] = Field(description="Those of the location")


class NightService(Answer):
    night_service_enabled: bool
    action: str = Field(description=BUSY_OR_TRANSFER)
    transfer_phone_number: str | None = None
    play_announcement_before_enabled: bool
    announcement_mode: str
    audio_message_selection: str
    audio_files: list[dict[str, Any]]
    business_hours_name: str | None = None
    business_hours_level: str
    business_hour_schedules: list[ScheduleChoice] = Field(description="Those of the location")
    force_night_service_enabled: bool = Field(description="Whatever time it is")
    manual_audio_message_selection: str
    manual_audio_files: list[dict[str, Any]]


class ForcedForward(Answer):
    forced_forward_enabled: bool
    transfer_phone_number: str | None = None
    play_announcement_before_enabled: bool
    audio_message_selection: str
    audio_files: list[dict[str, Any]]


class StrandedCalls(Answer):
    action: str = Field(description="NONE, BUSY, TRANSFER, NIGHT_SERVICE, RINGING or ANNOUNCEMENT")
    transfer_phone_number: str | None = None
    audio_message_selection: str
    audio_files: list[dict[str, Any]]
    trigger_policy_when_all_agents_are_unreachable_enabled: bool


class QueueServiceBody(Compatible):
    """What is left out stays as it is."""

    action: str | None = None
    transfer_phone_number: str | None = Field(None, description=LEADS_TO)
    play_announcement_before_enabled: bool | None = None
    audio_message_selection: str | None = Field(None, description="DEFAULT or CUSTOM")
    audio_files: list[dict[str, Any]] | None = Field(None, max_length=4, description=FILES)


class HolidayBody(QueueServiceBody):
    holiday_service_enabled: bool | None = None
    holiday_schedule_level: str | None = Field(None, description="LOCATION")
    holiday_schedule_name: str | None = None


class NightBody(QueueServiceBody):
    night_service_enabled: bool | None = None
    announcement_mode: str | None = Field(None, description="NORMAL or MANUAL")
    business_hours_name: str | None = None
    business_hours_level: str | None = Field(None, description="LOCATION")
    force_night_service_enabled: bool | None = None
    manual_audio_message_selection: str | None = Field(None, description="DEFAULT or CUSTOM")
    manual_audio_files: list[dict[str, Any]] | None = Field(None, max_length=4, description=FILES)


class ForcedBody(QueueServiceBody):
    forced_forward_enabled: bool | None = None


class StrandedBody(QueueServiceBody):
    trigger_policy_when_all_agents_are_unreachable_enabled: bool | None = None


def _worded(found: CallGroup, what: str) -> dict[str, Any]:
    told = files_out(queue_services.service_of(found, what))
    chosen = told.pop("schedule", None)
    if what == HOLIDAY:
        told |= {
            "holidayScheduleName": _name(chosen),
            "holidaySchedules": _choices(found, schedules.HOLIDAYS),
        }
    elif what == NIGHT:
        told |= {
            "businessHoursName": _name(chosen),
            "businessHourSchedules": _choices(found, schedules.HOURS),
        }
    return dict(told)


def _name(schedule_id: str | None) -> str | None:
    found = Schedule.objects.filter(id=UUID(schedule_id)).first() if schedule_id else None
    return found.name if found else None


def _choices(found: CallGroup, kind: str) -> list[ScheduleChoice]:
    return [
        ScheduleChoice(schedule_name=each.name) for each in schedules.schedules(found.location_id, kind=kind)
    ]


def _of_queue(what: str, word: str, about: str, answer: type[Answer], asked: type[QueueServiceBody]) -> None:
    path = f"{AT}/queues/{{service_id}}/{what}"

    @needs("sees_services", compatible=True)
    def get_service(request: HttpRequest, location_id: str, service_id: str) -> Any:
        return answer.model_validate(_worded(named(GROUPS[QUEUE], request, location_id, service_id), what))

    @needs("edits_services", compatible=True)
    def change_service(request: HttpRequest, location_id: str, service_id: str, wanted: Any) -> Any:
        found = named(GROUPS[QUEUE], request, location_id, service_id, lock=True)
        told: Mapping[str, Any] = files_into(wanted.model_dump(by_alias=True, exclude_unset=True))
        queue_services.set_service(found, what, told)

    change_service.__annotations__["wanted"] = asked
    routes.get(
        path, response=answer, operation_id=f"getQueue{word}", summary=f"What becomes of calls {about}"
    )(get_service)
    routes.put(
        path,
        response={204: None},
        operation_id=f"changeQueue{word}",
        summary=f"Say what becomes of calls {about}",
    )(change_service)


_of_queue(HOLIDAY, "HolidayService", "on holidays", HolidayService, HolidayBody)
_of_queue(NIGHT, "NightService", "outside a queue's hours", NightService, NightBody)
_of_queue(FORCED, "ForcedForward", "that a queue forwards for now", ForcedForward, ForcedBody)
_of_queue(STRANDED, "StrandedCalls", "to a queue in which nobody is at work", StrandedCalls, StrandedBody)

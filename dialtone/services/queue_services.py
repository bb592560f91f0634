"""What becomes of calls to a queue on holidays, outside its hours, when it is told to forward them, and when nobody is there: documents in the words
of the compatible API (SDK `callqueue.policy`), kept with the queue. `diversions.py` reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.services import announcements, schedules, site_services
from dialtone.services.call_groups import Told, change_group
from dialtone.services.destinations import destination
from dialtone.services.models import CallGroup
from dialtone.services.shape import Checked, Choice, Flag, Shape, defaults, merged
from dialtone.services.site_services import Wanted

HOLIDAY, NIGHT, FORCED, STRANDED = "holidayService", "nightService", "forcedForward", "strandedCalls"
BUSY, TRANSFER, DEFAULT, CUSTOM = "BUSY", "TRANSFER", "DEFAULT", "CUSTOM"
MANUAL = "MANUAL"
MOST_FILES = 4  # as the compatible vendor's
# Which switch turns a service on, and whether what it goes by has to be told then.
_SWITCH = {HOLIDAY: "holidayServiceEnabled", NIGHT: "nightServiceEnabled", FORCED: "forcedForwardEnabled"}
_HEARD = (("audioMessageSelection", "audioFiles"), ("manualAudioMessageSelection", "manualAudioFiles"))
_NAMED = {HOLIDAY: (schedules.HOLIDAYS, "holidayScheduleName"), NIGHT: (schedules.HOURS, "businessHoursName")}


def service_of(found: CallGroup, what: str) -> dict[str, Any]:
    """One service as it is; `schedule` is the id of what it goes by."""
    return {**defaults(_shape(what, found.location_id)), **found.services.get(what, {})}


def set_service(found: CallGroup, what: str, told: Mapping[str, Any]) -> None:
    """What is not told stays. Raises Problem field.*, services.destination, services.schedule_unknown, services.greeting_file,
    services.announcement_unknown."""
    told = dict(told)
    if what in _NAMED:
        kind, field = _NAMED[what]
        if field in told:
            name = told[field]
            told["schedule"] = (
                str(schedules.named(found.location_id, kind, str(name), f"/{field}").id) if name else None
            )
    new = merged(_shape(what, found.location_id), service_of(found, what), told, "")
    _check(what, new)
    before, after = found.services, {**found.services, what: new}
    found.services = after
    found.version += 1
    found.save(update_fields=["services", "version"])
    site_services.write_down(found, "changed", {"services": before}, {"services": after})


def set_waiting(found: CallGroup, *, rings: int, leads_on: bool, to: str) -> None:
    """How often a phone rings before the next one's turn, and whether and where a call goes that nobody answered (`to` is what one
    would dial; with "" whatever it was stays). Raises Problem services.destination, field.*."""
    overflow: dict[str, Any] = {"overflowAfterWaitEnabled": leads_on}
    if leads_on or to:
        overflow["transferNumber"] = to
    if leads_on:
        overflow["action"] = "TRANSFER_TO_PHONE_NUMBER"
    told = Told(policies={"callBounce": {"callBounceMaxRings": rings}}, queue={"overflow": overflow})
    change_group(found, Wanted(), told)


def heard_before(found: CallGroup, what: str) -> list[str]:
    """The recordings that callers hear before a service takes the call, by their ids; none where the standard announcement is
    played, or nothing."""
    told = service_of(found, what)
    if not told.get("playAnnouncementBeforeEnabled"):
        return []
    by_hand = bool(told.get("forceNightServiceEnabled")) and told["announcementMode"] == MANUAL
    chosen, files = _HEARD[by_hand]
    return [each["id"] for each in told[files]] if told[chosen] == CUSTOM else []


def _check(what: str, told: Mapping[str, Any]) -> None:
    """What is switched on needs where it leads, and by what it goes."""
    is_on = told[_SWITCH[what]] if what in _SWITCH else told["action"] != "NONE"
    leads_on = what == FORCED or told["action"] == TRANSFER
    if is_on and leads_on and not told["transferPhoneNumber"]:
        raise Problem("services.destination", field="/transferPhoneNumber", values={"value": ""})
    if is_on and what in _NAMED and not told["schedule"] and not told.get("forceNightServiceEnabled"):
        field = _NAMED[what][1]
        raise Problem("field.required", field=f"/{field}", values={"field": field})
    for chosen, files in _HEARD:
        if is_on and told.get(chosen) == CUSTOM and not told[files]:
            raise Problem("services.greeting_file", field=f"/{files}")


def _shape(what: str, location_id: UUID) -> Shape:
    files = Checked(_finder(location_id), is_list=True)
    heard: Shape = {"audioMessageSelection": Choice((DEFAULT, CUSTOM)), "audioFiles": files}
    leads: Shape = {
        "transferPhoneNumber": Checked(lambda told, field: destination(told, field, is_needed=False))
    }
    by_time: Shape = {
        "action": Choice((BUSY, TRANSFER)),
        **leads,
        "playAnnouncementBeforeEnabled": Flag(),
        **heard,
        "schedule": Checked(lambda told, _field: told),
    }
    shapes: Mapping[str, Shape] = {
        HOLIDAY: {"holidayServiceEnabled": Flag(), **by_time, "holidayScheduleLevel": Choice(("LOCATION",))},
        NIGHT: {
            "nightServiceEnabled": Flag(),
            **by_time,
            "businessHoursLevel": Choice(("LOCATION",)),
            "announcementMode": Choice(("NORMAL", MANUAL)),
            "forceNightServiceEnabled": Flag(),
            "manualAudioMessageSelection": Choice((DEFAULT, CUSTOM)),
            "manualAudioFiles": files,
        },
        FORCED: {
            "forcedForwardEnabled": Flag(),
            **leads,
            "playAnnouncementBeforeEnabled": Flag(),
            **heard,
        },
        STRANDED: {
            "action": Choice(("NONE", BUSY, TRANSFER, "NIGHT_SERVICE", "RINGING", "ANNOUNCEMENT")),
            **leads,
            **heard,
            "triggerPolicyWhenAllAgentsAreUnreachableEnabled": Flag(),
        },
    }
    return shapes[what]


def _finder(location_id: UUID) -> Callable[[Any, str], list[dict[str, str]]]:
    def find(told: Any, field: str) -> list[dict[str, str]]:
        if not isinstance(told or [], list):
            values = {"field": field.rpartition("/")[2], "expected": "a list"}
            raise Problem("field.wrong_type", field=field, values=values)
        if len(told or []) > MOST_FILES:
            most = {"field": field.rpartition("/")[2], "limit": MOST_FILES}
            raise Problem("field.too_many", field=field, values=most)
        return [
            announcements.find_for(location_id, each, f"{field}/{index}")
            for index, each in enumerate(told or [])
        ]

    return find

"""Operating modes: when calls to the menus and groups that go by a mode are forwarded, and where to (SDK `telephony.operating_modes`).

A mode is of the customer or of one location. Which of a service's modes counts is the first, as listed there, that is under way by the clock of the
service; one of kind NONE never is by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.services.destinations import destination
from dialtone.services.models import CallGroup, OperatingMode, PhoneMenu, SiteService
from dialtone.services.opening import DAYS, is_open
from dialtone.services.schedules import day_time, place_in, put_in, read_events, taken_out
from dialtone.services.shape import Checked, Choice, Flag, Rows, Shape, Text, defaults, merged

SAME, DIFFERENT, HOLIDAY, NONE = "SAME_HOURS_DAILY", "DIFFERENT_HOURS_DAILY", "HOLIDAY", "NONE"
KINDS = (SAME, DIFFERENT, HOLIDAY, NONE)
MOST = 100  # of a location, and of the customer itself, as the compatible vendor's
OF_MODE, ELSEWHERE, STAY = "FORWARD_TO_DEFAULT_NUMBER", "FORWARD_TO_SPECIFIED_NUMBER", "DO_NOT_FORWARD"
_MONDAY = date(2024, 1, 1)  # the first of the weeks that hours count in: any Monday gone by
_WEEKDAYS, _WEEKEND = DAYS[:5], DAYS[5:]
_DESTINATION = Checked(lambda told, field: destination(told, field, is_needed=False) or "")
_DAY: Shape = {
    "enabled": Flag(),
    "allDayEnabled": Flag(),
    "startTime": Checked(day_time),
    "endTime": Checked(day_time),
}
_HOURS: Mapping[str, tuple[str, Shape]] = {
    SAME: ("sameHoursDaily", {"mondayToFriday": _DAY, "saturdayToSunday": _DAY}),
    DIFFERENT: ("differentHoursDaily", dict.fromkeys(DAYS, _DAY)),
}
_FORWARDING: Shape = {
    "enabled": Flag(),
    "destination": _DESTINATION,
    "destinationVoicemailEnabled": Flag(),
}
OF_SERVICE: Shape = {
    "enabled": Flag(),
    "modes": Rows(
        {
            "id": Text(40, is_needed=True),
            "normalOperationEnabled": Flag(True),
            "forwardTo": {
                "selection": Choice((OF_MODE, ELSEWHERE, STAY)),
                "destination": _DESTINATION,
                "destinationVoicemailEnabled": Flag(),
            },
        },
        most=MOST,
    ),
}


@dataclass(frozen=True)
class Ours:
    """One mode of a service: which, its events, and where calls go while it counts; "" where they stay."""

    id: UUID
    events: list[dict[str, Any]]
    to: str


def operating_modes(
    *, location_id: UUID | None = None, of_customer: bool = False, text: str = ""
) -> QuerySet[OperatingMode]:
    """By name: all of them, those of one location, or the customer's own; found by a part of the name."""
    found: QuerySet[OperatingMode] = OperatingMode.objects.order_by("name", "id")
    if location_id is not None:
        found = found.filter(location_id=location_id)
    if of_customer:
        found = found.filter(location_id=None)
    return found.filter(name__icontains=text) if text else found


def available_at(location_id: UUID) -> QuerySet[OperatingMode]:
    """Those that a menu or group of this location may go by: its own and the customer's."""
    found: QuerySet[OperatingMode] = operating_modes().filter(
        Q(location_id=location_id) | Q(location_id=None)
    )
    return found


def operating_mode(mode_id: UUID, *, lock: bool = False) -> OperatingMode:
    """One of the scope. Raises Problem not_found."""
    rows = OperatingMode.objects.select_for_update() if lock else OperatingMode.objects
    found: OperatingMode | None = rows.filter(id=mode_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def add_operating_mode(location_id: UUID | None, kind: object, told: Mapping[str, Any]) -> OperatingMode:
    """For one location, or with None for the whole customer. Raises Problem field.*, services.name_taken, services.event_*,
    services.destination."""
    if kind not in KINDS:
        values = {"value": str(kind or "")[:40], "choices": ", ".join(KINDS)}
        raise Problem("field.not_allowed", field="/type", values=values)
    made = OperatingMode(id=uuid7(), location_id=location_id, kind=kind, created_at=clock.now())
    made.forwarding = defaults(_FORWARDING)
    if kind in _HOURS:
        made.hours = defaults(_HOURS[kind][1])
    _fill(made, {"name": None, **told})
    if operating_modes().filter(location_id=location_id).count() >= MOST:
        most = {"field": "operatingModes", "limit": MOST}
        raise Problem("field.too_many", field="/operatingModes", values=most)
    made.save(force_insert=True)
    record.change(
        made, "operating_mode_added", name=made.name, after=_facts(made), event="operating_mode.created"
    )
    return made


def change_operating_mode(found: OperatingMode, told: Mapping[str, Any]) -> None:
    """What is not told stays; holidays replace all that there were. Raises as `add_operating_mode`."""
    before = _facts(found)
    _fill(found, told)
    found.version += 1
    found.save()
    record.change(
        found,
        "operating_mode_changed",
        name=found.name,
        before=before,
        after=_facts(found),
        event="operating_mode.updated",
    )


def remove_operating_mode(found: OperatingMode) -> None:
    """Raises Problem services.in_use when a menu or group goes by it."""
    users = sorted(each.name for each in users_of(found))
    if users:
        raise Problem("services.in_use", values={"name": found.name, "users": ", ".join(users[:5])})
    record.change(
        found, "operating_mode_removed", name=found.name, before=_facts(found), event="operating_mode.deleted"
    )
    found.delete()


def users_of(found: OperatingMode) -> list[SiteService]:
    """The menus and groups that have this mode among theirs, switched on or not."""
    told = {"forwarding__operatingModes__modes__contains": [{"id": str(found.id)}]}
    return [each for model in (PhoneMenu, CallGroup) for each in model.objects.filter(**told)]


def holiday_of(found: OperatingMode, holiday_id: str) -> dict[str, Any]:
    """One holiday of a mode. Raises Problem not_found."""
    return dict(found.holidays[place_in(found.holidays, holiday_id)])


def put_holiday(found: OperatingMode, told: Mapping[str, Any], holiday_id: str = "") -> str:
    """Add a holiday, or change the one with this id; answers its id. Raises as `change_operating_mode`, and not_found."""
    rows, index = put_in(found.holidays, told, holiday_id)
    change_operating_mode(found, {"holidays": rows})
    return str(found.holidays[index]["id"])


def take_holiday(found: OperatingMode, holiday_id: str) -> None:
    """Raises Problem not_found."""
    change_operating_mode(found, {"holidays": taken_out(found.holidays, holiday_id)})


def hours_name(kind: str) -> str:
    """Under which name the hours of this kind are told; "" where it has none."""
    return _HOURS[kind][0] if kind in _HOURS else ""


def events_of(found: OperatingMode) -> list[dict[str, Any]]:
    """When it is under way, as the events of a schedule."""
    if found.kind == HOLIDAY:
        return list(found.holidays)
    parts: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    if found.kind == SAME:
        parts = ((found.hours["mondayToFriday"], _WEEKDAYS), (found.hours["saturdayToSunday"], _WEEKEND))
    elif found.kind == DIFFERENT:
        parts = tuple((found.hours[each], (each,)) for each in DAYS)
    return [_weekly(told, days) for told, days in parts if told["enabled"]]


def read_for_service(
    location_id: UUID, had: Mapping[str, Any] | None, told: Any, field: str
) -> dict[str, Any]:
    """The modes of a menu or group of this location, as they are kept. Raises Problem field.*, not_found, services.destination."""
    new = merged(OF_SERVICE, had or defaults(OF_SERVICE), told, field)
    known = {str(each) for each in available_at(location_id).values_list("id", flat=True)}
    seen: set[str] = set()
    for index, each in enumerate(new["modes"]):
        place = f"{field}/modes/{index}"
        if each["id"] not in known or each["id"] in seen:
            raise Problem("not_found", field=f"{place}/id")
        seen.add(each["id"])
        forward = each["forwardTo"]
        if forward["selection"] == ELSEWHERE and not forward["destination"]:
            raise Problem(
                "services.destination", field=f"{place}/forwardTo/destination", values={"value": ""}
            )
    return new


def of_service(found: SiteService, known: Mapping[str, OperatingMode]) -> list[Ours]:
    """The modes that count for a menu or group, in their order; none where it does not go by modes. `known` is by id as text."""
    told = found.forwarding.get("operatingModes") or {}
    if not told.get("enabled"):
        return []
    return [
        Ours(mode.id, events_of(mode), _to(each["forwardTo"], mode))
        for each in told["modes"]
        if each["normalOperationEnabled"] and (mode := known.get(each["id"])) is not None
    ]


def current(found: SiteService, at: datetime, known: Mapping[str, OperatingMode]) -> UUID | None:
    """The mode by which a menu or group goes at this instant."""
    moment = at.astimezone(ZoneInfo(found.time_zone)).replace(tzinfo=None)
    return next((each.id for each in of_service(found, known) if is_open(each.events, moment)), None)


def _to(told: Mapping[str, Any], mode: OperatingMode) -> str:
    if told["selection"] == ELSEWHERE:
        return str(told["destination"])
    own = mode.forwarding
    return str(own["destination"]) if told["selection"] == OF_MODE and own["enabled"] else ""


def _weekly(told: Mapping[str, Any], days: tuple[str, ...]) -> dict[str, Any]:
    """Hours of a day that end before they begin end on the day after."""
    again = {"recurForEver": True, "recurWeekly": {"recurInterval": 1, **dict.fromkeys(days, True)}}
    begin, end = told["startTime"], told["endTime"]
    late = not told["allDayEnabled"] and end not in ("00:00", "23:59") and end < begin
    last = _MONDAY + timedelta(days=1) if late else _MONDAY
    found = {"startDate": _MONDAY.isoformat(), "endDate": last.isoformat(), "recurrence": again}
    return (
        {**found, "allDayEnabled": True}
        if told["allDayEnabled"]
        else {**found, "startTime": begin, "endTime": end}
    )


def _fill(found: OperatingMode, told: Mapping[str, Any]) -> None:
    if "name" in told:
        found.name = clean(told["name"], field="/name", limit=120)
    alone.until_commit("services", found.location_id or tenancy.current_customer_id())
    taken = OperatingMode.objects.filter(location_id=found.location_id, name=found.name).exclude(id=found.id)
    if taken.exists():
        raise Problem("services.name_taken", field="/name", values={"name": found.name})
    if name := hours_name(found.kind):
        if told.get(name) is not None:
            found.hours = merged(_HOURS[found.kind][1], found.hours, told[name], f"/{name}")
        for day, hours in found.hours.items():
            _check_day(hours, f"/{name}/{day}")
    if found.kind == HOLIDAY and told.get("holidays") is not None:
        ids = {each["name"]: each["id"] for each in found.holidays}
        found.holidays = read_events(told["holidays"], ids, field="/holidays")
    if told.get("callForwarding") is not None:
        found.forwarding = merged(_FORWARDING, found.forwarding, told["callForwarding"], "/callForwarding")
        if found.forwarding["enabled"] and not found.forwarding["destination"]:
            raise Problem("services.destination", field="/callForwarding/destination", values={"value": ""})


def _check_day(told: Mapping[str, Any], field: str) -> None:
    if not told["enabled"] or told["allDayEnabled"]:
        return
    for name in ("startTime", "endTime"):
        if not told[name]:
            raise Problem("field.required", field=f"{field}/{name}", values={"field": name})
    if told["startTime"] == told["endTime"]:
        raise Problem("services.event_end", field=f"{field}/endTime")


def _facts(found: OperatingMode) -> dict[str, Any]:
    return {
        "name": found.name,
        "hours": found.hours,
        "holidays": [each["name"] for each in found.holidays],
        "forwarding": found.forwarding,
    }

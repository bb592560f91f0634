"""Opening hours and holidays of a location: add, change and remove schedules and their events (webex-api section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from dialtone.base import alone, clock, record
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.countries import calendar
from dialtone.locations.models import Location
from dialtone.services.models import CallGroup, PhoneMenu, Schedule
from dialtone.services.opening import DAYS, MONTHS, WEEKS
from dialtone.services.shape import Checked, Choice, Flag, Shape, Text, Whole, merged

HOURS, HOLIDAYS = "businessHours", "holidays"
KINDS = (HOURS, HOLIDAYS)
MOST_EVENTS = 200
LONGEST_DAYS = 366


def schedules(location_id: UUID, *, kind: str = "", text: str = "") -> QuerySet[Schedule]:
    """A location's, by name, found by a part of it."""
    found: QuerySet[Schedule] = Schedule.objects.filter(location_id=location_id).order_by("name", "id")
    found = found.filter(kind=kind) if kind else found
    return found.filter(name__icontains=text) if text else found


def schedule(schedule_id: UUID, location_id: UUID, kind: str = "", *, lock: bool = False) -> Schedule:
    """One of a location. Raises Problem not_found."""
    rows = Schedule.objects.select_for_update() if lock else Schedule.objects
    found: Schedule | None = rows.filter(id=schedule_id, location_id=location_id).first()
    if found is None or (kind and found.kind != kind):
        raise Problem("not_found")
    return found


def named(location_id: UUID, kind: str, name: str, field: str) -> Schedule:
    """The schedule that a menu names. Raises Problem services.schedule_unknown."""
    found: Schedule | None = Schedule.objects.filter(location_id=location_id, kind=kind, name=name).first()
    if found is None:
        raise Problem("services.schedule_unknown", field=field, values={"name": name[:120]})
    return found


def users_of(found: Schedule) -> list[str]:
    """The names of the menus and queues that go by this schedule."""
    menus = PhoneMenu.objects.filter(Q(business_schedule_id=found.id) | Q(holiday_schedule_id=found.id))
    told = Q(services__holidayService__schedule=str(found.id)) | Q(
        services__nightService__schedule=str(found.id)
    )
    users = menus.values_list("name", flat=True).union(
        CallGroup.objects.filter(told).values_list("name", flat=True)
    )
    return sorted(users)


def add_schedule(location_id: UUID, *, kind: str, name: object, events: object = ()) -> Schedule:
    """Raises Problem field.*, services.name_taken, services.event_*."""
    if kind not in KINDS:
        values = {"value": str(kind)[:40], "choices": ", ".join(KINDS)}
        raise Problem("field.not_allowed", field="/type", values=values)
    made = Schedule(id=uuid7(), location_id=location_id, kind=kind, created_at=clock.now())
    _fill(made, name, events)
    made.save(force_insert=True)
    record.change(made, "schedule_added", name=made.name, after=_facts(made), event="schedule.created")
    return made


def change_schedule(found: Schedule, *, name: object = None, events: object = None) -> Schedule:
    """What is None stays; events replace all that there were, and keep their ids by name. Raises as `add_schedule`."""
    before = _facts(found)
    _fill(found, name if name is not None else found.name, events if events is not None else found.events)
    found.version += 1
    found.save()
    record.change(
        found,
        "schedule_changed",
        name=found.name,
        before=before,
        after=_facts(found),
        event="schedule.updated",
    )
    return found


def remove_schedule(found: Schedule) -> None:
    """Raises Problem services.in_use when a menu or a queue goes by it."""
    users = users_of(found)
    if users:
        raise Problem("services.in_use", values={"name": found.name, "users": ", ".join(users[:5])})
    record.change(found, "schedule_removed", name=found.name, before=_facts(found), event="schedule.deleted")
    found.delete()


def event_of(found: Schedule, event_id: str) -> dict[str, Any]:
    """One event of a schedule. Raises Problem not_found."""
    return dict(found.events[place_in(found.events, event_id)])


def put_event(found: Schedule, told: Mapping[str, Any], event_id: str = "") -> str:
    """Add an event, or change the one with this id; answers its id. Raises as `add_schedule`, and not_found."""
    events, at = put_in(found.events, told, event_id)
    change_schedule(found, events=events)
    return str(found.events[at]["id"])


def take_event(found: Schedule, event_id: str) -> None:
    """Raises Problem not_found."""
    change_schedule(found, events=taken_out(found.events, event_id))


def national_holidays(location: Location, year: int) -> list[dict[str, Any]]:
    """The public holidays of a location's country, and where it counts (H34) of its state, as events of one day each."""
    state = calendar.subdivision_of(
        location.country,
        date(year, 1, 1),
        location.address.get("state", ""),
        location.address.get("postal_code", ""),
    )
    found: dict[str, dict[str, Any]] = {}
    for day, name in calendar.holidays_of(location.country, year, state):
        name = f"{name} {year}" if f"{name} {year}" not in found else f"{name} {day.isoformat()}"
        on = day.isoformat()
        found[name] = {"name": name, "startDate": on, "endDate": on, "allDayEnabled": True}
    return list(found.values())


def _fill(found: Schedule, name: object, events: object) -> None:
    found.name = clean(name, field="/name", limit=120)
    alone.until_commit("services", found.location_id)
    taken = Schedule.objects.filter(location_id=found.location_id, kind=found.kind, name=found.name)
    if taken.exclude(id=found.id).exists():
        raise Problem("services.name_taken", field="/name", values={"name": found.name})
    found.events = read_events(events, {each["name"]: each["id"] for each in found.events})


def read_events(told: object, ids: Mapping[str, str], *, field: str = "/events") -> list[dict[str, Any]]:
    """Events as they are kept; who has no id keeps that of its name (`ids`), or gets one. Raises as `read_event`, and
    services.name_taken."""
    named = field.rpartition("/")[2]
    if not isinstance(told, list | tuple):
        raise Problem("field.wrong_type", field=field, values={"field": named, "expected": "a list"})
    if len(told) > MOST_EVENTS:
        raise Problem("field.too_many", field=field, values={"field": named, "limit": MOST_EVENTS})
    found: list[dict[str, Any]] = []
    for index, each in enumerate(told):
        read = read_event(each, f"{field}/{index}")
        if any(read["name"] == other["name"] for other in found):
            raise Problem("services.name_taken", field=f"{field}/{index}/name", values={"name": read["name"]})
        read["id"] = each.get("id") or ids.get(each.get("name")) or str(uuid4())
        found.append(read)
    return found


def put_in(
    events: Sequence[Mapping[str, Any]], told: Mapping[str, Any], event_id: str
) -> tuple[list[Mapping[str, Any]], int]:
    """Events with one more, or with the one of this id changed; and where it is among them. Raises Problem not_found."""
    if not event_id:
        return [*events, told], len(events)
    at = place_in(events, event_id)
    new = {**events[at], **told, "id": event_id}
    return [*events[:at], new, *events[at + 1 :]], at


def taken_out(events: Sequence[Mapping[str, Any]], event_id: str) -> list[Mapping[str, Any]]:
    """Events without the one of this id. Raises Problem not_found."""
    at = place_in(events, event_id)
    return [*events[:at], *events[at + 1 :]]


def place_in(events: Sequence[Mapping[str, Any]], event_id: str) -> int:
    """Where the event of this id is among them. Raises Problem not_found."""
    for at, each in enumerate(events):
        if each["id"] == event_id:
            return at
    raise Problem("not_found")


def read_event(told: Any, field: str) -> dict[str, Any]:
    """An event as it is kept. Raises Problem field.*, services.event_end, services.event_days, services.event_again."""
    if isinstance(told, Mapping) and told.get("newName"):
        told = {**told, "name": told["newName"]}
    found = merged(_EVENT, {}, told, field)
    whole = found["allDayEnabled"]
    needed = ("startDate", "endDate") if whole else ("startDate", "endDate", "startTime", "endTime")
    for name in needed:
        if not found[name]:
            raise Problem("field.required", field=f"{field}/{name}", values={"field": name})
    if whole:
        found["startTime"] = found["endTime"] = None
    first, last = date.fromisoformat(found["startDate"]), date.fromisoformat(found["endDate"])
    ends_late = whole or found["endTime"] == "00:00" or found["startTime"] < found["endTime"]
    if last < first or (last == first and not ends_late):
        raise Problem("services.event_end", field=f"{field}/endDate")
    if (last - first).days > LONGEST_DAYS:
        raise Problem("services.event_days", field=f"{field}/endDate", values={"limit": LONGEST_DAYS})
    found["recurrence"] = _recurrence(told.get("recurrence"), f"{field}/recurrence")
    return {name: value for name, value in found.items() if value is not None}


def _recurrence(told: Any, field: str) -> dict[str, Any] | None:
    """How an event comes again; None for once."""
    if not told:
        return None
    found = merged(_RECURRENCE, {}, told, field)
    kept: dict[str, Any] = {"recurForEver": found["recurForEver"]}
    if found["recurEndDate"]:
        kept = {"recurForEver": False, "recurEndDate": found["recurEndDate"]}
    ways = [name for name in _WAYS if told.get(name)]
    if len(ways) != 1:
        raise Problem("services.event_again", field=field)
    way = ways[0]
    kept[way] = merged(_WAYS[way], {}, told[way], f"{field}/{way}")
    if way == "recurWeekly" and not any(kept[way][day] for day in DAYS):
        raise Problem("services.event_again", field=f"{field}/{way}")
    return kept


def _day(told: Any, field: str) -> str | None:
    return _iso(told, field, date.fromisoformat, "2026-12-24")


def day_time(told: Any, field: str) -> str | None:
    """A time of day as it is kept, "17:30". Raises Problem field.wrong_type."""
    return _iso(told, field, lambda text: time.fromisoformat(text).replace(second=0), "17:30")


def _iso(told: Any, field: str, read: Any, example: str) -> str | None:
    if told in (None, ""):
        return None
    try:
        found = read(told)
    except (TypeError, ValueError) as wrong:
        values = {"field": field.rpartition("/")[2], "expected": example}
        raise Problem("field.wrong_type", field=field, values=values) from wrong
    return found.strftime("%H:%M") if isinstance(found, time) else str(found.isoformat())


_EVENT: Shape = {
    "name": Text(120, is_needed=True),
    "startDate": Checked(_day),
    "endDate": Checked(_day),
    "startTime": Checked(day_time),
    "endTime": Checked(day_time),
    "allDayEnabled": Flag(),
}
_RECURRENCE: Shape = {"recurForEver": Flag(True), "recurEndDate": Checked(_day)}
_WAYS: Mapping[str, Shape] = {
    "recurWeekly": {"recurInterval": Whole(1, 1, 52), **{day: Flag() for day in DAYS}},
    "recurYearlyByDate": {"dayOfMonth": Whole(1, 1, 31), "month": Choice(MONTHS)},
    "recurYearlyByDay": {
        "day": Choice(tuple(day.upper() for day in DAYS)),
        "week": Choice(WEEKS),
        "month": Choice(MONTHS),
    },
}


def _facts(found: Schedule) -> dict[str, Any]:
    return {"name": found.name, "events": [each["name"] for each in found.events]}

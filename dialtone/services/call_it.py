"""Call a phone menu as a caller would, without a call: gathers what `walk.where_it_ends` asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dialtone.base.text import search_key
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.services.models import CallGroup, PhoneMenu, Schedule, VirtualLine
from dialtone.services.walk import Menu, Place, Reached, Walk, where_it_ends


def call_it(menu_id: UUID, at: datetime, entries: Sequence[str]) -> Walk:
    """Where a call to this menu ends at this instant, with what the caller dials, then silence."""
    return where_it_ends(place_of_scope(), str(menu_id), at, entries)


def place_of_scope() -> Place:
    """All menus, and everybody with a number or an extension, of the open customer."""
    menus = list(PhoneMenu.objects.all())
    events = dict(Schedule.objects.values_list("id", "events"))
    by_number: dict[str, Reached] = {}
    by_extension: dict[str, list[Reached]] = {}
    lines = list(numbers.lines_with_numbers())
    spelt = _spelt([line.owner_id for line in lines])
    for line in lines:
        names = spelt.get(line.owner_id, (search_key(line.owner_name),))
        reached = Reached(line.owner_kind, str(line.owner_id), line.owner_name, str(line.location_id), names)
        if line.number:
            by_number[line.number.e164] = reached
        if line.extension:
            by_extension.setdefault(line.extension, []).append(reached)
    services = [*menus, *CallGroup.objects.all()]
    return Place(
        menus={
            str(menu.id): Menu(
                id=str(menu.id),
                name=menu.name,
                location_id=str(menu.location_id),
                time_zone=menu.time_zone,
                business_events=events.get(menu.business_schedule_id, []),
                holiday_events=events.get(menu.holiday_schedule_id, []) if menu.holiday_schedule_id else [],
                business=menu.business_menu,
                after=menu.after_menu,
                extension_scope=menu.extension_scope,
                name_scope=menu.name_scope,
            )
            for menu in menus
        },
        numbers=by_number,
        extensions=by_extension,
        forwarded={
            str(each.id): str(each.forwarding["always"]["destination"])
            for each in services
            if each.forwarding["always"]["enabled"]
        },
    )


def _spelt(owner_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """First name with last name and the other way round, folded, of people and virtual lines."""
    found: dict[UUID, tuple[str, ...]] = {}
    named = [*people.persons(owner_ids).values(), *VirtualLine.objects.filter(id__in=list(owner_ids))]
    for each in named:
        first, last = search_key(each.first_name), search_key(each.last_name)
        found[each.id] = (f"{first} {last}", f"{last} {first}")
    return found

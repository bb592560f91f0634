"""Call a phone menu as a caller would, without a call: gathers what `walk.where_it_ends` asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from dialtone.base.tenancy import CustomerOwned
from dialtone.base.text import search_key
from dialtone.locations import queries as locations
from dialtone.numbers import caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.services import contact_centers, diversions
from dialtone.services.models import CallGroup, Member, OperatingMode, PhoneMenu, Schedule, VirtualLine
from dialtone.services.walk import Menu, Place, Reached, Walk, where_it_ends

C = TypeVar("C", bound=CustomerOwned)


def call_it(menu_id: UUID, at: datetime, entries: Sequence[str]) -> Walk:
    """Where a call to this menu ends at this instant, with what the caller dials, then silence."""
    return where_it_ends(place_of_scope(), str(menu_id), at, entries)


def place_of_scope() -> Place:
    """All menus, and everybody with a number or an extension, of the open customer."""
    return next(iter(places().values()), Place({}, {}, {}))


def places() -> dict[UUID, Place]:
    """The same of every customer in the scope, by customer."""
    facts = diverting_facts()
    found = list(numbers.lines_with_numbers())
    spelt = _spelt([line.owner_id for line in found])
    prefixes = locations.routing_prefixes()
    menus, lines = _by_customer(PhoneMenu.objects.all()), _by_customer(found)
    groups = _by_customer(CallGroup.objects.all())
    return {
        each: _place(menus[each], groups[each], lines[each], spelt, prefixes, facts)
        for each in {*menus, *groups, *lines}
    }


def diverting_facts() -> diversions.Facts:
    """What the settings of menus and groups point to."""
    rows = list(Schedule.objects.values_list("id", "location_id", "kind", "name", "events"))
    return diversions.Facts(
        events={id: events for id, _where, _kind, _name, events in rows},
        schedules={(where, kind, name): id for id, where, kind, name, _events in rows},
        at_work=set(Member.objects.filter(is_joined=True).values_list("group_id", flat=True)),
        modes={str(each.id): each for each in OperatingMode.objects.all()},
    )


def _by_customer(found: Iterable[C]) -> defaultdict[UUID, list[C]]:
    sorted_out: defaultdict[UUID, list[C]] = defaultdict(list)
    for each in found:
        sorted_out[each.customer_id].append(each)
    return sorted_out


def _place(
    menus: Sequence[PhoneMenu],
    groups: Sequence[CallGroup],
    lines: Sequence[Line],
    spelt: Mapping[UUID, tuple[str, ...]],
    prefixes: Mapping[UUID, str],
    facts: diversions.Facts,
) -> Place:
    by_number: dict[str, Reached] = {}
    by_extension: dict[str, list[Reached]] = {}
    prefixed: dict[str, Reached] = {}
    for line in lines:
        if (
            line.owner_kind == contact_centers.KIND
        ):  # its provider takes the call: dialled like any outside number
            continue
        names = spelt.get(line.owner_id, (search_key(line.owner_name),))
        reached = Reached(line.owner_kind, str(line.owner_id), line.owner_name, str(line.location_id), names)
        if line.number:
            by_number[line.number.e164] = reached
        if line.extension:
            by_extension.setdefault(line.extension, []).append(reached)
            if prefix := prefixes.get(line.location_id):
                prefixed[prefix + line.extension] = reached
    services, events = [*menus, *groups], facts.events
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
        prefixed=prefixed,
        forwarded={
            str(each.id): str(each.forwarding["always"]["destination"])
            for each in services
            if each.enabled and each.forwarding["always"]["enabled"]
        },
        diverted={str(each.id): found for each in services if (found := diversions.of_service(each, facts))},
    )


def _spelt(owner_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """First name with last name and the other way round, folded, of people and virtual lines; those that their calls show, where
    somebody chose others (`numbers.caller_ids`). Nothing of a line that is not in the directory."""
    found: dict[UUID, tuple[str, ...]] = {}
    named = [*people.persons(owner_ids).values(), *VirtualLine.objects.filter(id__in=list(owner_ids))]
    chosen = caller_ids.chosen_names(owner_ids)
    for each in named:
        first, last = map(search_key, chosen.get(each.id, (each.first_name, each.last_name)))
        found[each.id] = (f"{first} {last}", f"{last} {first}")
    hidden = VirtualLine.objects.filter(id__in=list(owner_ids), in_directory=False)
    return found | dict.fromkeys(hidden.values_list("id", flat=True), ())

"""What a path or a filter names, as far as the caller may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from dialtone.api.app import caller_of, customer_of
from dialtone.api.wire import into
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.set_line import Owner
from dialtone.people import queries as people
from dialtone.services import virtual_lines, workspaces


def location_named(request: HttpRequest, location_id: str) -> Location:
    """The location, if the caller sees it. Raises Problem not_found."""
    customer_of(request)
    found = locations.location(into("LOCATION", location_id))
    if not caller_of(request).sees_location(found.id):
        raise Problem("not_found")
    return found


def calling_location_named(request: HttpRequest, location_id: str) -> Location:
    """A location with calling, if the caller sees it. Raises Problem not_found."""
    found = location_named(request, location_id)
    if not found.calling_enabled:
        raise Problem("not_found")
    return found


@dataclass(frozen=True)
class NamedOwner:
    """Somebody or something that may have a line: a person, a workspace, a virtual line. `location_id` is where its
    first line is, None without one."""

    kind: str
    id: UUID
    name: str
    location_id: UUID | None

    def owner(self) -> Owner:
        """As the rooms below name it."""
        return Owner(self.kind, self.id, self.name)


def owner_named(request: HttpRequest, owners_word: str, owner_id: str) -> NamedOwner:
    """The owner in a path such as /people/{id}; of one that the caller does not see: Problem not_found."""
    customer_of(request)
    found = _FINDERS[owners_word](owner_id)
    if found.location_id is not None and not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return found


def _person(owner_id: str) -> NamedOwner:
    found = people.person(into("PEOPLE", owner_id))
    line = numbers.lines_of_owner([found.id]).get(found.id)
    return NamedOwner("person", found.id, found.display_name, line.location_id if line else None)


def _workspace(owner_id: str) -> NamedOwner:
    found = workspaces.workspace(into("PLACE", owner_id))
    line = numbers.lines_of_owner([found.id]).get(found.id)
    return NamedOwner("workspace", found.id, found.name, line.location_id if line else None)


def _virtual_line(owner_id: str) -> NamedOwner:
    found = virtual_lines.virtual_line(into("VIRTUAL_LINE", owner_id))
    return NamedOwner("virtual_line", found.id, found.display_name, found.location_id)


_FINDERS: dict[str, Callable[[str], NamedOwner]] = {
    "people": _person,
    "workspaces": _workspace,
    "virtualLines": _virtual_line,
}


def own_locations(request: HttpRequest, found: Any) -> Any:
    """Of a query of locations those that the caller sees."""
    customer_of(request)
    caller = caller_of(request)
    return found.filter(id__in=list(caller.location_ids)) if caller.role == "location" else found


def location_ids(request: HttpRequest, location_id: str) -> list[UUID] | None:
    """The locations to list: the one named, or all that the caller sees; None for all there are."""
    if location_id:
        return [location_named(request, location_id).id]
    caller = caller_of(request)
    return caller.own_location_ids


def member_named(request: HttpRequest, owner_id: str, field: str) -> NamedOwner:
    """Somebody whose phone can ring for a group, by an id of whatever kind. Raises Problem not_found."""
    for word in _FINDERS:
        try:
            return owner_named(request, word, owner_id)
        except Problem:
            continue
    raise Problem("not_found", field=field)

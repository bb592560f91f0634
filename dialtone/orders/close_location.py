"""Close a location for calling, or take it away: what keeps it from that, and closing it with all that only it needs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.emergency import give_back
from dialtone.locations import create_location
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.orders import queries, states
from dialtone.porting import queries as ports
from dialtone.services import workspaces
from dialtone.services.remove_services import remove_services

PEOPLE, WORKSPACES, VIRTUAL_LINES = "person", "workspace", "virtual_line"
FEATURES = ("phone_menu", "hunt_group", "queue", "contact_center")


@dataclass(frozen=True)
class Hindrances:
    """What is at a location. People, workspaces, virtual lines, orders and ports under way block its closing; features block
    it unless it is forced; numbers are given back."""

    people: int
    workspaces: int
    virtual_lines: int
    features: int
    numbers: int
    has_order: bool
    ports: int = 0

    @property
    def is_blocked(self) -> bool:
        return bool(self.people or self.workspaces or self.virtual_lines or self.has_order or self.ports)


def hindrances(location_id: UUID) -> Hindrances:
    """What is there now."""
    owners = numbers.owner_counts(location_id)
    return Hindrances(
        people=owners.get(PEOPLE, 0),
        workspaces=owners.get(WORKSPACES, 0),
        virtual_lines=owners.get(VIRTUAL_LINES, 0),
        features=sum(owners.get(kind, 0) for kind in FEATURES),
        numbers=numbers.at_location(location_id)["numbers"],
        has_order=queries.orders(status=states.PENDING, location_ids=[location_id]).exists(),
        ports=ports.orders(ports.Filter(location_ids=[location_id], open_only=True)).count(),
    )


def close_location(location_id: UUID, *, force: bool = False) -> None:
    """The location has no calling any more, and its numbers are given back, all or nothing.

    Raises Problem not_found, locations.in_use, locations.force_needed, and what `emergency.give_back` raises.
    """
    found = locations.lock(location_id)
    what = hindrances(location_id)
    if what.is_blocked:
        raise Problem("locations.in_use", values={"name": found.name, "what": _listed(what)})
    if what.features and not force:
        raise Problem("locations.force_needed", values={"name": found.name, "count": what.features})
    remove_services(location_id)
    held = numbers.numbers(numbers.Filter(location_ids=[location_id]))
    e164s = list(held.values_list("e164", flat=True))
    if e164s:
        give_back.give_back(e164s)
    create_location.change_location(location_id, calling_enabled=False)


def take_away(location_id: UUID, *, force: bool = False) -> None:
    """The location is no more: closed for calling where it has that, then deleted, all or nothing.

    Raises what `close_location` raises, and locations.in_use for what other locations' numbers and lines hang on it.
    """
    if locations.lock(location_id).calling_enabled:
        close_location(location_id, force=force)
    delete(location_id)


def delete(location_id: UUID) -> None:
    """Delete a location that has no calling. Raises Problem not_found, locations.calling_enabled, locations.in_use."""
    there = {**numbers.at_location(location_id), "workspaces": workspaces.without_line_at(location_id)}
    hanging = [f"{count} {what}" for what, count in there.items() if count]
    create_location.delete_location(location_id, in_use=hanging)


def _listed(what: Hindrances) -> str:
    named = {
        "people": what.people,
        "workspaces": what.workspaces,
        "virtual lines": what.virtual_lines,
        "orders": int(what.has_order),
        "port orders": what.ports,
    }
    return ", ".join(f"{count} {name}" for name, count in named.items() if count)

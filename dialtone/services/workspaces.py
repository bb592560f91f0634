"""Add, change and remove workspaces, together with their licence and line: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean, one_of, search_key
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.rename_owner import rename_owner
from dialtone.numbers.set_line import Owner
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans
from dialtone.services import rules
from dialtone.services.call_groups import leave_all
from dialtone.services.equip import Equipment, equip
from dialtone.services.models import Workspace

KINDS = ("notSet", "focus", "huddle", "meetingRoom", "open", "desk", "other")
DEVICES = ("phones", "collaborationDevices")
NO_CAPACITY = -1


@dataclass(frozen=True)
class Filter:
    """Which workspaces; None and "" do not restrict. `text` is a part of the name; a capacity of -1 is none."""

    text: str = ""
    location_ids: Collection[UUID] | None = None
    kind: str = ""
    devices: str = ""
    capacity: int | None = None
    has_line: bool | None = None


def workspaces(wanted: Filter = Filter()) -> QuerySet[Workspace]:
    """By name."""
    found: QuerySet[Workspace] = Workspace.objects.order_by("search_name", "id")
    if wanted.text:
        found = found.filter(search_name__contains=search_key(wanted.text))
    lines = Line.objects.filter(owner_id=OuterRef("pk"), is_primary=True)
    if wanted.location_ids is not None:
        here = list(wanted.location_ids)
        without = Q(~Exists(lines), location_id__in=here)
        found = found.filter(without | Q(Exists(lines.filter(location_id__in=here))))
    if wanted.has_line is not None:
        found = found.filter(Exists(lines)) if wanted.has_line else found.filter(~Exists(lines))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.devices:
        found = found.filter(devices=wanted.devices)
    if wanted.capacity == NO_CAPACITY:
        found = found.filter(capacity__isnull=True)
    elif wanted.capacity is not None:
        found = found.filter(capacity=wanted.capacity)
    return found


def without_line_at(location_id: UUID) -> int:
    """How many workspaces without a line are said to be there."""
    found = Workspace.objects.filter(location_id=location_id)
    return found.exclude(id__in=numbers.owners_at(location_id, "workspace")).count()


def workspace(workspace_id: UUID, *, lock: bool = False) -> Workspace:
    """One of the scope. Raises Problem not_found."""
    found: Workspace | None = (
        (Workspace.objects.select_for_update() if lock else Workspace.objects).filter(id=workspace_id).first()
    )
    if found is None:
        raise Problem("not_found")
    return found


def owner_of(found: Workspace) -> Owner:
    """A workspace as the owner of lines."""
    return Owner("workspace", found.id, found.name)


def add_workspace(wanted: Equipment, *, name: object, **more: Any) -> Workspace:
    """`more`: kind, capacity, devices, notes, location_id. Raises Problem of text, and what `equip` raises."""
    made = Workspace(id=uuid7(), created_at=clock.now())
    _fill(made, {"name": name, **more})
    made.save(force_insert=True)
    record.change(
        made, "workspace_added", name=made.name, after={"name": made.name}, event="workspace.created"
    )
    if wanted != Equipment():
        equip(owner_of(made), wanted, rules.WORKSPACE)
    return made


def change_workspace(workspace_id: UUID, wanted: Equipment, **changes: Any) -> Workspace:
    """What is None stays. Raises Problem not_found, and as `add_workspace`.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = workspace(workspace_id, lock=True)
    before = found.name
    _fill(found, {name: value for name, value in changes.items() if value is not None})
    found.version += 1
    found.save()
    record.change(
        found, "workspace_changed", name=found.name, before={"name": before}, after={"name": found.name},
        event="workspace.updated",
    )  # fmt: skip
    if wanted != Equipment():
        equip(owner_of(found), wanted, rules.WORKSPACE)
    rename_owner(owner_of(found))
    return found


def remove_workspace(workspace_id: UUID) -> None:
    """With its line and licence units. Raises Problem not_found.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = workspace(workspace_id, lock=True)
    remove_lines(found.id)
    leave_all(found.id)
    for item in plans.licences_of(found.id):
        assign_licence.release_licence(item, found.id)
    record.change(
        found, "workspace_removed", name=found.name, before={"name": found.name}, event="workspace.deleted"
    )
    found.delete()


def _fill(found: Workspace, told: dict[str, Any]) -> None:
    if "name" in told:
        found.name = clean(told["name"], field="/displayName", limit=120)
        found.search_name = search_key(found.name)
    if "kind" in told:
        found.kind = one_of(told["kind"], KINDS, "/type")
    if "devices" in told:
        found.devices = one_of(told["devices"], DEVICES, "/supportedDevices")
    if told.get("location_id") is not None:
        found.location_id = locations.location(told["location_id"]).id
    if "notes" in told:
        found.notes = clean(told["notes"], field="/notes", limit=500, required=False)
    if told.get("capacity") is not None:
        if not 0 <= told["capacity"] <= 10_000:
            raise Problem("field.wrong", field="/capacity", values={"expected": "0 to 10000"})
        found.capacity = told["capacity"]

"""Add, change and remove workspaces, together with their licence and line: all of it, or nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.rename_owner import rename_owner
from dialtone.numbers.set_line import Owner
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans
from dialtone.services import rules
from dialtone.services.call_groups import leave_all
from dialtone.services.equip import Equipment, equip
from dialtone.services.models import Workspace


def workspaces(text: str = "") -> QuerySet[Workspace]:
    """By name, found by a part of it."""
    found: QuerySet[Workspace] = Workspace.objects.order_by("search_name", "id")
    return found.filter(search_name__contains=search_key(text)) if text else found


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
    """`more`: kind, capacity, devices, notes. Raises Problem of text, and what `equip` raises."""
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
        found.kind = clean(told["kind"], field="/type", limit=30)
    if "devices" in told:
        found.devices = clean(told["devices"], field="/supportedDevices", limit=40)
    if "notes" in told:
        found.notes = clean(told["notes"], field="/notes", limit=500, required=False)
    if told.get("capacity") is not None:
        if not 0 <= told["capacity"] <= 10_000:
            raise Problem("field.wrong", field="/capacity", values={"expected": "0 to 10000"})
        found.capacity = told["capacity"]

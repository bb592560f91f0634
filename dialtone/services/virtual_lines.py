"""Add, change and remove virtual lines; they need no licence, only a location with calling."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.locations import queries as locations
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.rename_owner import rename_owner
from dialtone.numbers.set_line import Owner, first_line, set_line
from dialtone.services.call_groups import leave_all
from dialtone.services.models import VirtualLine
from dialtone.services.places import place_of


def virtual_lines() -> QuerySet[VirtualLine]:
    """By name."""
    found: QuerySet[VirtualLine] = VirtualLine.objects.order_by("last_name", "first_name", "id")
    return found


def virtual_line(line_id: UUID, *, lock: bool = False) -> VirtualLine:
    """One of the scope. Raises Problem not_found."""
    found: VirtualLine | None = (
        (VirtualLine.objects.select_for_update() if lock else VirtualLine.objects).filter(id=line_id).first()
    )
    if found is None:
        raise Problem("not_found")
    return found


def owner_of(found: VirtualLine) -> Owner:
    """A virtual line as the owner of numbers."""
    return Owner("virtual_line", found.id, found.display_name)


def add_virtual_line(
    location_id: UUID,
    *,
    first_name: object,
    last_name: object,
    display_name: object = "",
    e164: str = "",
    extension: str = "",
) -> VirtualLine:
    """With a number, an extension, or both. Raises Problem not_found, services.calling_disabled, those of text, and what
    `numbers.set_line` raises."""
    location = locations.location(location_id)
    if not location.calling_enabled:
        raise Problem("services.calling_disabled", field="/locationId", values={"location": location.name})
    made = VirtualLine(id=uuid7(), location_id=location.id, created_at=clock.now())
    _name(made, first_name, last_name, display_name)
    made.save(force_insert=True)
    record.change(
        made, "virtual_line_added", name=made.display_name, after={"name": made.display_name},
        event="virtual_line.created",
    )  # fmt: skip
    set_line(owner_of(made), place_of(location), e164=e164 or None, extension=extension, field="/phoneNumber")
    return made


def change_virtual_line(
    line_id: UUID,
    *,
    first_name: object = None,
    last_name: object = None,
    display_name: object = None,
    e164: str | None = None,
    extension: str | None = None,
) -> VirtualLine:
    """What is None stays, "" takes number or extension away. Raises Problem not_found, and as `add_virtual_line`.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = virtual_line(line_id, lock=True)
    before = found.display_name
    _name(
        found,
        found.first_name if first_name is None else first_name,
        found.last_name if last_name is None else last_name,
        found.display_name if display_name is None else display_name,
    )
    found.version += 1
    found.save()
    record.change(
        found, "virtual_line_changed", name=found.display_name, before={"name": before},
        after={"name": found.display_name}, event="virtual_line.updated",
    )  # fmt: skip
    line = first_line(found.id)
    if e164 is None:
        e164 = line.number.e164 if line and line.number else ""
    if extension is None:
        extension = line.extension if line else ""
    place = place_of(locations.location(found.location_id))
    set_line(owner_of(found), place, e164=e164 or None, extension=extension, field="/phoneNumber")
    rename_owner(owner_of(found))
    return found


def remove_virtual_line(line_id: UUID) -> None:
    """Number and extension are free. Raises Problem not_found.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = virtual_line(line_id, lock=True)
    remove_lines(found.id)
    leave_all(found.id)
    record.change(
        found, "virtual_line_removed", name=found.display_name, before={"name": found.display_name},
        event="virtual_line.deleted",
    )  # fmt: skip
    found.delete()


def _name(found: VirtualLine, first_name: object, last_name: object, display_name: object) -> None:
    found.first_name = clean(first_name, field="/firstName", limit=80)
    found.last_name = clean(last_name, field="/lastName", limit=80)
    shown = clean(display_name, field="/displayName", limit=160, required=False)
    found.display_name = shown or f"{found.first_name} {found.last_name}"

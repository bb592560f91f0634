"""Add, change and remove virtual lines; they need no licence, only a location with calling."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.period import check_zone
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.rename_owner import rename_owner
from dialtone.numbers.set_line import Owner, first_line, set_line
from dialtone.services.call_groups import leave_all
from dialtone.services.models import VirtualLine
from dialtone.services.places import place_of


@dataclass(frozen=True)
class Filter:
    """Which virtual lines; None does not restrict. Names are found by any part of the name that is shown, numbers and
    extensions by their beginning."""

    ids: Collection[UUID] | None = None
    location_ids: Collection[UUID] | None = None
    names: Collection[str] = ()
    dialled: Collection[str] = ()
    has_extension: bool | None = None
    has_number: bool | None = None


def virtual_lines(wanted: Filter = Filter()) -> QuerySet[VirtualLine]:
    """By name."""
    found: QuerySet[VirtualLine] = VirtualLine.objects.order_by("last_name", "first_name", "id")
    if wanted.ids is not None:
        found = found.filter(id__in=list(wanted.ids))
    if wanted.location_ids is not None:
        found = found.filter(location_id__in=list(wanted.location_ids))
    if wanted.names:
        found = found.filter(_any(Q(display_name__icontains=each) for each in wanted.names))
    if wanted.dialled:
        found = found.filter(_any(Q(id__in=numbers.owners_dialled(each)) for each in wanted.dialled))
    lines = Line.objects.filter(owner_id=OuterRef("pk"), is_primary=True)
    for told, having in (
        (wanted.has_extension, lines.exclude(extension="")),
        (wanted.has_number, lines.filter(number__isnull=False)),
    ):
        if told is not None:
            found = found.filter(Exists(having)) if told else found.filter(~Exists(having))
    return found


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


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
    time_zone: str | None = None,
    language: object = None,
    in_directory: bool | None = None,
) -> VirtualLine:
    """What is None stays, "" takes number or extension away. Raises Problem not_found, period.zone, and as `add_virtual_line`.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = virtual_line(line_id, lock=True)
    before = _facts(found)
    _name(
        found,
        found.first_name if first_name is None else first_name,
        found.last_name if last_name is None else last_name,
        found.display_name if display_name is None else display_name,
    )
    if time_zone is not None:
        found.time_zone = check_zone(time_zone)
    if language is not None:
        found.language = clean(language, field="/announcementLanguage", limit=10)
    if in_directory is not None:
        found.in_directory = in_directory
    found.version += 1
    found.save()
    record.change(
        found, "virtual_line_changed", name=found.display_name, before=before, after=_facts(found),
        event="virtual_line.updated",
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


def _facts(found: VirtualLine) -> dict[str, Any]:
    return {
        "name": found.display_name,
        "time_zone": found.time_zone,
        "language": found.language,
        "in_directory": found.in_directory,
    }


def _name(found: VirtualLine, first_name: object, last_name: object, display_name: object) -> None:
    found.first_name = clean(first_name, field="/firstName", limit=80)
    found.last_name = clean(last_name, field="/lastName", limit=80)
    shown = clean(display_name, field="/displayName", limit=160, required=False)
    found.display_name = shown or f"{found.first_name} {found.last_name}"

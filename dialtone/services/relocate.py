"""What answers at a location goes to another one of its customer: menus, hunt groups and queues with their settings and members, the
schedules, operating modes and recordings that they need, and virtual lines. Their lines go by `numbers.relocate` in the same transaction (MIG-13)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import alone, record
from dialtone.base.problems import Problem
from dialtone.numbers import queries as numbers
from dialtone.services.models import (
    Announcement,
    CallGroup,
    ContactCenter,
    OperatingMode,
    PhoneMenu,
    Schedule,
    VirtualLine,
)
from dialtone.services.site_services import write_down

# How the events of the others are called; site services record themselves by their own kind.
_EVENTS = {
    Schedule: ("schedule_changed", "schedule.updated"),
    Announcement: ("announcement_changed", "announcement.updated"),
    OperatingMode: ("operating_mode_changed", "operating_mode.updated"),
    ContactCenter: ("contact_center_changed", "contact_center.updated"),
}
_SERVICES = (PhoneMenu, CallGroup, ContactCenter)


def relocate_services(
    source_id: UUID, target_id: UUID, *, only: Collection[UUID] | None = None
) -> list[UUID]:
    """All that answers at the location, and what it needs, at one instant; `only` those of these ids. Answers the ids of what went.

    Raises Problem services.name_taken when something there has the same name already.
    """
    alone.until_commit("services", target_id)
    went: list[UUID] = []
    for model in (Schedule, Announcement, OperatingMode, *_SERVICES):
        here = _at(model, source_id)
        for found in here if only is None else here.filter(id__in=only):
            _check_name(found, target_id)
            before, found.location_id = {"location_id": str(source_id)}, target_id
            found.version += 1
            found.save(update_fields=["location_id", "version"])
            after = {"location_id": str(target_id)}
            if model in _EVENTS:
                action, event = _EVENTS[model]
                record.change(found, action, name=found.name, before=before, after=after, event=event)
            else:
                write_down(found, "changed", before, after)
            went.append(found.id)
    return went


def relocate_virtual_lines(source_id: UUID, target_id: UUID) -> None:
    """The virtual lines whose line has gone there already."""
    gone = numbers.owners_at(target_id, "virtual_line")
    for found in (
        VirtualLine.objects.select_for_update().filter(location_id=source_id, id__in=gone).order_by("id")
    ):
        found.location_id = target_id
        found.version += 1
        found.save(update_fields=["location_id", "version"])
        record.change(
            found, "virtual_line_changed", name=found.display_name, before={"location_id": str(source_id)},
            after={"location_id": str(target_id)}, event="virtual_line.updated",
        )  # fmt: skip


def services_at(location_id: UUID) -> int:
    """How many menus and groups, schedules, operating modes and recordings are there."""
    models = (Schedule, Announcement, OperatingMode, *_SERVICES)
    return sum(model.objects.filter(location_id=location_id).count() for model in models)


def _at(model: Any, location_id: UUID) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.select_for_update().filter(location_id=location_id).order_by("id")
    return found.defer("audio") if model is Announcement else found


def _check_name(
    found: Schedule | Announcement | OperatingMode | PhoneMenu | CallGroup | ContactCenter, target_id: UUID
) -> None:
    names = ("kind", "name") if isinstance(found, Schedule) else ("name",)
    if isinstance(found, CallGroup):
        names = ("kind", "search_name")
    elif isinstance(found, PhoneMenu | ContactCenter):
        names = ("search_name",)
    alike = {name: getattr(found, name) for name in names}
    if type(found).objects.filter(location_id=target_id, **alike).exists():
        raise Problem("services.name_taken", field="/name", values={"name": found.name})

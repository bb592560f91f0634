"""Add, change and remove phone menus (auto attendants; webex-api section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.services import announcements, schedules, site_services
from dialtone.services.menu_shape import read_menu
from dialtone.services.models import PhoneMenu
from dialtone.services.site_services import Wanted

SCOPES = ("ENTERPRISE", "GROUP")


@dataclass(frozen=True)
class Told:
    """What is told about a menu beyond what all site services have; None leaves it as it is. Schedules go by name;
    a holiday schedule of "" is none."""

    business_schedule: str | None = None
    holiday_schedule: str | None = None
    extension_scope: str | None = None
    name_scope: str | None = None
    business_menu: Mapping[str, Any] | None = None
    after_menu: Mapping[str, Any] | None = None


def add_menu(location_id: UUID, wanted: Wanted, told: Told) -> PhoneMenu:
    """Raises Problem field.*, services.*, and what `numbers.set_line` raises."""
    made = PhoneMenu(
        id=uuid7(),
        location_id=location_id,
        created_at=clock.now(),
        business_menu={},
        after_menu={},
    )
    for field, value in (
        ("businessSchedule", told.business_schedule),
        ("businessHoursMenu", told.business_menu),
        ("afterHoursMenu", told.after_menu),
    ):
        if value is None or value == "":
            raise Problem("field.required", field=f"/{field}", values={"field": field})
    site_services.begin(made, wanted)
    _fill(made, told)
    made.save(force_insert=True)
    site_services.write_down(made, "added", {}, _facts(made))
    site_services.set_lines(made, wanted)
    return made


def change_menu(found: PhoneMenu, wanted: Wanted, told: Told) -> PhoneMenu:
    """Raises as `add_menu`. Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37)."""
    before = _facts(found)
    site_services.fill(found, wanted)
    _fill(found, told)
    found.version += 1
    found.save()
    site_services.write_down(found, "changed", before, _facts(found))
    site_services.set_lines(found, wanted)
    return found


def _fill(found: PhoneMenu, told: Told) -> None:
    here = found.location_id
    if told.business_schedule is not None:
        chosen = schedules.named(here, schedules.HOURS, told.business_schedule, "/businessSchedule")
        found.business_schedule_id = chosen.id
    if told.holiday_schedule is not None:
        name = told.holiday_schedule
        found.holiday_schedule_id = (
            schedules.named(here, schedules.HOLIDAYS, name, "/holidaySchedule").id if name else None
        )
    for attribute, word, field in (
        ("extension_scope", told.extension_scope, "/extensionDialing"),
        ("name_scope", told.name_scope, "/nameDialing"),
    ):
        if word is not None and word not in SCOPES:
            values = {"value": word[:40], "choices": ", ".join(SCOPES)}
            raise Problem("field.not_allowed", field=field, values=values)
        if word is not None:
            setattr(found, attribute, word)

    def find_file(named: Any, field: str) -> dict[str, str]:
        return announcements.find_for(here, named, field)

    if told.business_menu is not None:
        found.business_menu = read_menu(
            found.business_menu, told.business_menu, "/businessHoursMenu", find_file
        )
    if told.after_menu is not None:
        found.after_menu = read_menu(found.after_menu, told.after_menu, "/afterHoursMenu", find_file)


def _facts(found: PhoneMenu) -> dict[str, Any]:
    return {
        **site_services.facts(found),
        "business_schedule_id": str(found.business_schedule_id),
        "holiday_schedule_id": str(found.holiday_schedule_id or ""),
        "business_menu": found.business_menu,
        "after_menu": found.after_menu,
    }

"""Take away all that answers at a location that is being closed, and what only that needed."""

from __future__ import annotations

from uuid import UUID

from dialtone.services import (
    announcements,
    call_groups,
    contact_centers,
    operating_modes,
    schedules,
    site_services,
)
from dialtone.services.models import (
    Announcement,
    CallGroup,
    ContactCenter,
    OperatingMode,
    PhoneMenu,
    Schedule,
)


def remove_services(location_id: UUID) -> None:
    """Menus, hunt groups, queues, contact centres, then their schedules, operating modes and announcements.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    for menu in PhoneMenu.objects.filter(location_id=location_id).order_by("id"):
        site_services.remove(menu)
    for group in CallGroup.objects.filter(location_id=location_id).order_by("id"):
        call_groups.remove_group(group)
    for center in ContactCenter.objects.filter(location_id=location_id).order_by("id"):
        contact_centers.remove_contact_center(center.id)
    for schedule in Schedule.objects.filter(location_id=location_id).order_by("id"):
        schedules.remove_schedule(schedule)
    for mode in OperatingMode.objects.filter(location_id=location_id).order_by("id"):
        operating_modes.remove_operating_mode(mode)
    for announcement in Announcement.objects.defer("audio").filter(location_id=location_id).order_by("id"):
        announcements.remove_announcement(announcement)

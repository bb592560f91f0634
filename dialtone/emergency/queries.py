"""Which address a location and its numbers show, and what is not good yet."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import states
from dialtone.emergency.models import Coverage, EmergencyAddress


def of_location(location_id: UUID) -> EmergencyAddress | None:
    """The default in effect."""
    return EmergencyAddress.objects.filter(
        location_id=location_id, is_location_default=True, state__in=states.IN_EFFECT
    ).first()


def newest_of_location(location_id: UUID) -> EmergencyAddress | None:
    """The newest version, in effect or not: what the location's page speaks about."""
    return (
        EmergencyAddress.objects.filter(location_id=location_id)
        .exclude(state=states.REPLACED)
        .order_by("-entered_at", "-id")
        .first()
    )


def address(address_id: UUID) -> EmergencyAddress:
    found = EmergencyAddress.objects.filter(id=address_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def shown_by(number_ids: Sequence[UUID]) -> dict[UUID, CivicAddress]:
    """The address that each number shows now, by number id."""
    covering = Coverage.objects.filter(number_id__in=list(number_ids), during__endswith=None).select_related(
        "address"
    )
    return {each.number_id: CivicAddress.from_json(each.address.address) for each in covering}


def all_newest() -> list[EmergencyAddress]:
    """Per location the newest version, for the overview of what is not good yet."""
    found: dict[UUID, EmergencyAddress] = {}
    for each in EmergencyAddress.objects.exclude(state=states.REPLACED).order_by(
        "location_id", "-entered_at", "-id"
    ):
        found.setdefault(each.location_id, each)
    return list(found.values())

"""Which address a location and its numbers show, what is not good yet, and what was shown at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import states
from dialtone.emergency.models import Coverage, EmergencyAddress
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number


@dataclass(frozen=True)
class Covered:
    """A number and the address it shows. `is_own`: not the location's. `address` is None while it cannot call.
    `waiting` is the state of a newer own address that is not in effect yet, or ""."""

    number_id: UUID
    e164: str
    number_state: str
    address: CivicAddress | None
    is_own: bool
    is_simulated: bool
    waiting: str


def of_location(location_id: UUID) -> EmergencyAddress | None:
    """The default in effect."""
    found: EmergencyAddress | None = (
        _defaults().filter(location_id=location_id, state__in=states.IN_EFFECT).first()
    )
    return found


def newest_of_location(location_id: UUID) -> EmergencyAddress | None:
    """The newest version, in effect or not: what the location's page speaks about."""
    found: EmergencyAddress | None = (
        _defaults()
        .filter(location_id=location_id)
        .exclude(state__in=states.OVER)
        .order_by("-entered_at", "-id")
        .first()
    )
    return found


def all_newest() -> list[EmergencyAddress]:
    """Per location the newest version, for the overview of what is not good yet."""
    found: dict[UUID, EmergencyAddress] = {}
    for each in _defaults().exclude(state__in=states.OVER).order_by("location_id", "-entered_at", "-id"):
        found.setdefault(each.location_id, each)
    return list(found.values())


def address(address_id: UUID) -> EmergencyAddress:
    """One address. Raises Problem not_found."""
    found: EmergencyAddress | None = (
        EmergencyAddress.objects.select_related("number").filter(id=address_id).first()
    )
    if found is None:
        raise Problem("not_found")
    return found


def versions_of_location(location_id: UUID) -> list[EmergencyAddress]:
    """Every address that was ever entered as the location's default, newest first: the history on its page (E7)."""
    return list(_defaults().filter(location_id=location_id).order_by("-entered_at", "-id"))


def own_ids(number_id: UUID) -> list[UUID]:
    """Every own address that a number ever had, for its history."""
    return list(EmergencyAddress.objects.filter(number_id=number_id).values_list("id", flat=True))


def newest_own(number_id: UUID) -> EmergencyAddress | None:
    """The newest own address of a number, in effect or not."""
    return next(iter(own_versions(number_id)), None)


def own_addresses(location_ids: Sequence[UUID] | None = None) -> QuerySet[EmergencyAddress]:
    """Own addresses of numbers that are in effect or still wait."""
    found = EmergencyAddress.objects.filter(number__isnull=False).exclude(state__in=states.OVER)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    return found.select_related("number")


def waiting(location_ids: Sequence[UUID] | None = None) -> QuerySet[EmergencyAddress]:
    """Addresses of locations and numbers that are not good yet, the longest waiting first."""
    found = EmergencyAddress.objects.filter(state__in=states.WAITING).order_by("entered_at", "id")
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    return found.select_related("number")


def defaults_of(location_ids: Sequence[UUID]) -> dict[UUID, EmergencyAddress]:
    """The default in effect of each location that has one, by location id."""
    found = _defaults().filter(location_id__in=list(location_ids), state__in=states.IN_EFFECT)
    return {each.location_id: each for each in found}


def own_in_effect(number_ids: Sequence[UUID]) -> dict[UUID, EmergencyAddress]:
    """The own address of each number that has one in effect, by number id."""
    found = EmergencyAddress.objects.filter(number_id__in=list(number_ids), state__in=states.IN_EFFECT)
    return {each.number_id: each for each in found if each.number_id}


def own_versions(number_id: UUID) -> list[EmergencyAddress]:
    """A number's own addresses that are in effect or still wait, newest first."""
    found = EmergencyAddress.objects.select_related("number").filter(number_id=number_id)
    return list(found.exclude(state__in=states.OVER).order_by("-entered_at", "-id"))


def waiting_like(made: EmergencyAddress) -> list[EmergencyAddress]:
    """Versions for the same place, location or number, that are not in effect and not over."""
    found = EmergencyAddress.objects.select_related("number").filter(
        location_id=made.location_id,
        is_location_default=made.is_location_default,
        number_id=made.number_id,
        state__in=states.WAITING,
    )
    return list(found.exclude(id=made.id))


def shown_by(number_ids: Sequence[UUID]) -> dict[UUID, CivicAddress]:
    """The address that each number shows now, by number id."""
    return {each.number_id: CivicAddress.from_json(each.address.address) for each in _open(number_ids)}


def shown_at(number_id: UUID, instant: datetime) -> CivicAddress | None:
    """The address that a number showed at an instant, however long ago (E7); None when it could not call then."""
    found = (
        Coverage.objects.filter(number_id=number_id, during__contains=instant)
        .select_related("address")
        .first()
    )
    return CivicAddress.from_json(found.address.address) if found else None


def coverage(location_id: UUID) -> list[Covered]:
    """Every number of the location with what it shows, in the order of digits."""
    return coverage_of(list(numbers.numbers(numbers.Filter(location_ids=[location_id]))))


def coverage_of(held: Sequence[Number]) -> list[Covered]:
    """What each of these numbers shows, in their order."""
    ids = [number.id for number in held]
    shown = {each.number_id: each.address for each in _open(ids)}
    waiting = {
        each.number_id: each.state
        for each in EmergencyAddress.objects.filter(number_id__in=ids, state__in=states.WAITING)
    }
    rows = []
    for number in held:
        known = shown.get(number.id)
        rows.append(
            Covered(
                number_id=number.id,
                e164=number.e164,
                number_state=number.state,
                address=CivicAddress.from_json(known.address) if known else None,
                is_own=known is not None and not known.is_location_default,
                is_simulated=known is not None and known.is_simulated,
                waiting=waiting.get(number.id, ""),
            )
        )
    return rows


def _defaults() -> QuerySet[EmergencyAddress]:
    found: QuerySet[EmergencyAddress] = EmergencyAddress.objects.filter(is_location_default=True)
    return found


def _open(number_ids: Sequence[UUID]) -> QuerySet[Coverage]:
    found = Coverage.objects.filter(number_id__in=list(number_ids), during__endswith=None)
    return found.select_related("address")

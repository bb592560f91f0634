"""Which address a location and its numbers show, what is not good yet, and what was shown at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.carriers import registry
from dialtone.emergency import callbacks, states
from dialtone.emergency.callbacks import indoors
from dialtone.emergency.models import Coverage, EmergencyAddress, Registration
from dialtone.emergency.pidf_lo import Whereabouts
from dialtone.numbers import queries as numbers
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Number


@dataclass(frozen=True)
class Covered:
    """A number and the address it shows. `is_own`: not the location's. `address` is None while it cannot call.
    `waiting` is the state of a newer own address that is not in effect yet, or "". `registration` is asked or refused where the
    carrier has not accepted, or does not accept, the address that the number should show; `reason` why not."""

    number_id: UUID
    e164: str
    number_state: str
    address: CivicAddress | None
    is_own: bool
    is_simulated: bool
    waiting: str
    registration: str = ""
    reason: str = ""


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


def default_states(customer_ids: Sequence[UUID]) -> dict[str, int]:
    """How many locations of these customers have a newest emergency address in which state."""
    rows = _defaults().filter(customer_id__in=list(customer_ids)).exclude(state__in=states.OVER)
    newest = rows.order_by("location_id", "-entered_at", "-id").distinct("location_id")
    found: dict[str, int] = {}
    for state in newest.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def newest_defaults(location_ids: Sequence[UUID]) -> dict[UUID, EmergencyAddress]:
    """The newest default of each location, in effect or not, by location id."""
    found = _defaults().filter(location_id__in=list(location_ids)).exclude(state__in=states.OVER)
    newest = found.order_by("location_id", "-entered_at", "-id").distinct("location_id")
    return {each.location_id: each for each in newest}


def newest_own_of(customer_ids: Sequence[UUID]) -> dict[UUID, EmergencyAddress]:
    """The newest own address of each number of these customers that has one, in effect or not, by number id."""
    found = EmergencyAddress.objects.filter(customer_id__in=list(customer_ids), number__isnull=False)
    newest = found.exclude(state__in=states.OVER).order_by("number_id", "-entered_at", "-id")
    return {each.number_id: each for each in newest.distinct("number_id") if each.number_id}


def address(address_id: UUID) -> EmergencyAddress:
    """One address. Raises Problem not_found."""
    found: EmergencyAddress | None = (
        EmergencyAddress.objects.select_related("number").filter(id=address_id).first()
    )
    if found is None:
        raise Problem("not_found")
    return found


def search(text: str, location_ids: Sequence[UUID] | None = None, limit: int = 10) -> list[EmergencyAddress]:
    """Addresses of locations and numbers in which every word that was typed stands somewhere, old versions aside; for the search box."""
    found = EmergencyAddress.objects.exclude(state__in=states.OVER)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    for word in text.split():
        part = Q()
        for name in CivicAddress.__dataclass_fields__:
            part |= Q(**{f"address__{name}__icontains": word})
        found = found.filter(part)
    return list(found.select_related("number").order_by("location_id", "number_id", "-entered_at")[:limit])


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


def standing(number_ids: Sequence[UUID]) -> dict[UUID, Registration]:
    """What the carrier of each number holds, or will hold once it has answered: the newest registration that is not refused."""
    found = Registration.objects.filter(number_id__in=list(number_ids)).exclude(state=states.REFUSED)
    return {each.number_id: each for each in found.order_by("asked_at", "id")}


def asked_for(numbers: Sequence[Number]) -> list[Number]:
    """Those of these numbers whose carrier was asked about an address before."""
    rows = Registration.objects.filter(number_id__in=[number.id for number in numbers])
    known = set(rows.values_list("number_id", flat=True))
    return [number for number in numbers if number.id in known]


def is_shown(address_id: UUID) -> bool:
    """Whether a number shows this address now."""
    return bool(Coverage.objects.filter(address_id=address_id, during__endswith=None).exists())


def is_kept_by_carriers(address_id: UUID) -> bool:
    """Whether a number shows this address whose carrier has to accept another one first."""
    shown = Coverage.objects.filter(address_id=address_id, during__endswith=None)
    carriers = set(shown.order_by().values_list("number__carrier", flat=True).distinct())
    return any(not registry.vouches(carrier) for carrier in carriers)


def leaving_of(number_ids: Sequence[UUID]) -> list[UUID]:
    """The addresses that left and that these numbers show still."""
    shown = Coverage.objects.filter(number_id__in=list(number_ids), during__endswith=None)
    return list(shown.filter(address__state=states.LEAVING).values_list("address_id", flat=True).distinct())


def left_behind(address_ids: Sequence[UUID]) -> list[EmergencyAddress]:
    """Those of these addresses that leave, and that no number shows any more."""
    leaving = EmergencyAddress.objects.filter(id__in=list(address_ids), state=states.LEAVING)
    return [each for each in leaving.order_by("id") if not is_shown(each.id)]


def newest_registrations(number_ids: Sequence[UUID]) -> dict[UUID, Registration]:
    """The newest registration of each number, refused or not."""
    found = Registration.objects.filter(number_id__in=list(number_ids)).select_related("address", "number")
    return {each.number_id: each for each in found.order_by("asked_at", "id")}


def refused_for(location_ids: Sequence[UUID] | None = None) -> list[Registration]:
    """Numbers whose carrier does not accept the address that they should show: its newest word on each."""
    found = Registration.objects.filter(number__state__in=number_states.HELD)
    if location_ids is not None:
        found = found.filter(number__location_id__in=list(location_ids))
    refused = set(found.filter(state=states.REFUSED).values_list("number_id", flat=True))
    newest = newest_registrations(list(refused))
    return sorted(
        (each for each in newest.values() if each.state == states.REFUSED),
        key=lambda each: each.number.e164,
    )


def refused_among(e164s: Sequence[str]) -> dict[str, str]:
    """Why the carrier does not accept the address of these numbers, by number; only those whose newest word is a refusal."""
    found = Registration.objects.filter(number__e164__among=list(e164s), number__state__in=number_states.HELD)
    newest = newest_registrations(list(found.values_list("number_id", flat=True)))
    return {each.number.e164: each.reason for each in newest.values() if each.state == states.REFUSED}


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


def whereabouts(number: Number) -> Whereabouts | None:
    """Where a call from this number comes from, as emergency centres are told; None while it shows no address."""
    found = next(iter(_open([number.id])), None)
    if found is None:
        return None
    line = numbers.lines_of([number]).get(number.id)
    place = callbacks.place_of(line.owner_id, number.location_id) if line else None
    return Whereabouts(
        CivicAddress.from_json(found.address.address).civic_elements(),
        found.address.accepted_at or found.address.entered_at,
        str(line.id if line else number.id),
        found.address.is_simulated,
        indoors(place),
    )


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
    newest = newest_registrations(ids)
    rows = []
    for number in held:
        known = shown.get(number.id)
        asked = newest.get(number.id)
        open_one = asked if asked and asked.state in states.OPEN else None
        rows.append(
            Covered(
                number_id=number.id,
                e164=number.e164,
                number_state=number.state,
                address=CivicAddress.from_json(known.address) if known else None,
                is_own=known is not None and not known.is_location_default,
                is_simulated=known is not None and known.is_simulated,
                waiting=waiting.get(number.id, ""),
                registration=open_one.state if open_one else "",
                reason=open_one.reason if open_one else "",
            )
        )
    return rows


def _defaults() -> QuerySet[EmergencyAddress]:
    found: QuerySet[EmergencyAddress] = EmergencyAddress.objects.filter(is_location_default=True)
    return found


def _open(number_ids: Sequence[UUID]) -> QuerySet[Coverage]:
    found = Coverage.objects.filter(number_id__in=list(number_ids), during__endswith=None)
    return found.select_related("address")

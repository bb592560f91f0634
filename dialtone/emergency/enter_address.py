"""Enter an emergency address for a location, or take one that the authority suggests (LOC-07, ESA-01, ESA-05, ESA-06).

The old address stays in effect until the new one is accepted (E2). A correction of the authority is kept as a
suggestion and applied only when a person says so (E8).
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.carriers.registry import known_carrier_for
from dialtone.emergency import queries, rules, states
from dialtone.emergency.authority import Authority
from dialtone.emergency.check_address import check_address
from dialtone.emergency.models import EmergencyAddress
from dialtone.emergency.moves import move
from dialtone.locations import queries as locations
from dialtone.numbers.models import Line, Number

__all__ = ["apply_suggestion", "check_address", "enter", "enter_address"]

LOOK_AGAIN = timedelta(minutes=5)


def enter_address(
    location_id: UUID,
    address: CivicAddress,
    *,
    multi_floor: bool = False,
    authority: Authority | None = None,
) -> EmergencyAddress:
    """The new version of the location's default, looked up at once: see its state for what came of it. Versions
    that still waited are given up for it.

    Raises Problem emergency.floor_room, emergency.other_country, not_found.
    """
    location = locations.lock(location_id)
    several = multi_floor or location.multi_floor
    if not rules.is_found_enough(multi_floor=several, floor=address.floor, room=address.room):
        raise Problem("emergency.floor_room", field="/address/floor")
    verdict = rules.may_show(location.country, "standard", address.country)
    if not verdict.allowed:
        raise Problem(verdict.code, field="/address/country", values=verdict.values)
    former = queries.of_location(location_id)
    if former is not None and CivicAddress.from_json(former.address) == address:
        return former
    made = EmergencyAddress(location_id=location_id, is_location_default=True, replaces=former)
    return enter(made, address, location.carrier or known_carrier_for(location.country), authority)


def enter(
    made: EmergencyAddress, address: CivicAddress, carrier: str, authority: Authority | None = None
) -> EmergencyAddress:
    """Store a version, give up those of the same place that still waited, and have it looked up. The caller has
    locked the location."""
    for waiting in queries.waiting_like(made):
        move(waiting, "replaced")
    now = clock.now()
    made.address = address.as_json()
    made.country = address.country
    made.floor = address.floor
    made.room = address.room
    made.state = states.ENTERED
    made.carrier = carrier
    made.entered_at = now
    made.due_at = now + LOOK_AGAIN
    made.save(force_insert=True)
    record.change(
        made,
        "emergency_address_entered",
        name=address.one_line(),
        after={"address": address.one_line()},
        facts={"number": made.number.e164} if made.number else {},
        moves=[Moved("emergency_address", made.id, "", states.ENTERED, "entered")],
        event="emergency_address.entered",
        event_facts={"state": states.ENTERED},
    )
    return check_address(made.id, authority=authority)


def apply_suggestion(
    address_id: UUID, choice: int = 0, *, authority: Authority | None = None
) -> EmergencyAddress:
    """A person takes one of the suggested addresses (E8): it becomes a new version, looked up like any other.
    Floor and room stay as they were entered.

    Raises Problem emergency.no_suggestion, emergency.person_needed, not_found.
    """
    if tenancy.actor().kind in ("job", "carrier"):
        raise Problem("emergency.person_needed")
    found = queries.address(address_id)
    locations.lock(found.location_id)
    found = queries.address(address_id)
    choices = (found.suggestion or {}).get("choices", [])
    if found.state != states.SUGGESTED or not 0 <= choice < len(choices):
        raise Problem("emergency.no_suggestion")
    taken = CivicAddress.from_json({**choices[choice], "floor": found.floor, "room": found.room})
    if found.number is not None:
        verdict = rules.may_have_own(
            found.number.country, found.number.kind, taken.country, _is_still_of(found)
        )
        if not verdict.allowed:
            raise Problem(verdict.code, values=verdict.values)
    made = EmergencyAddress(
        location_id=found.location_id,
        is_location_default=found.is_location_default,
        owner_kind=found.owner_kind,
        owner_id=found.owner_id,
        number=found.number,
        replaces=found.replaces,
    )
    return enter(made, taken, found.carrier, authority)


def _is_still_of(found: EmergencyAddress) -> bool:
    """Whether the number is still with the person for whom the address was entered."""
    number: Number | None = found.number
    return Line.objects.filter(number=number, owner_id=found.owner_id).exists()

"""Enter an emergency address for a location, have it looked up, and put it in effect once exactly one place fits.

The old address stays in effect until the new one is accepted (E2). A correction of the authority is kept as a suggestion and
applied only when a person says so (E8).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.carriers.sandbox.addresses import Answer, lookup
from dialtone.emergency import activate, states
from dialtone.emergency.models import EmergencyAddress

LOOK_AGAIN = timedelta(minutes=5)
Authority = Callable[[CivicAddress], Answer]


def enter_address(
    location_id: UUID, address: CivicAddress, *, multi_floor: bool = False, authority: Authority = lookup
) -> EmergencyAddress:
    """The new version, looked up at once. Raises emergency.floor_room in a building of several floors (dispatchable location)."""
    if multi_floor and not (address.floor and address.room):
        raise Problem("emergency.floor_room", field="/address/floor")
    former = in_effect(location_id)
    now = clock.now()
    made = EmergencyAddress(
        location_id=location_id,
        is_location_default=True,
        address=address.as_json(),
        country=address.country,
        floor=address.floor,
        room=address.room,
        state=states.ENTERED,
        carrier="sandbox",
        replaces=former,
        entered_at=now,
        due_at=now + LOOK_AGAIN,
    )
    made.save(force_insert=True)
    record.change(
        made,
        "emergency_address_entered",
        name=address.one_line(),
        after={"address": address.one_line()},
        moves=[Moved("emergency_address", made.id, "", states.ENTERED, "entered")],
    )
    return check_address(made.id, authority=authority)


def check_address(address_id: UUID, *, authority: Authority = lookup) -> EmergencyAddress:
    """Ask the authority about an entered address and move it on; anything but exactly one match waits for a person."""
    found = EmergencyAddress.objects.select_for_update().filter(id=address_id).first()
    if found is None:
        raise Problem("not_found")
    if found.state != states.ENTERED:
        return found
    try:
        answer = authority(CivicAddress.from_json(found.address))
    except OSError:
        # The authority is away: the address stays entered, is never used, and is looked up again.
        found.due_at = clock.now() + LOOK_AGAIN
        found.save(update_fields=["due_at"])
        return found
    now = clock.now()
    found.checks = [
        *found.checks,
        {"at": now.isoformat(), "by": "sandbox", "answer": answer.kind, "errors": list(answer.errors)},
    ]
    found.is_simulated = answer.simulated
    found.due_at = None
    if answer.kind == "exact":
        return _accept(found, "matched", by="sandbox")
    found.suggestion = (
        {"choices": [each.as_json() for each in answer.suggestions]} if answer.suggestions else None
    )
    _move(found, "corrected" if answer.suggestions else "not_found")
    return found


def apply_suggestion(address_id: UUID, choice: int = 0) -> EmergencyAddress:
    """A person takes one of the suggested addresses; it becomes a new version, looked up like any other.

    Raises emergency.no_suggestion, not_found."""
    found = EmergencyAddress.objects.select_for_update().filter(id=address_id).first()
    if found is None:
        raise Problem("not_found")
    choices = (found.suggestion or {}).get("choices", [])
    if found.state != states.SUGGESTED or not 0 <= choice < len(choices):
        raise Problem("emergency.no_suggestion")
    taken = {**choices[choice], "floor": found.floor, "room": found.room}
    if len(choices) > 1:
        # One of two ends of a street: the person has chosen, which is the exact match.
        found.address = {name: value for name, value in taken.items() if value}
        return _accept(found, "accepted_by_desk", by=tenancy.actor().name)
    _move(found, "replaced")
    return enter_address(found.location_id, CivicAddress.from_json(taken))


def accept_by_desk(address_id: UUID) -> EmergencyAddress:
    """Where no authority can say, a named person of the desk accepts the address (H27)."""
    found = EmergencyAddress.objects.select_for_update().filter(id=address_id).first()
    if found is None:
        raise Problem("not_found")
    if found.state in states.IN_EFFECT:
        return found
    return _accept(found, "accepted_by_desk", by=tenancy.actor().name)


def in_effect(location_id: UUID) -> EmergencyAddress | None:
    """The location's default address in effect."""
    return EmergencyAddress.objects.filter(
        location_id=location_id, is_location_default=True, state__in=states.IN_EFFECT
    ).first()


def _accept(found: EmergencyAddress, event: str, *, by: str) -> EmergencyAddress:
    """Put it in effect for the location, and for every number that shows the location's address, at one instant."""
    former = in_effect(found.location_id)
    now = clock.now()
    if former is not None and former.id != found.id:
        former.state = states.REPLACED
        former.replaced_at = now
        former.version += 1
        former.save()
        record.change(
            former,
            "emergency_address_replaced",
            moves=[Moved("emergency_address", former.id, states.ACCEPTED, states.REPLACED, "replaced")],
        )
    found.accepted_at = now
    found.accepted_by = by[:160]
    found.due_at = None
    _move(found, event)
    activate.show_new_default(found, former)
    return found


def _move(found: EmergencyAddress, event: str) -> None:
    following = states.decide(found.state, event)
    if following is None:
        raise Problem("emergency.not_valid")
    before = found.state
    found.state = following
    found.version += 1
    found.save()
    record.change(
        found,
        f"emergency_address_{following}",
        before={"state": before},
        after={"state": following},
        moves=[Moved("emergency_address", found.id, before, following, event)],
        event="emergency_address.changed",
        event_facts={"state": following},
    )

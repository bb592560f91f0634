"""Have an entered address looked up, and put it in effect once exactly one place fits and the carrier accepts it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, desk
from dialtone.base.address import CivicAddress
from dialtone.carriers.sandbox.addresses import Answer
from dialtone.emergency import activate, queries, states
from dialtone.emergency.authority import Authority, authority_of
from dialtone.emergency.models import EmergencyAddress
from dialtone.emergency.moves import DESK_KIND, move
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active
from dialtone.numbers import states as number_states

LOOK_AGAIN = timedelta(minutes=5)
DESK_TIME = timedelta(days=1)


def check_address(address_id: UUID, *, authority: Authority | None = None) -> EmergencyAddress:
    """Ask the authority about an entered address and move it on; anything but exactly one match waits for a
    person. While the authority is away the address stays entered, is not used, and is looked up again. Raises
    Problem not_found."""
    found = queries.address(address_id)
    locations.lock(found.location_id)
    found = queries.address(address_id)
    if found.state != states.ENTERED:
        return found
    asked = authority or authority_of(found.carrier)
    if asked is None:
        return _to_the_desk(found)
    try:
        answer = asked(CivicAddress.from_json(found.address))
    except OSError:
        found.due_at = clock.now() + LOOK_AGAIN
        found.save(update_fields=["due_at"])
        return found
    _note(found, "authority", answer.kind, answer)
    found.is_simulated = answer.simulated or found.carrier == "sandbox"
    found.due_at = None
    if answer.kind != "exact":
        choices = [each.as_json() for each in answer.suggestions]
        found.suggestion = {"choices": choices} if choices else None
        return move(found, "corrected" if choices else "not_found")
    move(found, "matched")
    # The authority is the carrier's own: what it knows exactly, the carrier accepts.
    _note(found, found.carrier, "accepted", answer)
    return put_in_effect(found, "accepted", by=found.carrier)


def put_in_effect(found: EmergencyAddress, event: str, *, by: str) -> EmergencyAddress:
    """At one instant the address replaces its former version, and every number it is meant for shows it (E2); where the
    carrier decides on each number, once it has accepted it for that number. The caller has locked the location."""
    now = clock.now()
    former = _former(found)
    if former is not None:
        former.replaced_at = now
        move(former, "left" if queries.is_kept_by_carriers(former.id) else "replaced")
    found.replaces = former
    found.accepted_at = now
    found.accepted_by = by[:160]
    found.due_at = None
    move(found, event)
    if found.number is None:
        activate.show_default(found)
    else:
        held = [number for number in mark_active.locked([found.number.e164]) if number.id == found.number_id]
        activate.show([number for number in held if number.state == number_states.ACTIVE], found)
        # One whose address the carrier refused waits for another.
        activate.begin_recorded(queries.asked_for([number for number in held if not number.is_off]))
    return found


def _former(found: EmergencyAddress) -> EmergencyAddress | None:
    if found.number_id is None:
        return queries.of_location(found.location_id)
    return queries.own_in_effect([found.number_id]).get(found.number_id)


def _note(found: EmergencyAddress, by: str, answer: str, said: Answer) -> None:
    """What was checked, by whom and when: the state rests on it."""
    told = {"at": clock.now().isoformat(), "by": by, "answer": answer, "simulated": said.simulated}
    compared = {"checked": list(said.checked), "errors": [list(each) for each in said.errors]}
    found.checks = [*found.checks, {**told, **compared}]


def _to_the_desk(found: EmergencyAddress) -> EmergencyAddress:
    line = CivicAddress.from_json(found.address).one_line()
    due_at = clock.now() + DESK_TIME
    desk.open_item(DESK_KIND, found, due_at, {"address": line}, name=line)
    found.due_at = due_at
    found.save(update_fields=["due_at"])
    return found

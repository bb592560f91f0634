"""Move a number to another location, where it shows the emergency address of that location from the same instant on,
or once its carrier has accepted that (E1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.emergency import activate, queries, rules
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import mark_active, move
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Number


def move_number(e164: str, source_id: UUID, target_id: UUID, *, field: str = "/numbers") -> Number:
    """The number at its new location. Repeating it changes nothing.

    Raises Problem not_found, numbers.other_location (it is not at the source), emergency.no_address when the target has none to
    show, and what `numbers.move` raises.
    """
    source, target = _locked(source_id, target_id)
    number = next(iter(mark_active.locked([e164])), None)
    if number is None:
        raise Problem("not_found", field=field)
    if number.location_id not in (source.id, target.id):
        raise Problem("numbers.other_location", field=field, values={"number": e164})
    moved = move.move(number, target.id, **_alike(source, target), field=field)
    if moved.state == number_states.ACTIVE:
        address = queries.of_location(target.id)
        problem = _unsafe(moved, target, address, field)
        if problem:
            raise problem
        assert address is not None
        activate.show([moved], address)
    return moved


def hindrance(
    number: Number,
    owner: str,
    source: Location,
    target: Location,
    address: EmergencyAddress | None,
    *,
    field: str = "/numbers",
) -> Problem | None:
    """Why the number, which `owner` has ("" for nobody), cannot move there; `address` is the target's in effect. For plans."""
    problem = move.hindrance(number, owner, **_alike(source, target), field=field)
    return problem or _unsafe(number, target, address, field)


def _alike(source: Location, target: Location) -> dict[str, bool]:
    return {
        "same_connection": _connected_by(source) == _connected_by(target),
        "same_country": source.country == target.country,
    }


def _connected_by(place: Location) -> tuple[Any, ...]:
    """Connection and who provides it: our carrier, else a provider of the catalogue."""
    return (place.connection, place.carrier or place.provider_id)


def _unsafe(number: Number, target: Location, address: EmergencyAddress | None, field: str) -> Problem | None:
    """A number that may call needs an address there that it may show."""
    is_safe = address is not None and rules.may_show(number.country, number.kind, address.country).allowed
    if number.state != number_states.ACTIVE or is_safe:
        return None
    return Problem("emergency.no_address", field=field, values={"location": target.name})


def _locked(source_id: UUID, target_id: UUID) -> tuple[Location, Location]:
    """Both locations, locked in a steady order."""
    found = {each: locations.lock(each) for each in sorted({source_id, target_id})}
    return found[source_id], found[target_id]

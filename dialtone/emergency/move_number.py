"""Move a number to another location, where it shows the emergency address of that location from the same instant on,
or once its carrier has accepted that (E1)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.emergency import activate, queries, rules
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
    moved = move.move(
        number,
        target.id,
        same_connection=(source.connection, source.carrier) == (target.connection, target.carrier),
        same_country=source.country == target.country,
        field=field,
    )
    if moved.state == number_states.ACTIVE:
        address = queries.of_location(target.id)
        if address is None or not rules.may_show(moved.country, moved.kind, address.country).allowed:
            raise Problem("emergency.no_address", field=field, values={"location": target.name})
        activate.show([moved], address)
    return moved


def _locked(source_id: UUID, target_id: UUID) -> tuple[Location, Location]:
    """Both locations, locked in a steady order."""
    found = {each: locations.lock(each) for each in sorted({source_id, target_id})}
    return found[source_id], found[target_id]

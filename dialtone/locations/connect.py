"""Choose how a location reaches the public network (LOC-01 to LOC-05)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.carriers.registry import carrier_for
from dialtone.locations import rules
from dialtone.locations.models import Location


def connect(location_id: UUID, connection: str) -> Location:
    """Store the choice; choosing the same again changes nothing. Raises locations.connection, locations.not_served, not_found."""
    if connection not in rules.CONNECTIONS:
        choices = ", ".join(rules.CONNECTIONS)
        raise Problem(
            "locations.connection",
            field="/connection",
            values={"value": str(connection)[:40], "choices": choices},
        )
    found = Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    if found is None:
        raise Problem("not_found")
    if connection == rules.CALLING_PLAN and found.country not in rules.SERVED:
        raise Problem(
            "locations.not_served",
            field="/country",
            values={"country": found.country, "served": ", ".join(rules.SERVED)},
        )
    if found.connection == connection:
        return found
    before = found.connection
    found.connection = connection
    found.connection_at = clock.now()
    found.carrier = carrier_for(found.country) if connection == rules.CALLING_PLAN else ""
    found.version += 1
    found.save()
    record.change(
        found,
        "connection_chosen",
        name=found.name,
        before={"connection": before},
        after={"connection": connection},
        event="location.changed",
    )
    return found

"""Move a location that is in use from one PSTN connection to another, at one instant, and back (LOC-10).

Only the room `migration` calls this, which knows the ways: `connect` refuses it for locations that hold numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.carriers.registry import carrier_for
from dialtone.locations import connect, rules
from dialtone.locations.models import Location
from dialtone.plans import queries as plans
from dialtone.providers import queries as providers

_KEPT = ("connection", "carrier", "provider_id", "subscription_id")


def reconnect(location_id: UUID, connection: str, provider_id: UUID | None) -> dict[str, Any]:
    """Store the new connection; answers the old one, for `restore`. One row is written once: the location is on the old
    connection before it and on the new one after it. Raises Problem not_found, what `connect` raises about plan, country and
    provider."""
    found = _locked(location_id)
    is_plan = connection == rules.CALLING_PLAN
    if is_plan:
        connect.check_calling_plan(found)
    if provider_id is not None:
        providers.to_select(provider_id, found.country)
    living = plans.subscription() if is_plan else None
    wanted = {
        "connection": connection,
        "carrier": carrier_for(found.country) if is_plan else "",
        "provider_id": provider_id,
        "subscription_id": living.id if living else None,
    }
    return _store(found, wanted)


def restore(location_id: UUID, before: Mapping[str, Any]) -> None:
    """Back to what `reconnect` answered. Raises Problem not_found."""
    ids = ("provider_id", "subscription_id")
    wanted = {name: UUID(before[name]) if name in ids and before[name] else before[name] for name in _KEPT}
    _store(_locked(location_id), wanted)


def _store(location: Location, wanted: Mapping[str, Any]) -> dict[str, Any]:
    before = {name: getattr(location, name) for name in _KEPT}
    for name, value in wanted.items():
        setattr(location, name, value)
    location.connection_at = clock.now()
    location.version += 1
    location.save()
    record.change(
        location,
        "connection_moved",
        name=location.name,
        before={"connection": before["connection"], "provider_id": before["provider_id"]},
        after={"connection": wanted["connection"], "provider_id": wanted["provider_id"]},
        event="location.changed",
    )
    return {name: str(value) if isinstance(value, UUID) else value for name, value in before.items()}


def _locked(location_id: UUID) -> Location:
    found: Location | None = (
        Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    )
    if found is None:
        raise Problem("not_found")
    return found

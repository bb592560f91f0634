"""Choose how a location reaches the public network (LOC-01 to LOC-05, LOC-09, LOC-10)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dialtone import countries
from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.carriers.registry import carrier_for
from dialtone.locations import rules
from dialtone.locations.models import Location
from dialtone.plans import queries as plans
from dialtone.plans import rules as plan_rules


def connect(
    location_id: UUID,
    connection: str,
    *,
    numbers_here: int = 0,
    premises_route: Mapping[str, str] | None = None,
) -> Location:
    """Store the choice; choosing the same again changes nothing. `numbers_here` is how many numbers the
    location holds, from the room above. `premises_route` names the trunk or route group of a premises-based one.

    Raises locations.connection, locations.calling_disabled, locations.not_served (ACC-06),
    locations.needs_migration (LOC-10), the plan's refusals (ACC-05), not_found.
    """
    if connection not in rules.CONNECTIONS:
        raise Problem(
            "locations.connection",
            field="/connection",
            values={"value": str(connection)[:40], "choices": ", ".join(rules.CONNECTIONS)},
        )
    found: Location | None = (
        Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    )
    if found is None:
        raise Problem("not_found")
    calling = {name: value for name, value in found.calling.items() if name != "premises_route"}
    if connection == rules.PREMISES and premises_route:
        calling["premises_route"] = dict(premises_route)
    if found.connection == connection and found.calling == calling:
        return found
    if not found.calling_enabled:
        raise Problem("locations.calling_disabled", values={"name": found.name})
    verdict = rules.may_connect(found.connection, connection, name=found.name, numbers_here=numbers_here)
    if not verdict.allowed:
        raise Problem(verdict.code, field="/connection", values=verdict.values)
    if connection == rules.CALLING_PLAN:
        _check_calling_plan(found)
    before = found.connection
    found.connection = connection
    found.calling = calling
    found.connection_at = clock.now()
    found.carrier = carrier_for(found.country) if connection == rules.CALLING_PLAN else ""
    living = plans.subscription() if connection == rules.CALLING_PLAN else None
    found.subscription_id = living.id if living else None
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


def enable_gateway(location_id: UUID) -> Location:
    """The local gateway of a premises-based location is set up and may be used (LOC-03). Raises not_found,
    locations.not_premises."""
    found: Location | None = (
        Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    )
    if found is None:
        raise Problem("not_found")
    if found.connection != rules.PREMISES:
        raise Problem("locations.not_premises", values={"name": found.name})
    if found.calling.get("gateway_enabled"):
        return found
    found.calling = {**found.calling, "gateway_enabled": True}
    found.version += 1
    found.save()
    record.change(found, "gateway_enabled", name=found.name, event="location.changed")
    return found


def _check_calling_plan(location: Location) -> None:
    today = clock.today(location.time_zone)
    served = countries.served(today)
    if location.country not in served:
        raise Problem(
            "locations.not_served",
            field="/country",
            values={"country": location.country, "served": ", ".join(sorted(served))},
        )
    account = plans.account_facts(tenancy.current_customer_id())
    verdict = plan_rules.may("use_calling_plan", account, clock.now())
    if not verdict.allowed:
        raise Problem(verdict.code, field="/connection", values=verdict.values)

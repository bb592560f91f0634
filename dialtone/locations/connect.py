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
from dialtone.providers import queries as providers


def connect(
    location_id: UUID,
    connection: str,
    *,
    numbers_here: int = 0,
    premises_route: Mapping[str, str] | None = None,
    provider_id: UUID | None = None,
    subscription_id: UUID | None = None,
) -> Location:
    """Store the choice; choosing the same again changes nothing. `numbers_here` is how many numbers the
    location holds, from the room above. `premises_route` names the trunk or route group of a premises-based one,
    `provider_id` the provider of the catalogue, `subscription_id` the subscription its users use the plan under (LOC-12).

    Raises locations.connection, locations.calling_disabled, locations.not_served (ACC-06),
    locations.needs_migration (LOC-10), locations.other_connection, locations.subscription, the plan's refusals (ACC-05),
    those of `providers.to_select`, carriers.none, not_found.
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
    provider = _provider(found, connection, provider_id)
    if (found.connection, found.calling, found.provider_id) == (connection, calling, provider):
        return found
    if not found.calling_enabled:
        raise Problem("locations.calling_disabled", values={"name": found.name})
    verdict = rules.may_connect(
        found.connection,
        connection,
        name=found.name,
        numbers_here=numbers_here,
        other_provider=found.provider_id not in (None, provider),
    )
    if not verdict.allowed:
        raise Problem(verdict.code, field="/connection", values=verdict.values)
    if connection == rules.CALLING_PLAN:
        check_calling_plan(found)
    before = {"connection": found.connection, "provider_id": found.provider_id}
    found.connection = connection
    found.calling = calling
    found.connection_at = clock.now()
    found.carrier = carrier_for(found.country) if connection == rules.CALLING_PLAN else ""
    found.provider_id = provider
    found.subscription_id = _subscription(connection, subscription_id)
    found.version += 1
    found.save()
    record.change(
        found,
        "connection_chosen",
        name=found.name,
        before=before,
        after={"connection": connection, "provider_id": provider},
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


def _provider(location: Location, connection: str, wanted: UUID | None) -> UUID | None:
    """The provider that the location is to have; the one it has stays where nobody names another."""
    if wanted is None:
        return location.provider_id if location.connection == connection else None
    if wanted == location.provider_id and location.connection == connection:
        return wanted
    chosen = providers.to_select(wanted, location.country)
    if chosen.connection != connection:
        raise Problem("locations.other_connection", field="/providerId", values={"provider": chosen.name})
    return chosen.id


def _subscription(connection: str, wanted: UUID | None) -> UUID | None:
    """The customer's living subscription, which is the one to choose."""
    living = plans.subscription() if connection == rules.CALLING_PLAN else None
    if wanted is not None and (living is None or living.id != wanted):
        raise Problem("locations.subscription", field="/subscription")
    return living.id if living else None


def check_calling_plan(location: Location) -> None:
    """Whether the location may be on a calling plan at all. Raises Problem locations.not_served (ACC-06), and the
    plan's refusals (ACC-05)."""
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

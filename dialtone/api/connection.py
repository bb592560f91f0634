"""Compatible calls: how a location reaches the public network (docs/api.md, PSTN)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from dialtone import countries
from dialtone.api.app import needs, router
from dialtone.api.named import location_named
from dialtone.api.wire import Answer, Compatible
from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.countries.facts import NumberType
from dialtone.locations import connect, rules
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.providers import queries as providers
from dialtone.providers.models import Provider

routes = router("PSTN connection")

TYPES = {
    "calling_plan": "CISCO_PSTN",
    "non_integrated_ccp": "NON_INTEGRATED_CCP",
    "integrated_ccp": "INTEGRATED_CCP",
    "premises": "LOCAL_GATEWAY",
}
NAMES = {
    "calling_plan": "Calling plan",
    "non_integrated_ccp": "Bring your own carrier",
    "integrated_ccp": "Cloud-connected provider",
    "premises": "Premises-based PSTN",
}
# What the country's file offers, in the words of the wire.
SERVICES = {
    NumberType.TOLL_FREE: "TOLLFREE_NUMBERS",
    NumberType.SERVICE: "SERVICE_NUMBERS",
    NumberType.NON_GEOGRAPHIC: "NON_GEOGRAPHIC_NUMBERS",
}
ROUTE_TYPES = ("TRUNK", "ROUTE_GROUP")


class ConnectionOption(Answer):
    id: str
    display_name: str
    pstn_services: list[str]
    pstn_connection_type: str
    route_type: str | None = None
    route_id: str | None = None


class ConnectionOptionList(Answer):
    items: list[ConnectionOption]


class ServiceTypes(Compatible):
    service_types: list[str] = Field(default_factory=list, description="Only options with all of these")


class ConnectionBody(Compatible):
    """Either the id of an option, or a trunk or route group of the own premises."""

    id: str | None = None
    premise_route_type: str | None = None
    premise_route_id: str | None = None


def worded(
    kind: str, location: Location, route: dict[str, str] | None = None, provider: Provider | None = None
) -> ConnectionOption:
    """A connection as clients see it: a provider of the catalogue under its own id and name, else the kind. Of our calling plans,
    what the country's file offers (ORD-17, ORD-19)."""
    if provider is not None:
        return ConnectionOption(
            id=str(provider.id),
            display_name=provider.name,
            pstn_services=list(provider.service_types),
            pstn_connection_type=TYPES[kind],
        )
    return ConnectionOption(
        id=str(rules.connection_id(kind)),
        display_name=NAMES[kind],
        pstn_services=["GEOGRAPHIC_NUMBERS", *_services(location)]
        if kind == rules.CALLING_PLAN
        else ["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"],
        pstn_connection_type=TYPES[kind],
        route_type=(route or {}).get("type"),
        route_id=(route or {}).get("id"),
    )


def _services(location: Location) -> list[str]:
    offered = countries.get(location.country, clock.today(location.time_zone)).ordering.number_types
    return [word for kind, word in SERVICES.items() if kind in offered]


@routes.get(
    "/telephony/pstn/locations/{location_id}/connectionOptions",
    response=ConnectionOptionList,
    operation_id="listConnectionOptions",
    summary="The connections that a location may have",
)
@needs("sees_locations", compatible=True)
def connection_options(
    request: HttpRequest,
    location_id: str,
    wanted: Query[ServiceTypes],
) -> Any:
    found = location_named(request, location_id)
    kinds = locations.connection_options(found.id)
    options = [worded(kind, found) for kind in kinds]
    # Our calling plans are one option already, whatever the catalogue calls them.
    named = providers.for_market(found.country).exclude(connection=rules.CALLING_PLAN)
    options += [worded(each.connection, found, provider=each) for each in named if each.connection in kinds]
    return ConnectionOptionList(
        items=[each for each in options if set(wanted.service_types) <= set(each.pstn_services)]
    )


@routes.get(
    "/telephony/pstn/locations/{location_id}/connection",
    response=ConnectionOption,
    operation_id="getConnection",
    summary="The PSTN connection of a location",
)
@needs("sees_locations", compatible=True)
def get_connection(request: HttpRequest, location_id: str) -> Any:
    found = location_named(request, location_id)
    if not found.connection:
        raise Problem("locations.not_connected", values={"name": found.name})
    named = found.provider_id if found.connection != rules.CALLING_PLAN else None
    provider = providers.provider(named) if named else None
    return worded(found.connection, found, found.calling.get("premises_route"), provider)


@routes.put(
    "/telephony/pstn/locations/{location_id}/connection",
    response={204: None},
    operation_id="chooseConnection",
    summary="Choose the PSTN connection",
)
@needs("edits_locations", compatible=True)
def choose_connection(request: HttpRequest, location_id: str, wanted: ConnectionBody) -> Any:
    choose(location_named(request, location_id), wanted)


def choose(found: Location, wanted: ConnectionBody) -> None:
    """Raises Problem field.*, and what `locations.connect` raises."""
    kind, route, provider_id = _wanted(wanted)
    try:
        connect.connect(
            found.id,
            kind,
            numbers_here=numbers.at_location(found.id)["numbers"],
            premises_route=route,
            provider_id=provider_id,
        )
    except Problem as refused:  # a provider is named by `id` here
        if refused.field != "/providerId":
            raise
        raise Problem(refused.code, field="/id", values={**refused.values, "field": "id"}) from refused


def _wanted(wanted: ConnectionBody) -> tuple[str, dict[str, str] | None, UUID | None]:
    if wanted.premise_route_id is not None or wanted.premise_route_type is not None:
        if wanted.premise_route_type not in ROUTE_TYPES:
            values = {"value": str(wanted.premise_route_type)[:40], "choices": ", ".join(ROUTE_TYPES)}
            raise Problem("field.not_allowed", field="/premiseRouteType", values=values)
        if not wanted.premise_route_id or len(wanted.premise_route_id) > 200:
            raise Problem("field.required", field="/premiseRouteId", values={"field": "premiseRouteId"})
        return rules.PREMISES, {"type": wanted.premise_route_type, "id": wanted.premise_route_id}, None
    for kind in rules.CONNECTIONS:
        if str(rules.connection_id(kind)) == wanted.id:
            return kind, None, None
    for each in providers.shown():
        if str(each.id) == wanted.id:
            return each.connection, None, each.id
    listed = ", ".join(str(rules.connection_id(kind)) for kind in rules.CONNECTIONS)
    values = {"value": (wanted.id or "")[:40], "choices": listed}
    raise Problem("locations.connection", field="/id", values=values)

"""Compatible call: the trunks and route groups that premises-based locations name (docs/api.md, locations)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import own_locations
from dialtone.api.wire import Answer, Paging, page
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations

routes = router("PSTN connection")

TRUNK, GROUP = "TRUNK", "ROUTE_GROUP"
ORDERS = {"routeName": "name", "routeType": "type"}


class RouteIdentity(Answer):
    id: str
    name: str
    type: str = Field(description="TRUNK or ROUTE_GROUP")


class RouteChoices(Answer):
    route_identities: list[RouteIdentity]


class RouteFilters(Paging):
    route_group_name: str = Field("", alias="routeGroupName", description="A part of the name")
    trunk_name: str = Field("", alias="trunkName", description="A part of the name")
    order: str = Field(
        "routeName", description="routeName or routeType, with - in front for the other way round"
    )


@routes.get(
    "/telephony/config/routeChoices",
    response=RouteChoices,
    operation_id="listRouteChoices",
    summary="Trunks and route groups of the own premises",
)
@needs("sees_locations", compatible=True)
def list_route_choices(request: HttpRequest, response: HttpResponse, wanted: Query[RouteFilters]) -> Any:
    """Gateways are set up elsewhere; here they are known by the names that locations gave them."""
    told = [each.calling.get("premises_route") for each in own_locations(request, locations.list_all())]
    found = {(each["type"], each["id"]): each for each in told if each}
    rows = [RouteIdentity(id=each["id"], name=each["id"], type=each["type"]) for each in found.values()]
    rows = [row for row in rows if _is_named(row, wanted)]
    field = wanted.order.removeprefix("-")
    if field not in ORDERS:
        values = {"value": wanted.order[:40], "choices": ", ".join(ORDERS)}
        raise Problem("field.not_allowed", field="/order", values=values)
    rows.sort(key=lambda row: (getattr(row, ORDERS[field]), row.id), reverse=wanted.order.startswith("-"))
    return RouteChoices(
        route_identities=page(request, response, rows, lambda row: row, max=wanted.max, start=wanted.start)
    )


def _is_named(row: RouteIdentity, wanted: RouteFilters) -> bool:
    """Whether a name asked for is part of it; a name of the one kind leaves the other kind out."""
    asked = {TRUNK: wanted.trunk_name, GROUP: wanted.route_group_name}
    return asked.get(row.type, "").lower() in row.name.lower() and (
        bool(asked.get(row.type)) or not any(asked.values())
    )

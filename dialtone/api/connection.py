"""Compatible calls: how a location reaches the public network (docs/api.md section 4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dialtone import countries
from dialtone.api.app import needs, router
from dialtone.api.named import location_named
from dialtone.api.wire import Compatible
from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.locations import connect, rules

routes = router()

CONNECTION_TYPES = {
    "calling_plan": "CISCO_PSTN",
    "non_integrated_ccp": "NON_INTEGRATED_CCP",
    "integrated_ccp": "INTEGRATED_CCP",
    "premises": "LOCAL_GATEWAY",
}
CONNECTION_NAMES = {
    "calling_plan": "Calling plan",
    "non_integrated_ccp": "Bring your own carrier",
    "integrated_ccp": "Cloud-connected provider",
    "premises": "Premises-based PSTN",
}


class ConnectionBody(Compatible):
    id: str | None = None
    premise_route_type: str | None = None
    premise_route_id: str | None = None


def word_option(kind: str) -> dict[str, Any]:
    services = (
        ["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"] if kind == rules.CALLING_PLAN else ["GEOGRAPHIC_NUMBERS"]
    )
    return {
        "id": str(rules.connection_id(kind)),
        "displayName": CONNECTION_NAMES[kind],
        "pstnServices": services,
        "pstnConnectionType": CONNECTION_TYPES[kind],
    }


@routes.get(
    "/telephony/pstn/locations/{location_id}/connectionOptions",
    operation_id="listConnectionOptions",
    summary="Options",
)
@needs("sees_locations", compatible=True)
def connection_options(request: HttpRequest, location_id: str) -> Any:
    found = location_named(request, location_id)
    is_served = found.country in countries.served(clock.today(found.time_zone))
    return {"items": [word_option(kind) for kind in rules.options(is_served)]}


@routes.get(
    "/telephony/pstn/locations/{location_id}/connection",
    operation_id="getConnection",
    summary="The PSTN connection",
)
@needs("sees_locations", compatible=True)
def get_connection(request: HttpRequest, location_id: str) -> Any:
    found = location_named(request, location_id)
    if not found.connection:
        raise Problem("not_found")
    return word_option(found.connection)


@routes.put(
    "/telephony/pstn/locations/{location_id}/connection",
    response={204: None},
    operation_id="chooseConnection",
    summary="Choose the PSTN connection",
)
@needs("edits_locations", compatible=True)
def put_connection(request: HttpRequest, location_id: str, wanted: ConnectionBody) -> Any:
    found = location_named(request, location_id)
    kind = next((each for each in rules.CONNECTIONS if str(rules.connection_id(each)) == wanted.id), None)
    if kind is None and wanted.premise_route_id:
        kind = "premises"
    if kind is None:
        listed = ", ".join(str(rules.connection_id(each)) for each in rules.CONNECTIONS)
        raise Problem(
            "locations.connection", field="/id", values={"value": (wanted.id or "")[:40], "choices": listed}
        )
    connect.connect(found.id, kind)
    return 204, None

"""Compatible calls: emergency addresses (docs/api.md section 4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from dialtone.api.addresses import Address, word_civic
from dialtone.api.app import needs, router
from dialtone.api.named import location_named
from dialtone.base.problems import Problem
from dialtone.carriers.sandbox.addresses import lookup
from dialtone.emergency import enter_address
from dialtone.emergency import queries as emergency

routes = router()


@routes.post(
    "/telephony/pstn/locations/{location_id}/emergencyAddress/lookup",
    operation_id="lookUpEmergencyAddress",
    summary="Look up",
)
@needs("sees_emergency", compatible=True)
def look_up(request: HttpRequest, location_id: str, wanted: Address) -> Any:
    location_named(request, location_id)
    entered = wanted.civic("", emergency=True)
    answer = lookup(entered)
    errors = [{"code": code, "title": title, "detail": detail} for code, title, detail in answer.errors]
    return {
        "addresses": [
            {**word_civic(each), "meta": {}, "errors": errors} for each in (answer.suggestions or (entered,))
        ]
    }


@routes.post(
    "/telephony/pstn/locations/{location_id}/emergencyAddress",
    response={201: Any},
    operation_id="addEmergencyAddress",
    summary="Add",
)
@needs("edits_emergency", compatible=True)
def add_address(request: HttpRequest, location_id: str, wanted: Address) -> Any:
    found = location_named(request, location_id)
    made = enter_address.enter_address(
        found.id, wanted.civic("", emergency=True), multi_floor=found.multi_floor
    )
    return 201, {"id": str(made.id), "state": made.state}


@routes.put(
    "/telephony/pstn/locations/{location_id}/emergencyAddresses/{address_id}",
    response={204: None},
    operation_id="changeEmergencyAddress",
    summary="A new version that replaces the old one without a gap",
)
@needs("edits_emergency", compatible=True)
def change_address(request: HttpRequest, location_id: str, address_id: str, wanted: Address) -> Any:
    found = location_named(request, location_id)
    try:
        known = emergency.address(UUID(address_id))
    except ValueError as error:
        raise Problem("not_found") from error
    if known.location_id != found.id:
        raise Problem("not_found")
    enter_address.enter_address(found.id, wanted.civic("", emergency=True), multi_floor=found.multi_floor)
    return 204, None

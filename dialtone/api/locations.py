"""Compatible calls: locations, and calling at them (docs/api.md section 3)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from dialtone.api.addresses import Address, word_civic
from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import location_named, own_locations
from dialtone.api.wire import Compatible, out, page
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.locations import create_location
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers

routes = router()


class LocationBody(Compatible):
    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    announcement_language: str | None = None
    address: Address | None = None


def word_location(found: Location) -> dict[str, Any]:
    address = CivicAddress.from_json(found.address)
    return {
        "id": out("LOCATION", found.id),
        "name": found.name,
        "orgId": out("ORGANIZATION", found.customer_id),
        "timeZone": found.time_zone,
        "preferredLanguage": found.language,
        "address": word_civic(address),
    }


@routes.get("/locations", operation_id="listLocations", summary="Locations")
@needs("sees_locations", compatible=True)
def list_locations(
    request: HttpRequest,
    response: HttpResponse,
    name: str = Query(""),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    return {
        "items": page(
            request,
            response,
            own_locations(request, locations.list_all(name)),
            word_location,
            max=max,
            start=start,
        )
    }


@routes.get(
    "/telephony/config/locations", operation_id="listCallingLocations", summary="Locations with calling"
)
@needs("sees_locations", compatible=True)
def list_calling_locations(
    request: HttpRequest,
    response: HttpResponse,
    name: str = Query(""),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    found = own_locations(request, locations.list_all(name, calling_only=True))
    return {"locations": page(request, response, found, word_location, max=max, start=start)}


@routes.post("/locations", operation_id="createLocation", summary="Open a location")
@needs("edits_locations", compatible=True)
def create(request: HttpRequest, wanted: LocationBody) -> Any:
    customer_of(request)
    if wanted.address is None:
        raise Problem("field.required", field="/address", values={"field": "address"})
    found = create_location.create_location(
        name=wanted.name,
        address=wanted.address.civic(),
        time_zone=wanted.time_zone,
        language=wanted.preferred_language or "en_us",
        announcement_language=wanted.announcement_language or "",
        calling_enabled=False,
    )
    return {"id": out("LOCATION", found.id)}


class EnableBody(LocationBody):
    id: str | None = None


@routes.post(
    "/telephony/config/locations", response={201: Any}, operation_id="enableCalling", summary="Enable calling"
)
@needs("edits_locations", compatible=True)
def enable_calling(request: HttpRequest, wanted: EnableBody) -> Any:
    found = location_named(request, wanted.id or "")
    create_location.change_location(
        found.id, calling_enabled=True, announcement_language=wanted.announcement_language or found.language
    )
    return 201, {"id": out("LOCATION", found.id)}


@routes.get("/locations/{location_id}", operation_id="getLocation", summary="One location")
@needs("sees_locations", compatible=True)
def getlocation_named(request: HttpRequest, location_id: str) -> Any:
    return word_location(location_named(request, location_id))


@routes.put(
    "/locations/{location_id}",
    response={204: None},
    operation_id="changeLocation",
    summary="Change a location",
)
@needs("edits_locations", compatible=True)
def change(request: HttpRequest, location_id: str, wanted: LocationBody) -> Any:
    found = location_named(request, location_id)
    changes: dict[str, Any] = {}
    if wanted.name is not None:
        changes["name"] = wanted.name
    if wanted.time_zone is not None:
        changes["time_zone"] = wanted.time_zone
    if wanted.preferred_language is not None:
        changes["language"] = wanted.preferred_language
    if wanted.address is not None:
        changes["address"] = wanted.address.civic()
    create_location.change_location(found.id, **changes)
    return 204, None


@routes.delete(
    "/locations/{location_id}",
    response={204: None},
    operation_id="deleteLocation",
    summary="Delete a location",
)
@needs("edits_locations", compatible=True)
def delete(request: HttpRequest, location_id: str) -> Any:
    found = location_named(request, location_id)
    hanging = [f"{count} {what}" for what, count in numbers.at_location(found.id).items() if count]
    create_location.delete_location(found.id, in_use=hanging)
    return 204, None


@routes.get(
    "/telephony/config/locations/{location_id}", operation_id="getCallingLocation", summary="Calling details"
)
@needs("sees_locations", compatible=True)
def get_callinglocation_named(request: HttpRequest, location_id: str) -> Any:
    found = location_named(request, location_id)
    if not found.calling_enabled:
        raise Problem("not_found")
    main = numbers.main_number(found.id)
    return {
        **word_location(found),
        "announcementLanguage": found.announcement_language,
        "callingLineId": {"name": found.name, "phoneNumber": main.e164 if main else None},
        **found.calling,
    }

"""Compatible calls: locations (docs/api.md, locations)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query

from dialtone.api import addresses
from dialtone.api.addresses import Address, AddressAnswer
from dialtone.api.app import customer_of, looking_at, needs, router
from dialtone.api.named import location_named, own_locations
from dialtone.api.wire import Answer, Compatible, Paging, into, outside, paged
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.locations import create_location
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.orders import close_location

routes = router("Locations")


class LocationAnswer(Answer):
    id: str
    name: str
    org_id: str
    time_zone: str
    preferred_language: str
    announcement_language: str
    address: AddressAnswer
    latitude: float | None = None
    longitude: float | None = None
    notes: str | None = None


class LocationList(Answer):
    items: list[LocationAnswer]


class LocationBody(Compatible):
    """What is left out stays as it is; the address is told as a whole."""

    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    announcement_language: str | None = None
    address: Address | None = None
    latitude: float | str | None = None
    longitude: float | str | None = None
    notes: str | None = None
    org_id: str | None = Field(
        None, description="Of a new location: whose it is, if the query does not say it"
    )

    def changes(self) -> dict[str, Any]:
        """What is told, as the verbs of the room take it."""
        told: dict[str, Any] = {
            "name": self.name,
            "time_zone": self.time_zone,
            "language": self.preferred_language,
            "announcement_language": self.announcement_language,
            "notes": self.notes,
        }
        found = {name: value for name, value in told.items() if value is not None}
        if self.address is not None:
            found["address"] = self.address.civic()
        if self.latitude is not None or self.longitude is not None:
            found["coordinates"] = (self.latitude, self.longitude)
        return found


def worded(found: Location) -> LocationAnswer:
    return LocationAnswer(
        id=outside("LOCATION", found.id),
        name=found.name,
        org_id=outside("ORGANIZATION", found.customer_id),
        time_zone=found.time_zone,
        preferred_language=found.language,
        announcement_language=found.announcement_language,
        address=addresses.worded(CivicAddress.from_json(found.address)),
        latitude=float(found.latitude) if found.latitude else None,
        longitude=float(found.longitude) if found.longitude else None,
        notes=found.notes or None,
    )


@routes.get("/locations", response=LocationList, operation_id="listLocations", summary="Locations")
@needs("sees_locations", compatible=True)
def list_locations(
    request: HttpRequest,
    response: HttpResponse,
    paging: Query[Paging],
    name: str = Query("", description="A part of the name, in any case"),
    id: str = Query(""),
) -> Any:
    found = own_locations(request, locations.list_all(name))
    if id:
        found = found.filter(id=into("LOCATION", id, "/id"))
    return LocationList(items=paged(request, response, found, worded, paging))


@routes.post("/locations", response=LocationAnswer, operation_id="createLocation", summary="Open a location")
@needs("edits_locations", compatible=True)
def create(request: HttpRequest, wanted: LocationBody) -> Any:
    org_id = into("ORGANIZATION", wanted.org_id, "/orgId") if wanted.org_id else None
    with looking_at(request, org_id):
        customer_of(request)
        if wanted.address is None:
            raise Problem("field.required", field="/address", values={"field": "address"})
        made = create_location.create_location(
            name=wanted.name,
            address=wanted.address.civic(),
            time_zone=wanted.time_zone,
            language=wanted.preferred_language or "en_us",
            announcement_language=wanted.announcement_language or "",
            latitude="" if wanted.latitude is None else wanted.latitude,
            longitude="" if wanted.longitude is None else wanted.longitude,
            notes=wanted.notes or "",
            calling_enabled=False,
        )
        return worded(made)


@routes.get(
    "/locations/{location_id}", response=LocationAnswer, operation_id="getLocation", summary="One location"
)
@needs("sees_locations", compatible=True)
def get_location(request: HttpRequest, location_id: str) -> Any:
    return worded(location_named(request, location_id))


@routes.put(
    "/locations/{location_id}",
    response={204: None},
    operation_id="changeLocation",
    summary="Change a location",
)
@needs("edits_locations", compatible=True)
def change(request: HttpRequest, location_id: str, wanted: LocationBody) -> Any:
    create_location.change_location(location_named(request, location_id).id, **wanted.changes())


@routes.delete(
    "/locations/{location_id}",
    response={204: None},
    operation_id="deleteLocation",
    summary="Delete a location",
)
@needs("edits_locations", compatible=True)
def delete(request: HttpRequest, location_id: str) -> Any:
    """Refused while calling is enabled there (disable it by a job first), and while people or numbers are there."""
    found = location_named(request, location_id)
    close_location.delete(found.id)

"""Our own calls: contact centres, which answer a number somewhere else (USE-07). In lists of numbers they are CONTACT_CENTER_LINK."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import location_named
from dialtone.api.numbers import IdAndName
from dialtone.api.wire import Answer, Paging, Strict, into, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.services import contact_centers
from dialtone.services.models import ContactCenter

routes = router("Contact centres")

KIND = "CONTACT_CENTER_LINK"
ALL = "/telephony/pstn/contactCenters"
ONE = f"{ALL}/{{contact_center_id}}"


class ContactCenterAnswer(Answer):
    id: str
    name: str
    location: IdAndName
    phone_number: str = Field(description="Empty when somebody took it away")


class ContactCenterList(Answer):
    items: list[ContactCenterAnswer]


class ContactCenterBody(Strict):
    name: str = ""
    location_id: str
    phone_number: str = Field("", description="A free number of the location, in E.164")


class ContactCenterChange(Strict):
    name: str | None = None
    phone_number: str | None = None


@routes.get(
    ALL, response=ContactCenterList, operation_id="listContactCenters", summary="Contact centres by name"
)
@needs("sees_services")
def listing(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    found, caller = contact_centers.contact_centers(), caller_of(request)
    if caller.role == "location":
        found = found.filter(location_id__in=list(caller.location_ids))
    return ContactCenterList(items=paged(request, response, found, _worded, paging))


@routes.post(
    ALL,
    response={201: ContactCenterAnswer},
    operation_id="createContactCenter",
    summary="Give a number to a contact centre; not at a location on calling plans",
)
@needs("edits_services")
def create(request: HttpRequest, wanted: ContactCenterBody) -> Any:
    place = location_named(request, wanted.location_id)
    e164 = PhoneNumber.parse_api(wanted.phone_number, "/phoneNumber").e164 if wanted.phone_number else ""
    return 201, _worded(contact_centers.add_contact_center(place.id, name=wanted.name, e164=e164))


@routes.get(ONE, response=ContactCenterAnswer, operation_id="getContactCenter", summary="One contact centre")
@needs("sees_services")
def get_one(request: HttpRequest, contact_center_id: str) -> Any:
    return _worded(_named(request, contact_center_id))


@routes.put(
    ONE,
    response=ContactCenterAnswer,
    operation_id="changeContactCenter",
    summary="Another name or number; what is left out stays",
)
@needs("edits_services")
def change(request: HttpRequest, contact_center_id: str, wanted: ContactCenterChange) -> Any:
    found = _named(request, contact_center_id)
    e164 = PhoneNumber.parse_api(wanted.phone_number, "/phoneNumber").e164 if wanted.phone_number else None
    changed = contact_centers.change_contact_center(found.id, name=wanted.name, e164=e164)
    own_address.fall_back_unassigned()
    return _worded(changed)


@routes.delete(
    ONE, response={204: None}, operation_id="deleteContactCenter", summary="Remove it; its number is free"
)
@needs("edits_services")
def delete(request: HttpRequest, contact_center_id: str) -> Any:
    contact_centers.remove_contact_center(_named(request, contact_center_id).id)
    own_address.fall_back_unassigned()


def _named(request: HttpRequest, contact_center_id: str) -> ContactCenter:
    customer_of(request)
    found = contact_centers.contact_center(into(KIND, contact_center_id))
    if not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return found


def _worded(found: ContactCenter) -> ContactCenterAnswer:
    return ContactCenterAnswer(
        id=outside(KIND, found.id),
        name=found.name,
        location=IdAndName(
            id=outside("LOCATION", found.location_id), name=locations.name_of(found.location_id)
        ),
        phone_number=contact_centers.number_of(found),
    )

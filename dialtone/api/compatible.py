"""Compatible calls: identity, locations, PSTN connection, emergency addresses, numbers. Paths and shapes as docs/api.md says."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone import countries
from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Compatible, into, iso, out, page
from dialtone.base import clock
from dialtone.base.address import CivicAddress, read
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.carriers.sandbox.addresses import lookup
from dialtone.emergency import enter_address
from dialtone.emergency import queries as emergency
from dialtone.locations import connect, create_location, rules
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number
from dialtone.people import queries as people
from dialtone.people.models import Organisation, Person
from dialtone.plans import queries as plans

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
LICENCE_NAMES = {
    "calling_professional": "Webex Calling - Professional",
    "calling_workspace": "Webex Calling - Workspaces",
    "outbound_calling_plan": "Outbound calling plan",
    "service_number": "Service numbers",
}


class Address(Compatible):
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def civic(self, prefix: str = "/address", *, emergency: bool = False) -> CivicAddress:
        return read(self.model_dump(by_alias=True), prefix=prefix, emergency=emergency)


class LocationBody(Compatible):
    name: str | None = None
    time_zone: str | None = None
    preferred_language: str | None = None
    announcement_language: str | None = None
    address: Address | None = None


class ConnectionBody(Compatible):
    id: str | None = None
    premise_route_type: str | None = None
    premise_route_id: str | None = None


class NumbersBody(Compatible):
    phone_numbers: list[str] = Field(default_factory=list, max_length=1000)


# --- identity ---------------------------------------------------------------------------------------------------------


def word_person(person: Person, line: Line | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": out("PEOPLE", person.id),
        "emails": [person.email],
        "displayName": person.display_name,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "orgId": out("ORGANIZATION", person.organisation_id),
        "roles": [out("ROLE", uuid5(NAMESPACE_URL, person.role))] if person.role != "person" else [],
        "licenses": [],
        "created": iso(person.created_at),
        "type": "person",
    }
    if line is not None:
        answer["locationId"] = out("LOCATION", line.location_id)
        answer["extension"] = line.extension or None
        answer["phoneNumbers"] = (
            [{"type": "work", "value": line.number.e164, "primary": True}] if line.number else []
        )
    return answer


@routes.get("/people/me", operation_id="getMe", summary="The caller")
@needs("sees_home", compatible=True)
def me(request: HttpRequest) -> Any:
    found = Person.objects.filter(id=caller_of(request).person_id).first()
    if found is None:  # the caller looks at another organisation, where the own row is not to be seen
        caller = caller_of(request)
        return {"id": out("PEOPLE", caller.person_id), "displayName": caller.person_name, "orgId": out("ORGANIZATION", caller.home_id),
                "emails": [], "roles": [], "licenses": [], "type": "person"}  # fmt: skip
    return word_person(found, numbers.lines_of_owner([found.id]).get(found.id))


@routes.get("/people", operation_id="listPeople", summary="People")
@needs("sees_people", compatible=True)
def list_people(
    request: HttpRequest,
    response: HttpResponse,
    email: str = Query(""),
    display_name: str = Query("", alias="displayName"),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    found = people.people(display_name)
    if email:
        found = found.filter(email=email.strip().lower())
    return {"items": page(request, response, found, word_person, max=max, start=start)}


@routes.get("/people/{person_id}", operation_id="getPerson", summary="One person")
@needs("sees_people", compatible=True)
def get_person(
    request: HttpRequest, person_id: str, calling_data: bool = Query(False, alias="callingData")
) -> Any:
    found = people.person(into("PEOPLE", person_id))
    return word_person(found, numbers.lines_of_owner([found.id]).get(found.id))


def word_organisation(found: Organisation) -> dict[str, Any]:
    return {"id": out("ORGANIZATION", found.id), "displayName": found.name, "created": iso(found.created_at)}


@routes.get(
    "/organizations",
    operation_id="listOrganizations",
    summary="The own organisation and, for partners, its customers",
)
@needs("sees_organisations", compatible=True)
def list_organisations(
    request: HttpRequest,
    response: HttpResponse,
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    found = Organisation.objects.order_by("search_name", "id")
    return {"items": page(request, response, found, word_organisation, max=max, start=start)}


@routes.get("/organizations/{org_id}", operation_id="getOrganization", summary="One organisation")
@needs("sees_organisations", compatible=True)
def get_organisation(request: HttpRequest, org_id: str) -> Any:
    found = Organisation.objects.filter(id=into("ORGANIZATION", org_id)).first()
    if found is None:
        raise Problem("not_found")
    return word_organisation(found)


@routes.get("/licenses", operation_id="listLicenses", summary="Licences with units in all and in use")
@needs("sees_plans", compatible=True)
def list_licences(request: HttpRequest) -> Any:
    customer_of(request)
    return {
        "items": [
            {
                "id": out("LICENSE", each.id),
                "name": LICENCE_NAMES[each.item],
                "totalUnits": each.quantity,
                "consumedUnits": 0,
                "consumedByUsers": 0,
                "consumedByWorkspaces": 0,
                "subscriptionId": str(each.subscription_id),
            }
            for each in plans.licences()
        ]
    }


# --- locations --------------------------------------------------------------------------------------------------------


def word_location(found: Location) -> dict[str, Any]:
    address = CivicAddress.from_json(found.address)
    return {
        "id": out("LOCATION", found.id),
        "name": found.name,
        "orgId": out("ORGANIZATION", found.customer_id),
        "timeZone": found.time_zone,
        "preferredLanguage": found.language,
        "address": {
            "address1": address.address1,
            "address2": address.address2,
            "city": address.city,
            "state": address.state,
            "postalCode": address.postal_code,
            "country": address.country,
        },
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
            request, response, _mine(request, locations.list_all(name)), word_location, max=max, start=start
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
    found = _mine(request, locations.list_all(name, calling_only=True))
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
    found = _location(request, wanted.id or "")
    create_location.change_location(
        found.id, calling_enabled=True, announcement_language=wanted.announcement_language or found.language
    )
    return 201, {"id": out("LOCATION", found.id)}


@routes.get("/locations/{location_id}", operation_id="getLocation", summary="One location")
@needs("sees_locations", compatible=True)
def get_location(request: HttpRequest, location_id: str) -> Any:
    return word_location(_location(request, location_id))


@routes.put(
    "/locations/{location_id}",
    response={204: None},
    operation_id="changeLocation",
    summary="Change a location",
)
@needs("edits_locations", compatible=True)
def change(request: HttpRequest, location_id: str, wanted: LocationBody) -> Any:
    found = _location(request, location_id)
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
    found = _location(request, location_id)
    hanging = [f"{count} {what}" for what, count in numbers.at_location(found.id).items() if count]
    create_location.delete_location(found.id, in_use=hanging)
    return 204, None


@routes.get(
    "/telephony/config/locations/{location_id}", operation_id="getCallingLocation", summary="Calling details"
)
@needs("sees_locations", compatible=True)
def get_calling_location(request: HttpRequest, location_id: str) -> Any:
    found = _location(request, location_id)
    if not found.calling_enabled:
        raise Problem("not_found")
    main = numbers.main_number(found.id)
    return {
        **word_location(found),
        "announcementLanguage": found.announcement_language,
        "callingLineId": {"name": found.name, "phoneNumber": main.e164 if main else None},
        **found.calling,
    }


# --- PSTN connection and emergency addresses ----------------------------------------------------------------------------


def connection_id(kind: str) -> str:
    """A stable plain UUID for each option."""
    return str(uuid5(NAMESPACE_URL, f"dialtone:{kind}"))


def word_option(kind: str) -> dict[str, Any]:
    services = (
        ["GEOGRAPHIC_NUMBERS", "TOLLFREE_NUMBERS"] if kind == rules.CALLING_PLAN else ["GEOGRAPHIC_NUMBERS"]
    )
    return {
        "id": connection_id(kind),
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
    found = _location(request, location_id)
    is_served = found.country in countries.served(clock.today(found.time_zone))
    return {"items": [word_option(kind) for kind in rules.options(is_served)]}


@routes.get(
    "/telephony/pstn/locations/{location_id}/connection",
    operation_id="getConnection",
    summary="The PSTN connection",
)
@needs("sees_locations", compatible=True)
def get_connection(request: HttpRequest, location_id: str) -> Any:
    found = _location(request, location_id)
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
    found = _location(request, location_id)
    kind = next((each for each in rules.CONNECTIONS if connection_id(each) == wanted.id), None)
    if kind is None and wanted.premise_route_id:
        kind = "premises"
    if kind is None:
        listed = ", ".join(connection_id(each) for each in rules.CONNECTIONS)
        raise Problem(
            "locations.connection", field="/id", values={"value": (wanted.id or "")[:40], "choices": listed}
        )
    connect.connect(found.id, kind)
    return 204, None


@routes.post(
    "/telephony/pstn/locations/{location_id}/emergencyAddress/lookup",
    operation_id="lookUpEmergencyAddress",
    summary="Look up",
)
@needs("sees_emergency", compatible=True)
def look_up(request: HttpRequest, location_id: str, wanted: Address) -> Any:
    _location(request, location_id)
    entered = wanted.civic("", emergency=True)
    answer = lookup(entered)
    errors = [{"code": code, "title": title, "detail": detail} for code, title, detail in answer.errors]
    return {
        "addresses": [
            {**_word_civic(each), "meta": {}, "errors": errors} for each in (answer.suggestions or (entered,))
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
    found = _location(request, location_id)
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
    found = _location(request, location_id)
    try:
        known = emergency.address(UUID(address_id))
    except ValueError as error:
        raise Problem("not_found") from error
    if known.location_id != found.id:
        raise Problem("not_found")
    enter_address.enter_address(found.id, wanted.civic("", emergency=True), multi_floor=found.multi_floor)
    return 204, None


def _word_civic(address: CivicAddress) -> dict[str, str]:
    return {
        "address1": address.address1,
        "address2": address.address2,
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": address.country,
    }


# --- numbers ------------------------------------------------------------------------------------------------------------

STATES = {"active": "ACTIVE", "inactive": "INACTIVE", "pending": "INACTIVE"}


def word_number(number: Number, line: Line | None, names: dict[UUID, str]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "phoneNumber": number.e164,
        "extension": line.extension if line and line.extension else None,
        "state": STATES[number.state],
        "phoneNumberType": "PRIMARY" if line else None,
        "mainNumber": number.is_main,
        "tollFreeNumber": number.kind == "toll_free",
        "location": {"id": out("LOCATION", number.location_id), "name": names.get(number.location_id, "")},
        "includedTelephonyTypes": "PSTN_NUMBER",
        "isServiceNumber": number.usage == "service",
    }
    if line is not None:
        answer["owner"] = {
            "id": out("PEOPLE", line.owner_id),
            "type": "PEOPLE",
            "displayName": line.owner_name,
        }
    return answer


@routes.get("/telephony/config/numbers", operation_id="listNumbers", summary="Numbers")
@needs("sees_numbers", compatible=True)
def list_numbers(
    request: HttpRequest,
    response: HttpResponse,
    location_id: str = Query("", alias="locationId"),
    phone_number: str = Query("", alias="phoneNumber"),
    available: bool | None = Query(None),
    assigned: bool | None = Query(None),
    owner_name: str = Query("", alias="ownerName"),
    state: str = Query(""),
    toll_free: bool | None = Query(None, alias="tollFreeNumbers"),
    service: bool | None = Query(None, alias="serviceNumber"),
    details: bool = Query(False),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    customer_of(request)
    wanted = numbers.Filter(
        location_ids=_location_ids(request, location_id),
        state=state.lower(),
        assigned=assigned if assigned is not None else (not available if available is not None else None),
        kind="toll_free" if toll_free else "",
        usage="service" if service else "",
        owner=owner_name,
        e164s=[PhoneNumber.parse_compatible(phone_number).e164] if phone_number else (),
    )
    found = numbers.numbers(wanted)
    size = 100 if max is None else max
    rows: list[Number] = page(request, response, found, lambda number: number, max=size, start=start)  # type: ignore[assignment]
    lines = numbers.lines_of(rows)
    names = {each.id: each.name for each in locations.list_all()}
    answer: dict[str, Any] = {"phoneNumbers": [word_number(each, lines.get(each.id), names) for each in rows]}
    if details:
        have = numbers.counts(_location_ids(request, location_id))
        answer["count"] = {
            "assigned": have["assigned"],
            "unAssigned": have["unassigned"],
            "inActive": have["inactive"] + have["pending"],
            "extensionOnly": numbers.extension_only_lines().count(),
            "tollFreeNumbers": have["toll_free"],
            "total": have["total"],
            "mobileNumber": 0,
            "serviceNumber": have["service"],
            "available": have["unassigned"],
            "elin": 0,
            "reservedNumber": 0,
        }
    return answer


@routes.post(
    "/telephony/config/actions/validateNumbers/invoke",
    operation_id="validateNumbers",
    summary="What numbers are",
)
@needs("sees_numbers", compatible=True)
def validate_numbers(request: HttpRequest, wanted: NumbersBody) -> Any:
    rows = []
    seen: set[str] = set()
    for text in wanted.phone_numbers:
        try:
            number = PhoneNumber.parse_compatible(text)
        except Problem as problem:
            rows.append(
                {
                    "phoneNumber": text,
                    "state": "Invalid",
                    "tollFreeNumber": False,
                    "detail": [problem.sentence()],
                }
            )
            continue
        state = "Duplicate In List" if number.e164 in seen else "Available"
        if state == "Available" and numbers.numbers(numbers.Filter(e164s=[number.e164])).exists():
            state = "Duplicate"
        seen.add(number.e164)
        rows.append(
            {
                "phoneNumber": number.e164,
                "state": state,
                "tollFreeNumber": number.kind == "toll_free",
                "detail": [],
            }
        )
    good = all(row["state"] == "Available" for row in rows)
    return {"status": "OK" if good else "ERRORS", "phoneNumbers": rows}


@routes.get(
    "/telephony/config/locations/{location_id}/availableNumbers",
    operation_id="listAvailableNumbers",
    summary="Free ones",
)
@needs("sees_numbers", compatible=True)
def available_numbers(
    request: HttpRequest,
    response: HttpResponse,
    location_id: str,
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    found = _location(request, location_id)
    free = numbers.numbers(numbers.Filter(location_ids=[found.id], assigned=False))
    word = lambda number: {  # noqa: E731
        "phoneNumber": number.e164,
        "state": STATES[number.state],
        "isMainNumber": number.is_main,
        "tollFreeNumber": number.kind == "toll_free",
        "telephonyType": "PSTN_NUMBER",
        "isServiceNumber": number.usage == "service",
        "location": {"id": out("LOCATION", found.id), "name": found.name},
    }
    return {"phoneNumbers": page(request, response, free, word, max=max, start=start)}


def _location(request: HttpRequest, location_id: str) -> Location:
    customer_of(request)
    found = locations.location(into("LOCATION", location_id))
    if not caller_of(request).sees_location(found.id):
        raise Problem("not_found")
    return found


def _mine(request: HttpRequest, found: Any) -> Any:
    customer_of(request)
    caller = caller_of(request)
    return found.filter(id__in=list(caller.location_ids)) if caller.role == "location" else found


def _location_ids(request: HttpRequest, location_id: str) -> list[UUID] | None:
    if location_id:
        return [_location(request, location_id).id]
    caller = caller_of(request)
    return list(caller.location_ids) if caller.role == "location" else None

"""Compatible calls: emergency addresses of locations and numbers (docs/api.md, PSTN); reading them is our own addition."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import ConfigDict, field_validator

from dialtone.api import addresses
from dialtone.api.addresses import Address, AddressAnswer
from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import location_named
from dialtone.api.wire import Answer, Compatible, Made, iso, with_examples
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.carriers.registry import known_carrier_for
from dialtone.emergency import authority, enter_address, own_address, rules
from dialtone.emergency import queries as emergency
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number

routes = router("Emergency addresses")
# The parts of an address as they are kept, and as they are called on the wire.
PARTS = {"address1": "address1", "city": "city", "state": "state", "postal_code": "postalCode"}


class EmergencyAddressBody(Address):
    """Floor and room are needed in a building of several floors."""

    floor: str | None = None
    room: str | None = None


class NumberAddressBody(Compatible):
    """Without an address, or with an empty one as the SDK sends it, the number shows its location's again."""

    # What is not known is kept, to tell a body without an address from one that names it wrongly.
    model_config = ConfigDict(extra="allow")

    emergency_address: EmergencyAddressBody | None = None

    @field_validator("emergency_address", mode="before")
    @classmethod
    def empty_is_none(cls, told: object) -> object:
        """Only what is empty as it was sent: an address of unknown fields alone is a wrong address, not none."""
        return None if told == {} else told

    def wants_none(self) -> bool:
        """Whether the own address is to go. Raises Problem field.required where an address was meant under another name."""
        if self.model_extra and "emergency_address" not in self.model_fields_set:
            raise Problem("field.required", field="/emergencyAddress", values={"field": "emergencyAddress"})
        return self.emergency_address is None


class LookupError(Answer):
    code: str
    title: str
    detail: str


class Suggested(AddressAnswer):
    meta: dict[str, Any] = {}
    errors: list[LookupError] = []


class SuggestedList(Answer):
    addresses: list[Suggested]


class EmergencyAddressAnswer(Answer):
    """One version of an emergency address. Only `accepted` and `tested` ones are shown to emergency services."""

    model_config = with_examples(
        {
            "id": "0193626d-6f7a-7cc1-a5c1-3b8e7f6a9d10",
            "state": "accepted",
            "address": {
                "address1": "233 South Wacker Drive",
                "city": "Chicago",
                "state": "IL",
                "postalCode": "60606",
                "country": "US",
            },
            "suggestions": [],
            "isSimulated": True,
            "acceptedBy": "sandbox",
            "accepted": "2026-11-24T08:00:00.000Z",
        }
    )

    id: str
    state: str
    address: AddressAnswer
    floor: str | None = None
    room: str | None = None
    suggestions: list[AddressAnswer]
    is_simulated: bool
    accepted_by: str | None = None
    accepted: str | None = None


class EmergencyAddressList(Answer):
    """What is shown now, first, and versions that wait for somebody."""

    items: list[EmergencyAddressAnswer]


class ShownAddress(Answer):
    """What emergency services see of a number; no address while it cannot place calls."""

    phone_number: str
    address: AddressAnswer | None = None
    is_own: bool
    versions: list[EmergencyAddressAnswer]


def worded(found: EmergencyAddress) -> EmergencyAddressAnswer:
    choices = (found.suggestion or {}).get("choices", [])
    return EmergencyAddressAnswer(
        id=str(found.id),
        state=found.state,
        address=addresses.worded(CivicAddress.from_json(found.address)),
        floor=found.floor or None,
        room=found.room or None,
        suggestions=[addresses.worded(CivicAddress.from_json(each)) for each in choices],
        is_simulated=found.is_simulated,
        accepted_by=found.accepted_by or None,
        accepted=iso(found.accepted_at),
    )


def _need_good(made: EmergencyAddress, prefix: str = "") -> None:
    """An address that the authority corrects or does not know is refused, and nothing is kept of it. Where the authority writes one part
    otherwise, that is the field."""
    choices = (made.suggestion or {}).get("choices", [])
    verdict = rules.refusal(made.state, len(choices))
    if verdict.allowed:
        return
    other = choices[0] if len(choices) == 1 else {}
    parts = [part for part in PARTS if other and made.address.get(part, "") != other.get(part, "")]
    field = PARTS[parts[0]] if parts else "address1"
    raise Problem(verdict.code, field=f"{prefix}/{field}", values=verdict.values)


@routes.post(
    "/telephony/pstn/locations/{location_id}/emergencyAddress/lookup",
    response=SuggestedList,
    operation_id="lookUpEmergencyAddress",
    summary="Whether the address authority knows an address, and how it would write it",
)
@needs("sees_emergency", compatible=True)
def look_up(request: HttpRequest, location_id: str, wanted: EmergencyAddressBody) -> Any:
    location = location_named(request, location_id)
    entered = wanted.civic("", emergency=True)
    asked = authority.authority_of(location.carrier or known_carrier_for(location.country))
    if asked is None:
        return SuggestedList(addresses=[_suggested(entered, [])])
    answer = asked(entered)
    errors = [LookupError(code=code, title=title, detail=detail) for code, title, detail in answer.errors]
    return SuggestedList(addresses=[_suggested(each, errors) for each in answer.suggestions or (entered,)])


def _suggested(address: CivicAddress, errors: list[LookupError]) -> Suggested:
    return Suggested(**addresses.worded(address).model_dump(), errors=errors)


@routes.post(
    "/telephony/pstn/locations/{location_id}/emergencyAddress",
    response={201: Made},
    operation_id="addEmergencyAddress",
    summary="The address that all numbers of a location show",
)
@needs("edits_emergency", compatible=True)
def add_address(request: HttpRequest, location_id: str, wanted: EmergencyAddressBody) -> Any:
    return Made(id=str(_entered(location_named(request, location_id), wanted).id))


@routes.put(
    "/telephony/pstn/locations/{location_id}/emergencyAddresses/{address_id}",
    response={204: None},
    operation_id="changeEmergencyAddress",
    summary="A new version that replaces the old one without a gap",
)
@needs("edits_emergency", compatible=True)
def change_address(
    request: HttpRequest, location_id: str, address_id: str, wanted: EmergencyAddressBody
) -> Any:
    location = location_named(request, location_id)
    known = emergency.address(_uuid(address_id))
    if known.location_id != location.id or not known.is_location_default:
        raise Problem("not_found")
    _entered(location, wanted)


def _entered(location: Location, wanted: EmergencyAddressBody) -> EmergencyAddress:
    made = enter_address.enter_address(
        location.id, wanted.civic("", emergency=True), multi_floor=location.multi_floor
    )
    _need_good(made)
    return made


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem("not_found") from error


@routes.get(
    "/telephony/pstn/locations/{location_id}/emergencyAddresses",
    response=EmergencyAddressList,
    operation_id="listEmergencyAddresses",
    summary="The address that a location shows, and versions that wait",
)
@needs("sees_emergency")
def list_addresses(request: HttpRequest, location_id: str) -> Any:
    location = location_named(request, location_id)
    found = [emergency.of_location(location.id), emergency.newest_of_location(location.id)]
    different = {each.id: each for each in found if each is not None}
    return EmergencyAddressList(items=[worded(each) for each in different.values()])


@routes.get(
    "/telephony/pstn/numbers/{phone_number}/emergencyAddress",
    response=ShownAddress,
    operation_id="getNumberEmergencyAddress",
    summary="What emergency services see of a number",
)
@needs("sees_emergency")
def get_number_address(request: HttpRequest, phone_number: str) -> Any:
    number = _number(request, phone_number, "sees_emergency")
    shown = emergency.shown_by([number.id]).get(number.id)
    return ShownAddress(
        phone_number=number.e164,
        address=addresses.worded(shown) if shown else None,
        is_own=number.id in emergency.own_in_effect([number.id]),
        versions=[worded(each) for each in emergency.own_versions(number.id)],
    )


@routes.put(
    "/telephony/pstn/numbers/{phone_number}/emergencyAddress",
    response={204: None},
    operation_id="changeNumberEmergencyAddress",
    summary="An address of its own for the number of a home worker, or back to the location's",
)
@needs("edits_emergency", compatible=True)
def change_number_address(request: HttpRequest, phone_number: str, wanted: NumberAddressBody) -> Any:
    number = _number(request, phone_number, "edits_emergency")
    if wanted.wants_none() or wanted.emergency_address is None:
        own_address.remove_own_address(number.e164)
        return
    address = wanted.emergency_address.civic("/emergencyAddress", emergency=True)
    _need_good(
        own_address.set_own_address(number.e164, address, field="/emergencyAddress"), "/emergencyAddress"
    )


def _number(request: HttpRequest, text: str, permission: str) -> Number:
    """The number of a path, if the caller sees its location."""
    customer_of(request)
    try:
        number = numbers.number_by_e164(PhoneNumber.parse_compatible(text).e164)
    except Problem as problem:
        raise Problem("not_found") from problem
    caller_of(request).need(permission, number.location_id)
    return number

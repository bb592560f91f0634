"""Compatible calls: the numbers and extensions that a customer has (docs/api.md, numbers)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import owners
from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import calling_location_named, location_ids
from dialtone.api.wire import Answer, Compatible, Paging, not_offered, outside, paged
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import one_of
from dialtone.emergency import give_back, in_service
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import bring, states
from dialtone.numbers import queries as numbers
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Line, Number
from dialtone.people.models import Person

routes = router("Numbers")

MOST_NUMBERS = 1000
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"
PSTN, MOBILE = "PSTN_NUMBER", "MOBILE_NUMBER"
# What lines clients know; here there are the first two.
LINE_TYPES = ("PRIMARY", "ALTERNATE", "FAX", "DNIS", "HOTELING_HOST", "SHARED_LINE", "OFFICE_ANYWHERE_LOCATION", "VOICEMAIL_GROUP_FAX")  # fmt: skip


def state_word(state: str) -> str:
    """ACTIVE or INACTIVE: a number on its way is not in service yet."""
    return ACTIVE if state in states.IN_SERVICE else INACTIVE


class IdAndName(Answer):
    id: str
    name: str


class NumberRow(Answer):
    phone_number: str | None = Field(None, description="Not there for a line with an extension only")
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = Field(None, description="Routing prefix and extension")
    state: str | None = None
    phone_number_type: str | None = Field(
        None, description="PRIMARY or ALTERNATE, of numbers that somebody has"
    )
    main_number: bool
    toll_free_number: bool
    included_telephony_types: str | None = None
    is_service_number: bool
    elin_enabled: bool = False
    is_reserved_number: bool = False
    location: IdAndName
    owner: owners.Owner | None = None


class NumberCount(Answer):
    assigned: int
    un_assigned: int
    in_active: int
    extension_only: int
    toll_free_numbers: int
    total: int
    mobile_number: int = 0
    service_number: int
    available: int
    elin: int
    reserved_number: int = 0


class NumberList(Answer):
    phone_numbers: list[NumberRow]
    count: NumberCount | None = None


class NumberFilters(Compatible):
    location_id: str = ""
    phone_number: str = ""
    available: bool | None = None
    assigned: bool | None = None
    order: str = Field("", description="lastName, dn or extension, with -desc for the other way round")
    owner_name: str = Field("", max_length=255)
    owner_id: str = ""
    owner_type: str = ""
    extension: str = ""
    number_type: str = Field("", description="NUMBER or EXTENSION")
    phone_number_type: str = Field("", description="PRIMARY, ALTERNATE")
    state: str = Field("", description="ACTIVE or INACTIVE")
    toll_free_numbers: bool | None = None
    restricted_non_geo_numbers: bool | None = None
    included_telephony_types: str = ""
    service_number: bool | None = None
    reserved_number: bool | None = None
    elin_enabled: bool | None = None
    details: bool = Field(False, description="Counts, too")


class NumbersBody(Compatible):
    phone_numbers: list[str] = Field(max_length=MOST_NUMBERS)


class AddBody(NumbersBody):
    number_type: str | None = Field(None, description="DID or TOLLFREE; by the number itself if left out")
    number_usage_type: str | None = Field(None, description="NONE or SERVICE")
    state: str | None = Field(None, description="ACTIVE (the default) or INACTIVE")
    subscription_id: str | None = Field(None, description="Refused: it is for mobile numbers")
    carrier_id: str | None = Field(None, description="Refused: numbers are of the location's own provider")


class StateBody(NumbersBody):
    action: str | None = Field(None, description="ACTIVATE (the default) or DEACTIVATE")


class Added(Answer):
    phone_numbers: list[str]


class ValidatedNumber(Answer):
    phone_number: str
    state: str = Field(description="Available, Duplicate, Duplicate In List, Invalid or Unavailable")
    toll_free_number: bool
    detail: list[str] = []


class ValidatedNumbers(Answer):
    status: str = Field(description="OK or ERRORS")
    phone_numbers: list[ValidatedNumber]


class Rows:
    """Numbers, then lines with an extension only: one list, of which a page may touch both."""

    def __init__(self, numbers_found: Any, lines_found: Any) -> None:
        self.parts = [found for found in (numbers_found, lines_found) if found is not None]

    def __getitem__(self, wanted: slice) -> list[Number | Line]:
        begin, size = wanted.start, wanted.stop - wanted.start
        rows: list[Number | Line] = []
        for part in self.parts:
            first = max(begin, 0)
            rows += list(part[first : first + size - len(rows)])
            if len(rows) == size:
                break
            begin -= part.count()
        return rows


@routes.get(
    "/telephony/config/numbers",
    response=NumberList,
    operation_id="listNumbers",
    summary="Numbers and extensions, by many filters, with their counts if asked",
)
@needs("sees_numbers", compatible=True)
def list_numbers(
    request: HttpRequest, response: HttpResponse, wanted: Query[NumberFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    rows: list[Number | Line] = paged(request, response, _found(request, wanted), lambda row: row, paging)
    return NumberList(
        phone_numbers=word_rows(rows),
        count=_count(location_ids(request, "")) if wanted.details else None,
    )


def _found(request: HttpRequest, wanted: NumberFilters) -> Rows:
    by_number = _filter(request, wanted)
    kind = wanted.number_type.upper()
    if kind not in ("", "NUMBER", "EXTENSION"):
        values = {"value": kind[:40], "choices": "NUMBER, EXTENSION"}
        raise Problem("field.not_allowed", field="/numberType", values=values)
    about_numbers = [
        wanted.available, wanted.assigned, wanted.toll_free_numbers, wanted.restricted_non_geo_numbers,
        wanted.service_number, wanted.reserved_number, wanted.elin_enabled, wanted.phone_number or None, wanted.state or None,
        wanted.included_telephony_types or None, wanted.phone_number_type or None,
    ]  # fmt: skip
    if wanted.reserved_number is not None and (wanted.available, wanted.assigned) != (None, None):
        raise Problem(
            "api.filters_together", field="/reservedNumber", values={"other": "available, assigned"}
        )
    for field, told in (
        ("available", wanted.available),
        ("assigned", wanted.assigned),
        ("state", wanted.state),
    ):
        if kind == "EXTENSION" and told not in (None, ""):
            raise Problem("api.filters_together", field=f"/{field}", values={"other": "numberType"})
    with_lines = kind == "EXTENSION" or (not kind and all(told is None for told in about_numbers))
    found = None if kind == "EXTENSION" else numbers.numbers(by_number)
    lines = numbers.extension_lines(by_number) if with_lines else None
    return Rows(*_ordered(found, lines, wanted.order))


def _filter(request: HttpRequest, wanted: NumberFilters) -> numbers.Filter:
    assigned = wanted.assigned
    if assigned is None and wanted.available is not None:
        assigned = not wanted.available
    telephony = {
        one_of(each, (PSTN, MOBILE), "/includedTelephonyTypes")
        for each in _words(wanted.included_telephony_types)
    }
    kinds_of_line = {
        one_of(each, LINE_TYPES, "/phoneNumberType") for each in _words(wanted.phone_number_type)
    }
    ranks = {LINE_TYPES.index(each) for each in kinds_of_line} & {0, 1}
    nothing = wanted.reserved_number or (telephony and PSTN not in telephony) or (kinds_of_line and not ranks)
    usage, not_usage = "", ""
    for flag, word in ((wanted.service_number, "service"), (wanted.elin_enabled, "elin")):
        usage = word if flag else usage
        not_usage = word if flag is False else not_usage
    kind, not_kind = "", ""
    for flag, word in (
        (wanted.toll_free_numbers, "toll_free"),
        (wanted.restricted_non_geo_numbers, "non_geographic"),
    ):
        kind = word if flag else kind
        not_kind = word if flag is False else not_kind
    return numbers.Filter(
        location_ids=location_ids(request, wanted.location_id),
        states=("none",) if nothing else _states(wanted.state),
        assigned=assigned,
        kind=kind,
        not_kind=not_kind,
        usage=usage,
        not_usage=not_usage,
        owner=wanted.owner_name,
        owner_id=owners.owner_id(wanted.owner_id, "/ownerId") if wanted.owner_id else None,
        owner_kind=owners.owner_kind(wanted.owner_type, "/ownerType") if wanted.owner_type else "",
        extension=wanted.extension,
        is_primary=ranks == {0} if len(ranks) == 1 else None,
        **_by_digits(wanted.phone_number),
    )


def _words(text: str) -> list[str]:
    return [each.strip().upper() for each in text.split(",") if each.strip()]


def _by_digits(text: str) -> dict[str, Any]:
    """A whole number, or the beginning of one."""
    if not text:
        return {}
    try:
        return {"e164s": [PhoneNumber.parse_compatible(text).e164]}
    except Problem:
        digits = "".join(char for char in text if char.isdigit())
        return {"prefix": f"+{digits}"} if digits else {"e164s": ["none"]}


def _states(word: str) -> tuple[str, ...]:
    match word.upper():
        case "":
            return ()
        case "ACTIVE":
            return states.IN_SERVICE
        case "INACTIVE":
            return tuple(state for state in states.HELD if state not in states.IN_SERVICE)
    raise Problem(
        "field.not_allowed", field="/state", values={"value": word[:40], "choices": "ACTIVE, INACTIVE"}
    )


_ORDERS = {
    "dn": ("e164", "extension"),
    "extension": ("line__extension", "extension"),
    "lastname": ("line__owner_name", "owner_name"),
}


def _ordered(found: Any, lines: Any, order: str) -> tuple[Any, Any]:
    """In the order asked; of several words the first counts, and digits break ties."""
    word, _, way = order.split(",")[0].strip().partition("-")
    if not word:
        return found, lines
    if word.lower() not in _ORDERS:
        values = {"value": word[:40], "choices": "lastName, dn, extension"}
        raise Problem("field.not_allowed", field="/order", values=values)
    of_numbers, of_lines = _ORDERS[word.lower()]
    sign = "-" if way.lower().startswith("d") else ""
    if found is not None:
        found = found.order_by(sign + of_numbers, "e164")
    if lines is not None:
        lines = lines.order_by(sign + of_lines, "id")
    return found, lines


def word_rows(rows: Sequence[Number | Line]) -> list[NumberRow]:
    """A page of numbers and lines, with owners and locations."""
    lines = numbers.lines_of([row for row in rows if isinstance(row, Number)])
    persons = owners.persons_of([*lines.values(), *(row for row in rows if isinstance(row, Line))])
    sites = {each.id: each for each in locations.with_ids([row.location_id for row in rows])}
    found = []
    for row in rows:
        if isinstance(row, Number):
            found.append(_word_number(row, lines.get(row.id), sites, persons))
        else:
            found.append(_word_line(row, None, sites, persons))
    return found


def _word_number(
    number: Number, line: Line | None, sites: Mapping[UUID, Location], persons: Mapping[UUID, Person]
) -> NumberRow:
    if line is not None:
        return _word_line(line, number, sites, persons)
    return NumberRow(**_facts(number), location=_site(number.location_id, sites))


def _word_line(
    line: Line, number: Number | None, sites: Mapping[UUID, Location], persons: Mapping[UUID, Person]
) -> NumberRow:
    site = sites.get(line.location_id)
    prefix = site.calling.get("routing_prefix") if site else None
    facts = (
        _facts(number)
        if number
        else {"main_number": False, "toll_free_number": False, "is_service_number": False}
    )
    return NumberRow(
        **facts,
        extension=line.extension or None,
        routing_prefix=prefix,
        esn=f"{prefix}{line.extension}" if prefix and line.extension else None,
        phone_number_type=("PRIMARY" if line.is_primary else "ALTERNATE") if number else None,
        location=_site(line.location_id, sites),
        owner=owners.worded(line, persons),
    )


def _facts(number: Number) -> dict[str, Any]:
    return {
        "phone_number": number.e164,
        "state": state_word(number.state),
        "main_number": number.is_main,
        "toll_free_number": number.kind == "toll_free",
        "included_telephony_types": PSTN,
        "is_service_number": number.usage == "service",
        "elin_enabled": number.usage == "elin",
    }


def _site(location_id: UUID, sites: Mapping[UUID, Location]) -> IdAndName:
    site = sites.get(location_id)
    return IdAndName(id=outside("LOCATION", location_id), name=site.name if site else "")


def _count(ids: Sequence[UUID] | None) -> NumberCount:
    have = numbers.census(ids)
    extensions = numbers.extension_lines(numbers.Filter(location_ids=ids)).count()
    return NumberCount(
        assigned=have["assigned"],
        un_assigned=have["unassigned"],
        in_active=have["out_of_service"],
        extension_only=extensions,
        toll_free_numbers=have["toll_free"],
        total=have["total"] + extensions,
        service_number=have["service"],
        available=have["unassigned"],
        elin=have["elin"],
    )


@routes.post(
    "/telephony/config/locations/{location_id}/numbers",
    response={201: Added},
    operation_id="addNumbers",
    summary="Numbers of the location's own provider (not of a calling plan: those are ordered)",
)
@needs("edits_locations", compatible=True, never_400=True)
def add_numbers(request: HttpRequest, location_id: str, wanted: AddBody) -> Any:
    """All or none. A number that somebody has is refused with 409."""
    not_offered("subscriptionId", bool(wanted.subscription_id))
    not_offered("carrierId", bool(wanted.carrier_id))
    location = calling_location_named(request, location_id)
    if not location.connection:
        raise Problem("locations.not_connected", values={"name": location.name})
    if location.connection == CALLING_PLAN:
        raise Problem("numbers.by_order_only", values={"location": location.name})
    usage = _choice(wanted.number_usage_type, {"NONE": "standard", "SERVICE": "service"}, "/numberUsageType")
    state = _choice(wanted.state, {ACTIVE: True, INACTIVE: False}, "/state")
    asked = _parsed(wanted.phone_numbers)
    if wanted.number_type:
        _check_type(asked, wanted.number_type)
    made = bring.bring(
        asked, location_id=location.id, country=location.country, usage=usage, in_service=state
    )
    return Added(phone_numbers=[each.e164 for each in made])


def _choice(word: str | None, choices: Mapping[str, Any], field: str) -> Any:
    """What a word means; of none the first choice."""
    if word is None:
        return next(iter(choices.values()))
    if word.upper() not in choices:
        values = {"value": word[:40], "choices": ", ".join(choices)}
        raise Problem("field.not_allowed", field=field, values=values)
    return choices[word.upper()]


def _parsed(texts: Sequence[str], field: str = "/phoneNumbers") -> list[PhoneNumber]:
    """All of them, or Problems that name each that is none."""
    found: list[PhoneNumber] = []
    wrong: list[Problem] = []
    for index, text in enumerate(texts):
        try:
            found.append(PhoneNumber.parse_compatible(text, f"{field}/{index}"))
        except Problem as problem:
            wrong.append(problem)
    if not texts:
        wrong.append(Problem("field.required", field=field))
    if wrong:
        raise Problems(wrong)
    return found


def _check_type(asked: Sequence[PhoneNumber], word: str) -> None:
    choices = "DID, TOLLFREE"
    if word.upper() not in ("DID", "TOLLFREE"):
        values = {"value": word[:40], "choices": choices}
        raise Problem("field.not_allowed", field="/numberType", values=values)
    for index, each in enumerate(asked):
        if (each.kind == "toll_free") != (word.upper() == "TOLLFREE"):
            raise Problem(
                "numbers.not_of_type",
                field=f"/phoneNumbers/{index}",
                values={"number": each.e164, "type": word.upper()},
            )


@routes.put(
    "/telephony/config/locations/{location_id}/numbers",
    response={204: None},
    operation_id="changeNumberState",
    summary="Take numbers into service or out of it",
)
@needs("edits_locations", compatible=True)
def change_state(request: HttpRequest, location_id: str, wanted: StateBody) -> Any:
    location = calling_location_named(request, location_id)
    on = _choice(wanted.action, {"ACTIVATE": True, "DEACTIVATE": False}, "/action")
    e164s = [number.e164 for number in _held_here(location, wanted.phone_numbers)]
    if on:
        in_service.take_into_service(e164s, field="/phoneNumbers")
    else:
        in_service.take_out_of_service(e164s, field="/phoneNumbers")


@routes.delete(
    "/telephony/config/locations/{location_id}/numbers",
    response={204: None},
    operation_id="removeNumbers",
    summary="Give numbers back",
)
@needs("releases_numbers", compatible=True)
def remove_numbers(request: HttpRequest, location_id: str, wanted: NumbersBody) -> Any:
    """All or none; refused for main numbers, numbers that somebody has, and parts of blocks."""
    location = calling_location_named(request, location_id)
    found = _held_here(location, wanted.phone_numbers)
    for index, number in enumerate(found):
        if number.is_main:
            values = {"number": number.e164, "location": location.name}
            raise Problem("numbers.is_main", field=f"/phoneNumbers/{index}", values=values)
    give_back.give_back([number.e164 for number in found], field="/phoneNumbers")


def _held_here(location: Location, texts: Sequence[str]) -> list[Number]:
    """These numbers of the location. Raises Problems for each that is not there."""
    asked = _parsed(texts)
    wanted = numbers.Filter(location_ids=[location.id], e164s=[each.e164 for each in asked])
    held = {number.e164: number for number in numbers.numbers(wanted)}
    missing = [
        Problem("not_found", field=f"/phoneNumbers/{index}")
        for index, each in enumerate(asked)
        if each.e164 not in held
    ]
    if missing:
        raise Problems(missing)
    return list({each.e164: held[each.e164] for each in asked}.values())


@routes.post(
    "/telephony/config/actions/validateNumbers/invoke",
    response=ValidatedNumbers,
    operation_id="validateNumbers",
    summary="Whether numbers can be added",
)
@needs("sees_numbers", compatible=True)
def validate_numbers(request: HttpRequest, wanted: NumbersBody) -> Any:
    customer_of(request)
    rows: list[ValidatedNumber] = []
    parsed: list[PhoneNumber | Problem] = []
    for index, text in enumerate(wanted.phone_numbers):
        try:
            parsed.append(PhoneNumber.parse_compatible(text, f"/phoneNumbers/{index}"))
        except Problem as problem:
            parsed.append(problem)
    asked = [each.e164 for each in parsed if isinstance(each, PhoneNumber)]
    own = set(numbers.numbers(numbers.Filter(e164s=asked)).values_list("e164", flat=True)) if asked else set()
    taken = claims.taken(asked)
    seen: set[str] = set()
    for text, each in zip(wanted.phone_numbers, parsed, strict=True):
        if isinstance(each, Problem):
            rows.append(_validated(text, "Invalid", False, each.sentence()))
            continue
        state, detail = "Available", ""
        if each.e164 in seen:
            state = "Duplicate In List"
        elif each.e164 in own:
            state = "Duplicate"
        elif each.e164 in taken:
            held = Problem("numbers.already_held", values={"number": each.e164})
            state, detail = "Unavailable", held.sentence()
        seen.add(each.e164)
        rows.append(_validated(each.e164, state, each.kind == "toll_free", detail))
    good = all(row.state == "Available" for row in rows)
    return ValidatedNumbers(status="OK" if good else "ERRORS", phone_numbers=rows)


def _validated(number: str, state: str, toll_free: bool, detail: str) -> ValidatedNumber:
    return ValidatedNumber(
        phone_number=number, state=state, toll_free_number=toll_free, detail=[detail] if detail else []
    )

"""Compatible calls: numbers (docs/api.md section 5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import location_ids, location_named
from dialtone.api.wire import Compatible, out, page
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number

routes = router()


class NumbersBody(Compatible):
    phone_numbers: list[str] = Field(default_factory=list, max_length=1000)


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
        location_ids=location_ids(request, location_id),
        state=state.lower(),
        assigned=assigned if assigned is not None else (not available if available is not None else None),
        kind="toll_free" if toll_free else "",
        usage="service" if service else "",
        owner=owner_name,
        e164s=[PhoneNumber.parse_compatible(phone_number).e164] if phone_number else (),
    )
    found = numbers.numbers(wanted)
    size = 100 if max is None else max
    rows: list[Number] = page(request, response, found, lambda number: number, max=size, start=start)
    lines = numbers.lines_of(rows)
    names = {each.id: each.name for each in locations.list_all()}
    answer: dict[str, Any] = {"phoneNumbers": [word_number(each, lines.get(each.id), names) for each in rows]}
    if details:
        have = numbers.counts(location_ids(request, location_id))
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
    found = location_named(request, location_id)
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

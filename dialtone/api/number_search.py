"""Free numbers: by place and pattern, or a list that somebody typed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Strict, into
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers.inventory import check, search
from dialtone.numbers.inventory.search import Offer, Wish

routes = router("Free numbers", nulls=True)


class CheckWanted(Strict):
    location_id: str
    numbers: str = Field(
        max_length=100_000,
        description="Numbers in any spelling, with commas, spaces or new lines between them.",
    )


class OfferAnswer(Answer):
    phone_numbers: list[str] = Field(description="One number, or all of a block")
    is_block: bool
    number_type: str
    country: str
    state: str
    area_code: str
    city: str
    rate_center: str
    simulated: bool = Field(description="A sandbox's numbers are")
    nearness: str | None = Field(None, description="Of alternatives: what they have in common with the wish")


class SearchAnswer(Answer):
    items: list[OfferAnswer]
    total: int = Field(description="How many there are, exactly")
    next: str | None = Field(description="`after` of the next page")
    alternatives: list[OfferAnswer] = Field(description="The nearest, when there is none")
    simulated: bool


class CheckProblem(Answer):
    code: str
    description: str
    allowed: str | None


class CheckedNumber(Answer):
    typed: str
    outcome: str = Field(description="available, yours, not_available, twice or refused")
    phone_number: str | None
    place: dict[str, Any] | None
    problem: CheckProblem | None = None
    alternatives: list[OfferAnswer] = Field(default_factory=list)


class CheckAnswer(Answer):
    items: list[CheckedNumber]
    available: int


def word_offer(offer: Offer) -> dict[str, Any]:
    found: dict[str, Any] = {
        "phoneNumbers": list(offer.e164s),
        "isBlock": offer.is_block,
        "numberType": offer.kind,
        "country": offer.country,
        "state": offer.state,
        "areaCode": offer.area_code,
        "city": offer.city,
        "rateCenter": offer.rate_center,
        "simulated": offer.at.simulated,
    }
    if offer.nearness:
        found["nearness"] = offer.nearness
    return found


@routes.get(
    "/telephony/pstn/numberSearch",
    response=SearchAnswer,
    operation_id="searchNumbers",
    summary="Find free numbers",
)
@needs("searches_numbers")
def search_numbers(
    request: HttpRequest,
    response: HttpResponse,
    country: str = Query("US", max_length=40),
    number_type: str = Query("standard", alias="numberType", max_length=40),
    state: str = Query("", max_length=80),
    area_code: str = Query("", alias="areaCode", max_length=40),
    city: str = Query("", max_length=80),
    exchange: str = Query("", max_length=40),
    prefix: str = Query("", max_length=40),
    contains: str = Query("", max_length=40),
    ends_with: str = Query("", alias="endsWith", max_length=40),
    block_size: int = Query(0, alias="blockSize", description="10, 50 or 100"),
    consecutive: bool = Query(False, description="`quantity` numbers in a row, to be ordered one by one"),
    quantity: int | None = Query(None, description="How many the system picks: 1 to 100"),
    max: int = Query(20),
    after: str = Query("", max_length=40),
) -> Any:
    """Free numbers or blocks, with the exact total and, when there is none, the nearest alternatives (H30).

    Patterns are digits, letters as on a keypad, and * or ? for any one digit.
    """
    if consecutive and quantity is None:
        raise Problem("field.required", field="/quantity", values={"field": "quantity"})
    answer = search.find(
        Wish(
            country=country,
            kind=number_type,
            state=state,
            area_code=area_code,
            city=city,
            exchange=exchange,
            prefix=prefix,
            contains=contains,
            ends_with=ends_with,
            block_size=block_size,
            consecutive=(quantity or 0) if consecutive else 0,
            quantity=None if consecutive else quantity,
            page=max,
            after=after,
        )
    )
    if answer.after:
        query = {**{name: values[-1] for name, values in request.GET.lists()}, "after": answer.after}
        address = request.build_absolute_uri(request.path) + "?" + urlencode(query)
        response["Link"] = f'<{address}>; rel="next"'
    return {
        "items": [word_offer(offer) for offer in answer.offers],
        "total": answer.total,
        "next": answer.after or None,
        "alternatives": [word_offer(offer) for offer in answer.alternatives],
        "simulated": answer.simulated,
    }


@routes.post(
    "/telephony/pstn/numberSearch/actions/check/invoke",
    response=CheckAnswer,
    operation_id="checkNumbers",
    summary="Can these numbers be had?",
)
@needs("searches_numbers")
def check_numbers(request: HttpRequest, wanted: CheckWanted) -> Any:
    """Answers each number of a list as people type them: `available`, `yours` (held or owned already), `not_available`,
    `twice`, or `refused` with the reason. An answer is no promise: hold the numbers to be sure."""
    customer_id = customer_of(request)
    location = locations.location(into("LOCATION", wanted.location_id, "/locationId"))
    caller_of(request).need("searches_numbers", location.id)
    answers = check.check(wanted.numbers, country=location.country, customer_id=customer_id)
    return {
        "items": [word_checked(each) for each in answers],
        "available": sum(each.outcome == check.AVAILABLE for each in answers),
    }


def word_checked(answer: check.Checked) -> dict[str, Any]:
    found: dict[str, Any] = {
        "typed": answer.typed[:100],
        "outcome": answer.outcome,
        "phoneNumber": answer.e164 or None,
        "place": answer.place or None,
    }
    if answer.problem:
        found["problem"] = {
            "code": answer.problem.code,
            "description": answer.problem.sentence(),
            "allowed": answer.problem.allowed_text() or None,
        }
    if answer.alternatives:
        found["alternatives"] = [word_offer(offer) for offer in answer.alternatives]
    return found

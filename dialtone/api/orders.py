"""Reservations and orders of new numbers: what the compatible API lacks, in its style."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query

from dialtone.api.app import caller_of, customer_of, looking_at, needs, router
from dialtone.api.wire import Answer, Strict, into, iso, out, page, version_asked
from dialtone.base import keeping
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers.inventory import search
from dialtone.numbers.inventory.query import LARGEST_PAGE
from dialtone.orders import cancel, cart, place, queries, rules, states
from dialtone.orders.models import Cart, CartLine, Order, OrderLine

MOST_PICKS = 5
NOT_BY_SEARCH = ("orders.by_case_only", "locations.not_served")

routes = router("Orders of new numbers", nulls=True)


class BlockWanted(Strict):
    first: str = Field(description="The first number of the block, E.164")
    size: int = Field(description="10, 50 or 100")


class ReservationWanted(Strict):
    location_id: str
    phone_numbers: list[str] = Field(default_factory=list, max_length=1000)
    block: BlockWanted | None = None


class OrderWanted(Strict):
    """Either a reservation, or numbers, or a block, or a quantity that the system picks by the criteria."""

    location_id: str | None = None
    reservation_id: str | None = None
    phone_numbers: list[str] | None = Field(default=None, max_length=1000)
    block: BlockWanted | None = None
    quantity: int | None = None
    block_size: int | None = None
    country: str | None = None
    state: str | None = None
    area_code: str | None = None
    city: str | None = None
    exchange: str | None = None
    prefix: str | None = None
    contains: str | None = None
    ends_with: str | None = None
    consecutive: bool | None = None
    number_type: str | None = None
    usage: str | None = Field(
        None, max_length=20, description="standard or service: what the numbers are for (ORD-31)"
    )


class ReservationLine(Answer):
    id: str
    phone_numbers: list[str]
    is_block: bool
    number_type: str
    place: dict[str, Any] = Field(description="Where the numbers belong, as the search showed it")


class ReservationAnswer(Answer):
    id: str
    location_id: str
    state: str = Field(description="open, ordered, expired or emptied")
    expires: str | None = Field(description="Until then the numbers are held")
    extended: bool
    version: int
    order_id: str | None
    lines: list[ReservationLine]


class OrderLineAnswer(Answer):
    id: str
    phone_numbers: list[str]
    is_block: bool
    number_type: str
    state: str = Field(description="pending, provisioning, fulfilled, partial, failed or cancelled")
    reason: str | None = Field(description="Why it failed")
    settled: str | None


class OrderAnswer(Answer):
    id: str
    order_number: str
    kind: str
    status: str = Field(description="PENDING, ACTION_REQUIRED, PROVISIONED or ERROR")
    waits_for: str | None = Field(description="terms, contract, information, carrier or desk")
    acts_next: str = Field(description="customer, carrier, desk, operator or nobody")
    location_id: str
    location_name: str
    quantity: int
    placed: str
    placed_by: str
    ended: str | None
    end_reason: str | None
    version: int
    lines: list[OrderLineAnswer] = Field(default_factory=list, description="Not in lists")


class OrderList(Answer):
    items: list[OrderAnswer]


class OrderEvent(Answer):
    at: str
    who: str
    what: str
    why: str | None
    facts: dict[str, Any]


class OrderEventList(Answer):
    items: list[OrderEvent]


def word_cart(found: Cart, lines: list[CartLine]) -> dict[str, Any]:
    return {
        "id": out("RESERVATION", found.id),
        "locationId": out("LOCATION", found.location_id),
        "state": found.state,
        "expires": iso(found.until),
        "extended": found.extended,
        "version": found.version,
        "orderId": out("ORDER", found.order_id),
        "lines": [
            {
                "id": out("RESERVATION_LINE", line.id),
                "phoneNumbers": list(line.e164s),
                "isBlock": line.is_block,
                "numberType": line.kind,
                "place": line.place,
            }
            for line in lines
        ],
    }


def word_line(line: OrderLine) -> dict[str, Any]:
    return {
        "id": out("ORDER_LINE", line.id),
        "phoneNumbers": list(line.e164s),
        "isBlock": line.is_block,
        "numberType": line.kind,
        "state": line.state,
        "reason": line.reason or None,
        "settled": iso(line.settled_at),
    }


def word_order(found: Order, lines: list[OrderLine] | None = None) -> dict[str, Any]:
    facts = queries.facts(found)
    answer: dict[str, Any] = {
        "id": out("ORDER", found.id),
        "orderNumber": found.number,
        "kind": found.kind,
        "status": found.status.upper(),
        "waitsFor": states.waits_for(facts) or None,
        "actsNext": states.acts_next(facts),
        "locationId": out("LOCATION", found.location_id),
        "locationName": found.location_name,
        "quantity": found.quantity,
        "placed": iso(found.placed_at),
        "placedBy": found.placed_by_name,
        "ended": iso(found.ended_at),
        "endReason": found.end_reason or None,
        "version": found.version,
    }
    if lines is not None:
        answer["lines"] = [word_line(line) for line in lines]
    return answer


@routes.post(
    "/telephony/pstn/reservations",
    response={201: ReservationAnswer},
    operation_id="reserveNumbers",
    summary="Hold numbers for 30 minutes",
)
@needs("searches_numbers")
def reserve(request: HttpRequest, wanted: ReservationWanted) -> Any:
    """Holds all the numbers or none (H11). Refused numbers are named one by one."""
    customer_of(request)
    location = locations.location(into("LOCATION", wanted.location_id, "/locationId"))
    caller_of(request).need("searches_numbers", location.id)
    found = cart.add(location.id, _choices(wanted.phone_numbers, wanted.block), field_name="/phoneNumbers")
    return 201, word_cart(*queries.cart(found.id))


@routes.get(
    "/telephony/pstn/reservations/{reservation_id}",
    response=ReservationAnswer,
    operation_id="getReservation",
    summary="One reservation",
)
@needs("searches_numbers")
def get_reservation(request: HttpRequest, reservation_id: str) -> Any:
    return word_cart(*_cart(request, reservation_id))


@routes.post(
    "/telephony/pstn/reservations/{reservation_id}/actions/extend/invoke",
    response=ReservationAnswer,
    operation_id="extendReservation",
    summary="Thirty minutes more, once",
)
@needs("searches_numbers")
def extend_reservation(request: HttpRequest, reservation_id: str) -> Any:
    found, _lines = _cart(request, reservation_id)
    with looking_at(request, found.customer_id):
        cart.extend(found.id)
        return word_cart(*queries.cart(found.id))


@routes.delete(
    "/telephony/pstn/reservations/{reservation_id}",
    response={204: None},
    operation_id="dropReservation",
    summary="Let the numbers go",
)
@needs("searches_numbers")
def drop_reservation(request: HttpRequest, reservation_id: str) -> Any:
    found, _lines = _cart(request, reservation_id)
    with looking_at(request, found.customer_id):
        cart.empty(found.id)
    return 204, None


@routes.post(
    "/telephony/pstn/orders", response={201: OrderAnswer}, operation_id="placeOrder", summary="Order numbers"
)
@needs("places_orders")
def place_order(request: HttpRequest, wanted: OrderWanted) -> Any:
    """Needs an Idempotency-Key: repeating the request with the same key answers the same order.

    With If-Match, a reservation is ordered only as it was read: by its `version`.
    """
    caller = caller_of(request)
    customer_of(request)

    def effect() -> tuple[int, dict[str, Any]]:
        order = _place(request, wanted)
        return 201, word_order(order, queries.lines(order.id))

    return keeping.answered(
        person_id=caller.person_id,
        key=request.headers.get("Idempotency-Key"),
        operation="placeOrder",
        body=request.body,
        effect=effect,
    )


def _place(request: HttpRequest, wanted: OrderWanted) -> Order:
    caller = caller_of(request)
    usage = wanted.usage or place.STANDARD
    way = _one_way(wanted)
    if wanted.reservation_id is not None:
        found, _lines = _cart(request, wanted.reservation_id)
        with _named_as_told(way):
            return place.place(found.id, version=version_asked(request), usage=usage)
    if wanted.location_id is None:
        raise Problem("field.required", field="/locationId", values={"field": "locationId"})
    location = locations.location(into("LOCATION", wanted.location_id, "/locationId"))
    caller.need("places_orders", location.id)
    ready = locations.may_order(location.id)
    if ready.code in NOT_BY_SEARCH:
        raise Problem(ready.code, field="/locationId", values=dict(ready.values))
    with _named_as_told(way):
        if way in ("/phoneNumbers", "/block"):
            choices = _choices(wanted.phone_numbers or [], wanted.block)
            found = cart.add(location.id, choices, field_name="/phoneNumbers", apart=True)
        else:
            found = _picked_and_held(wanted, location)
        return place.place(found.id, usage=usage)


def _one_way(wanted: OrderWanted) -> str:
    """The field that says what is ordered. Two that differ are refused: whichever counted, the other would be left out, and nobody
    told."""
    named = len(wanted.phone_numbers or [])
    told = {
        "/reservationId": wanted.reservation_id is not None,
        "/block": wanted.block is not None,
        # The rule about blocks has a better word for numbers beside a block (H12).
        "/phoneNumbers": named > 0 and wanted.block is None,
        "/blockSize": wanted.block_size is not None,
        "/quantity": wanted.quantity is not None
        and wanted.quantity not in (named or None, wanted.block_size),
    }
    ways = [field for field, is_told in told.items() if is_told]
    if len(ways) > 1 and not (ways[1:] == ["/quantity"] and ways[0] == "/blockSize" and wanted.quantity == 1):
        raise Problem("orders.one_way", field=ways[1])
    return ways[0] if ways else "/phoneNumbers"


@contextmanager
def _named_as_told(way: str) -> Iterator[None]:
    """What a verb says of its numbers is said of the field of this request that asked for them."""
    try:
        yield
    except Problems as refused:
        for each in refused.problems:
            if each.field == "/numbers":
                each.field = way
            elif each.field and each.field.startswith("/numbers/"):
                each.field = way + (each.field.removeprefix("/numbers") if way == "/phoneNumbers" else "")
        raise


def _picked_and_held(wanted: OrderWanted, location: Location) -> Cart:
    """What the system chose, held. Others who ask by the same criteria at the same moment are shown the same offers first, so whoever
    comes too late chooses again, each time among more."""
    tried = 0
    while True:
        choices = _picked(wanted, location.country, among=4**tried)
        try:
            with transaction.atomic():
                return cart.add(location.id, choices, field_name="/phoneNumbers", apart=True)
        except Problems as refused:
            tried += 1
            codes = {each.code for each in refused.problems}
            if codes != {"numbers.not_available"} or tried == MOST_PICKS:
                raise


def _picked(wanted: OrderWanted, country: str, *, among: int = 1) -> list[cart.Choice]:
    """Let the system choose from the inventory by the criteria (ORD-06, ORD-14, SPK-13): the first that fit, or by chance `among` so many
    times as many."""
    limit = rules.MOST_PER_ORDER
    if wanted.block_size is None and wanted.quantity is None:
        raise Problem("orders.empty", field="/phoneNumbers")
    if wanted.quantity is not None and not 1 <= wanted.quantity <= limit:
        raise Problem(
            "orders.quantity", field="/quantity", values={"quantity": wanted.quantity, "limit": limit}
        )
    is_run = bool(wanted.consecutive) and wanted.block_size is None
    needed = 1 if wanted.block_size is not None or is_run else wanted.quantity or 1
    answer = search.find(
        search.Wish(
            country=wanted.country or country,
            kind=wanted.number_type or "standard",
            state=wanted.state or "",
            area_code=wanted.area_code or "",
            city=wanted.city or "",
            exchange=wanted.exchange or "",
            prefix=wanted.prefix or "",
            contains=wanted.contains or "",
            ends_with=wanted.ends_with or "",
            block_size=wanted.block_size if wanted.block_size is not None else 0,
            consecutive=wanted.quantity or 0 if is_run else 0,
            page=min(needed * among, LARGEST_PAGE),
        )
    )
    if len(answer.offers) < needed:
        raise Problem(
            "orders.too_few_free", field="/quantity", values={"free": answer.total, "quantity": needed}
        )
    chosen = answer.offers[:needed] if among == 1 else random.sample(answer.offers, needed)
    return [
        cart.Choice(e164s, offer.kind, offer.is_block, offer.place(), "/country" if wanted.country else "")
        for offer in chosen
        for e164s in ([offer.e164s] if offer.is_block else [[e164] for e164 in offer.e164s])
    ]


def _choices(texts: list[str], block: BlockWanted | None) -> list[cart.Choice]:
    """Numbers as named by a program, checked one by one, with the place that the inventory knows."""
    refused: list[Problem] = []
    runs: list[tuple[list[str], bool, str]] = []
    for index, text in enumerate(texts):
        try:
            runs.append(
                (
                    [PhoneNumber.parse_api(text, f"/phoneNumbers/{index}").e164],
                    False,
                    f"/phoneNumbers/{index}",
                )
            )
        except Problem as problem:
            refused.append(problem)
    if block is not None:
        try:
            runs.append((_run(block), True, "/block/first"))
        except Problem as problem:
            refused.append(problem)
    if not texts and block is None:
        refused.append(Problem("orders.empty", field="/phoneNumbers"))
    if refused:
        raise Problems(refused)
    return cart.choices_of(runs)


def _run(block: BlockWanted) -> list[str]:
    first = PhoneNumber.parse_api(block.first, "/block/first")
    if block.size not in rules.BLOCK_SIZES:
        raise Problem("orders.block_size", field="/block/size", values={"size": block.size})
    return [f"+{first.digits + step}" for step in range(block.size)]


@routes.get(
    "/telephony/pstn/orders", response=OrderList, operation_id="listOrders", summary="Orders, newest first"
)
@needs("sees_orders")
def list_orders(
    request: HttpRequest,
    response: HttpResponse,
    status: str = Query(""),
    location_id: str = Query("", alias="locationId"),
    with_cancelled: bool = Query(False, alias="withCancelled"),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    caller = caller_of(request)
    if status and status.lower() not in states.PUBLIC:
        raise Problem(
            "field.not_allowed",
            field="/status",
            values={"value": status, "choices": ", ".join(each.upper() for each in states.PUBLIC)},
        )
    wanted = [locations.location(into("LOCATION", location_id, "/locationId")).id] if location_id else None
    if caller.role == "location":
        wanted = [each for each in caller.location_ids if wanted is None or each in wanted]
    found = queries.orders(status=status.lower(), location_ids=wanted, with_cancelled=with_cancelled)
    return {"items": page(request, response, found, word_order, max=max, start=start)}


@routes.get(
    "/telephony/pstn/orders/{order_id}",
    response=OrderAnswer,
    operation_id="getOrder",
    summary="One order with its lines",
)
@needs("sees_orders")
def get_order(request: HttpRequest, order_id: str) -> Any:
    found = _order(request, order_id)
    return word_order(found, queries.lines(found.id))


@routes.get(
    "/telephony/pstn/orders/{order_id}/events",
    response=OrderEventList,
    operation_id="listOrderEvents",
    summary="Who did what when, and why",
)
@needs("sees_orders")
def order_events(request: HttpRequest, order_id: str) -> Any:
    found = _order(request, order_id)
    return {
        "items": [
            {
                "at": iso(each.at),
                "who": each.actor_name,
                "what": each.action,
                "why": each.reason or None,
                "facts": each.facts,
            }
            for each in queries.time_line(found)
        ]
    }


@routes.post(
    "/telephony/pstn/orders/{order_id}/actions/cancel/invoke",
    response=OrderAnswer,
    operation_id="cancelOrder",
    summary="Cancel before provisioning",
)
@needs("cancels_orders")
def cancel_order(request: HttpRequest, order_id: str) -> Any:
    found = _order(request, order_id)
    with looking_at(request, found.customer_id) as caller:
        caller.need("cancels_orders", found.location_id)
        found = cancel.cancel(found.id, version=version_asked(request))
        return word_order(found, queries.lines(found.id))


def _order(request: HttpRequest, order_id: str) -> Order:
    found = queries.order(into("ORDER", order_id))
    if not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return found


def _cart(request: HttpRequest, reservation_id: str) -> tuple[Cart, list[CartLine]]:
    found, lines = queries.cart(into("RESERVATION", reservation_id, "/reservationId"))
    if not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return found, lines

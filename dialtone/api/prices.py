"""Our own calls: what a call costs, and which price lists there are (BILL-10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Paging, iso, outside, paged
from dialtone.base.money import Money
from dialtone.base.phone import PhoneNumber
from dialtone.calls.classify import type_of_number
from dialtone.people import queries as people
from dialtone.rates import prices, queries
from dialtone.rates.models import PriceList
from dialtone.rates.rules import PRICE_UNITS

routes = router("Prices")

PRICE_LIST = "PRICE_LIST"


class PriceAsked(Schema):
    number: str = Field(max_length=40, description="The number to call, with + and country code")
    seconds: int = Field(60, ge=1, le=86_400, description="How long the call lasts after it was answered")
    on: date | None = Field(None, description="The day on which it begins; without it, now")


class CallPriceAnswer(Answer):
    """`amount` is what the whole call costs, in `currency`. `basis` is `priced`, or why it costs nothing (`national`: the
    outbound plan includes it); what explains a price is left out for a call that costs nothing."""

    number: str
    basis: str
    currency: str
    amount: str
    billed_seconds: int
    prefix: str | None = None
    """The digits of the row that decides; `in_force_from` is when it began."""
    in_force_from: str | None = None
    destination: str | None = None
    per_minute: str | None = None
    connection_fee: str | None = None
    increments: str | None = None
    """The first and every further increment in seconds, such as 60/60."""


class PriceListAnswer(Answer):
    """A price list; `level` is operator, partner or customer."""

    id: str
    name: str
    level: str
    currency: str
    version: int
    created: str | None = None
    simulated: bool


class PriceLists(Answer):
    items: list[PriceListAnswer]


@routes.get(
    "/telephony/pstn/callPrice",
    response=CallPriceAnswer,
    operation_id="getPstnCallPrice",
    summary="What an international or premium call costs, now or on a day, and which row of the price list says so",
)
@needs("sees_calls")
def get_call_price(request: HttpRequest, asked: Query[PriceAsked]) -> Any:
    customer = people.organisation(customer_of(request))
    number = PhoneNumber.parse_api(asked.number, "/number").e164
    call_type = type_of_number(number, customer.country)
    found = prices.call_price(call_type, number, asked.seconds, customer, queries.moment_of(asked.on))
    told = CallPriceAnswer(
        number=number,
        basis=found.basis,
        currency=customer.currency,
        amount=Money(found.amount, customer.currency).text,
        billed_seconds=found.billed_seconds,
    )
    if found.rate:
        told.prefix = f"+{found.rate.prefix}"
        told.in_force_from = iso(queries.row(found.rate).from_at)
        told.destination = found.rate.destination
        told.per_minute = _units(found.rate.per_minute, customer.currency)
        told.connection_fee = _units(found.rate.connection_fee, customer.currency)
        told.increments = f"{found.rate.first}/{found.rate.following}"
    return told


@routes.get(
    "/telephony/pstn/priceLists",
    response=PriceLists,
    operation_id="listPstnPriceLists",
    summary="The price lists of the operator, of partners and of customers",
)
@needs("edits_prices")
def list_price_lists(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        return PriceLists(items=paged(request, response, queries.price_lists(), _worded, paging))


def _units(price: int, currency: str) -> str:
    return Money(Decimal(price) / PRICE_UNITS, currency).text


def _worded(found: PriceList) -> PriceListAnswer:
    return PriceListAnswer(
        id=outside(PRICE_LIST, found.id),
        name=found.name,
        level="customer" if found.customer_id else "partner" if found.partner_id else "operator",
        currency=found.currency,
        version=found.version,
        created=iso(found.created_at),
        simulated=found.is_simulated,
    )

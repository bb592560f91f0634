"""Our own call: what a call costs, and why (BILL-10)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from dialtone.api.app import customer_of, needs, router
from dialtone.api.wire import Answer, iso
from dialtone.base.money import Money
from dialtone.base.phone import PhoneNumber
from dialtone.calls.classify import type_of_number
from dialtone.people import queries as people
from dialtone.rates import prices, queries
from dialtone.rates.rules import PRICE_UNITS

routes = router("Prices")


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


def _units(price: int, currency: str) -> str:
    return Money(Decimal(price) / PRICE_UNITS, currency).text

"""What something costs at a moment: the customer's own list first, then its partner's, then the operator's; for a partner through which
the operator sells, its wholesale list and then the operator's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q, QuerySet, Sum

from dialtone.base import bulk
from dialtone.base.money import Money
from dialtone.base.period import midnight
from dialtone.base.problems import Problem
from dialtone.people.models import Organisation
from dialtone.rates.models import CallPrice, ChargePrice, PriceList, RatedCall
from dialtone.rates.rules import (
    PRICE_UNITS,
    Rate,
    RatedAmount,
    Tariff,
    microseconds,
    price_call,
    specific,
    with_free_seconds,
)
from dialtone.rates.tables import PRICE, Array

PLAN_MONTHLY = "plan_monthly"
NUMBER_MONTHLY = "number_monthly"
NUMBER_SETUP = "number_setup"
KINDS = (PLAN_MONTHLY, NUMBER_MONTHLY, NUMBER_SETUP)
_PRICE_COLUMNS = {
    "id": "V16",
    "place": ">i4",
    "prefix": ">i8",
    "length": ">i4",
    "since": ">i8",
    "version": ">i4",
    "ended": ">i4",
    "per_minute": ">i8",
    "connection_fee": ">i8",
    "first": ">i4",
    "following": ">i4",
    "free_seconds": ">i4",
}


@dataclass(frozen=True)
class Price:
    """A price with where it stands, for the explanation of an invoice line."""

    money: Money
    row_id: UUID
    list_id: UUID
    list_name: str
    list_version: int
    valid_from: datetime
    is_simulated: bool


def charge_for(kind: str, country: str, number_type: str, customer: Organisation, at: datetime) -> Price:
    """The recurring or one-time price of `kind` for a customer at a moment, in the customer's currency. A list that knows
    the kind at all beats the lists above it; in one list the most specific row wins. Raises Problem rates.no_price."""
    for price in reversed(PriceBook([customer]).of(customer).over_time(kind, country, number_type)):
        if price.valid_from <= at:
            return price
    raise Problem("rates.no_price", values={"currency": customer.currency})


class Charges:
    """The recurring and one-time prices that hold for a buyer, now and at any other time."""

    def __init__(self, near: Sequence[PriceList], rows: Iterable[ChargePrice]) -> None:
        """From the lists that hold, the nearest first, and prices in the order in which they come into force."""
        self._lists = {each.id: each for each in near}
        self._near = list(self._lists)
        self._rows: dict[str, list[ChargePrice]] = {}
        for row in rows:
            if row.price_list_id in self._lists:
                self._rows.setdefault(row.kind, []).append(row)

    def over_time(self, kind: str, country: str, number_type: str) -> list[Price]:
        """Every price in the order in which it comes into force; each holds until the next one does."""
        found: list[Price] = []
        newest: dict[tuple[UUID, str, str], ChargePrice] = {}
        rows = self._rows.get(kind, [])
        for index, row in enumerate(rows):
            newest[row.price_list_id, row.country, row.number_type] = row
            if index + 1 < len(rows) and rows[index + 1].from_at == row.from_at:
                continue
            best = next(
                (
                    newest[each, *key]
                    for each in self._near
                    for key in specific(country, number_type)
                    if (each, *key) in newest
                ),
                None,
            )
            if best is not None and (not found or found[-1].row_id != best.id):
                found.append(_price(best, self._lists[best.price_list_id]))
        return found


class PriceBook:
    """The recurring and one-time prices of some buyers, read once."""

    def __init__(self, buyers: Sequence[Organisation]) -> None:
        self._lists = list(_lists_for(buyers))
        rows = ChargePrice._base_manager.filter(price_list__in=self._lists)
        self._rows = list(rows.order_by("from_at", "list_version", "id"))

    def of(self, buyer: Organisation) -> Charges:
        """Those that hold for one of these buyers."""
        return Charges(nearest(self._lists, buyer), self._rows)


def call_price(
    call_type: str, called: str, seconds: int, customer: Organisation, at: datetime
) -> RatedAmount:
    """What a call of a type and length to a number (E.164) costs a customer at a moment. A question for people and for
    spending caps: it reads the few rows it needs. Raises Problem rates.no_price."""
    tariffs = [narrowed(each, called) for each in lists_of(customer)]
    found = price_call(call_type, called, seconds, microseconds(at), tariffs)
    if found is None:
        raise Problem("rates.no_price", values={"currency": customer.currency})
    if found.rate is not None and found.rate.free_seconds:
        return with_free_seconds(found, free_seconds_used(customer, found.rate, at))
    return found


def free_seconds_used(customer: Organisation, rate: Rate, at: datetime, version: int = 1) -> int:
    """How much of a price's free minutes the customer's rated calls have used in the month of that moment, where it is."""
    first = at.astimezone(ZoneInfo(customer.time_zone)).date().replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    list_id, _, destination = rate.pool.partition(":")
    used = RatedCall.objects.filter(
        customer_id=customer.id,
        rating_version=version,
        free_seconds__gt=0,
        price__price_list=list_id,
        price__destination=destination,
        started_at__gte=midnight(first, customer.time_zone),
        started_at__lt=midnight(after, customer.time_zone),
    )
    return int(used.aggregate(total=Sum("free_seconds"))["total"] or 0)


def lists_of(buyer: Organisation) -> list[PriceList]:
    """The price lists that hold for a buyer, the nearest first; those in other currencies do not (M8)."""
    return nearest(_lists_for([buyer]), buyer)


def _lists_for(buyers: Sequence[Organisation]) -> QuerySet[PriceList]:
    """All lists that may hold for one of some buyers."""
    # Not through the tenant's manager: the lists above a customer are not its own, and row security lets it read just these.
    found: QuerySet[PriceList] = PriceList._base_manager.filter(
        Q(customer_id__in={each.id for each in buyers})
        | Q(customer_id=None, partner_id__in={each.partner_id for each in buyers})
        | Q(customer_id=None, partner_id=None),
        currency__in={each.currency for each in buyers},
    )
    return found


def nearest(lists: Iterable[PriceList], buyer: Organisation) -> list[PriceList]:
    """Of some lists those that hold for a buyer, the nearest first: for a customer its own, its partner's for all, the operator's; for a
    partner its wholesale list, then the operator's."""
    is_partner = buyer.customer_id is None
    held = [
        each
        for each in lists
        if each.currency == buyer.currency
        and each.customer_id in (None, buyer.customer_id)
        and each.partner_id in (None, buyer.partner_id)
        and (each.partner_id is None or each.is_wholesale == is_partner)
    ]
    return sorted(held, key=lambda each: (each.customer_id is None, each.partner_id is None))


def price_rows(
    lists: Sequence[PriceList], called: Iterable[str] | None = None
) -> tuple[Array, Sequence[str]]:
    """All call prices of some lists for the compiled tables (`tables.PRICE`), and the destinations of those with free minutes by
    their place; with `called`, only the rows that can price those numbers."""
    ids = [each.id for each in lists]
    values: list[Any]
    where, values = "price_list_id = ANY(%s)", [ids, ids]
    if called is not None:
        where += " AND prefix = ANY(%s)"
        values.append(sorted({prefix for each in called for prefix in prefixes_of(each)}))
    found = bulk.fetch(
        "SELECT id, (array_position(%s::uuid[], price_list_id) - 1)::int4, prefix::int8, length(prefix), from_at, list_version,"
        " is_ended::int4, (per_minute * 100000000)::int8, (connection_fee * 100000000)::int8, first_seconds, next_seconds,"
        f" free_minutes * 60 FROM rates_callprice WHERE {where} ORDER BY id",
        values,
        _PRICE_COLUMNS,
    )
    rows = np.zeros(len(found["id"]), PRICE)
    for name in ("id", "place", "prefix", "length", "version", "ended"):
        rows[name] = found[name]
    rows["since"] = found["since"] + bulk.EPOCH_US
    for name in ("per_minute", "connection_fee", "first", "following", "free_seconds"):
        rows["row"][name] = found[name]
    destinations = [""] * len(rows)
    free = np.flatnonzero(found["free_seconds"])
    by_id = dict(
        CallPrice._base_manager.filter(price_list__in=lists, free_minutes__gt=0).values_list(
            "id", "destination"
        )
    )
    for at in free.tolist():
        destinations[at] = by_id[UUID(bytes=rows["id"][at].tobytes())]
    return rows, destinations


def prefixes_of(called: str) -> list[str]:
    """Every prefix that a called number has."""
    digits = called.lstrip("+")[:15]
    return [digits[:length] for length in range(1, len(digits) + 1)]


def compiled(price_list: PriceList) -> Tariff:
    """All call prices of a list, ready for rating many calls."""
    return Tariff(_rates(CallPrice._base_manager.filter(price_list=price_list)))


def narrowed(price_list: PriceList, called: str) -> Tariff:
    """The call prices of a list that can hold for one number (E.164)."""
    found = CallPrice._base_manager.filter(price_list=price_list, prefix__in=prefixes_of(called))
    return Tariff(_rates(found))


def _rates(rows: Any) -> Iterable[Rate]:
    names = ("id", "prefix", "destination", "per_minute", "connection_fee", "first_seconds", "next_seconds")
    more = ("from_at", "list_version", "is_ended", "free_minutes", "price_list_id")
    for row in rows.values_list(*names, *more).iterator(chunk_size=5000):
        yield Rate(
            str(row[0]),
            row[1],
            row[2],
            int(row[3] * PRICE_UNITS),
            int(row[4] * PRICE_UNITS),
            row[5],
            row[6],
            microseconds(row[7]),
            row[8],
            row[9],
            row[10] * 60,
            f"{row[11]}:{row[2]}",
        )


def _price(row: ChargePrice, price_list: PriceList) -> Price:
    return Price(
        money=Money(row.amount, price_list.currency),
        row_id=row.id,
        list_id=price_list.id,
        list_name=price_list.name,
        list_version=row.list_version,
        valid_from=row.from_at,
        is_simulated=price_list.is_simulated,
    )

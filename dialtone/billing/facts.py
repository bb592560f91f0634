"""What a customer's charges rest on, read from the rooms below: licences, numbers, trials, prices, rated calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from dialtone.base.models import AuditRecord
from dialtone.base.money import Money
from dialtone.base.period import midnight
from dialtone.billing import rules
from dialtone.billing.days import Days, Month
from dialtone.billing.rules import DatedPrice, Item, Prices
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers import take_live
from dialtone.numbers.models import Number
from dialtone.numbers.states import HELD
from dialtone.people.models import Organisation
from dialtone.plans import queries as plans
from dialtone.rates import prices as rates
from dialtone.rates.models import RatedCall, UnpricedCall, WholesaleCall
from dialtone.rates.rules import PRICED

PRICE_OF = {
    rules.PLAN: rates.PLAN_MONTHLY,
    rules.NUMBER: rates.NUMBER_MONTHLY,
    rules.SETUP: rates.NUMBER_SETUP,
}


@dataclass(frozen=True)
class Usage:
    """Priced calls of a month to one destination from one location. `exact` is their sum before it is rounded, once."""

    month: Month
    destination: str
    location_id: UUID | None
    country: str
    region: str
    calls: int
    billed_seconds: int
    exact: Decimal
    currency: str

    @property
    def amount(self) -> Money:
        return Money(self.exact, self.currency).rounded()


def items(customer: Organisation, since: Month) -> list[Item]:
    """Everything with a recurring price that the customer has had at some time since a month began."""
    return [*_plans(customer), *_numbers(customer, since)]


def trials(customer: Organisation) -> list[Days]:
    """The days on which the customer was on trial (ACC-07): up to its conversion, or to its end."""
    found = []
    for each in plans.subscriptions_ever(customer.id):
        if each.kind == "trial" or each.converted_at:
            until = each.converted_at or each.ended_at
            start = rules.local_day(each.started_at, customer.time_zone)
            end = rules.local_day(until, customer.time_zone) if until else None
            if end is None or start < end:
                found.append(Days(start, end))
    return found


def prices(customer: Organisation, buyer: Organisation) -> Prices:
    """Prices by day where the customer is, from the lists that hold for a buyer (the customer, or its partner); read once."""
    charges = rates.Charges(buyer)
    known: dict[tuple[str, str, str], Sequence[DatedPrice]] = {}

    def of(kind: str, item: Item) -> Sequence[DatedPrice]:
        key = (kind, item.country, item.number_type)
        if key not in known:
            known[key] = rules.price_days(
                [
                    (
                        each.valid_from,
                        each.money,
                        {
                            "list": each.list_name,
                            "version": each.list_version,
                            "simulated": each.is_simulated,
                        },
                    )
                    for each in charges.over_time(PRICE_OF[kind], item.country, item.number_type)
                ],
                customer.time_zone,
            )
        return known[key]

    return of


def rated_calls(
    customer: Organisation,
    month: Month,
    version: int,
    rated: type[RatedCall] | type[WholesaleCall] = RatedCall,
) -> QuerySet[Any]:
    """The calls of a month, where the customer is, that cost something: the customer itself, or its partner."""
    begin, end = month_bounds(customer, month)
    found: QuerySet[Any] = rated.objects.filter(
        customer_id=customer.id,
        rating_version=version,
        started_at__gte=begin,
        started_at__lt=end,
        basis=PRICED,
    )
    return found


def usage(customer: Organisation, found: QuerySet[Any], month: Month, currency: str = "") -> list[Usage]:
    """Calls, summed by destination and location; in the customer's currency, or another buyer's."""
    rows = found.values("destination", "location_id").annotate(
        calls=Count("id"), billed=Sum("billed_seconds"), exact=Sum("amount")
    )
    places = _places(customer.id)
    made = [
        Usage(
            month,
            row["destination"],
            row["location_id"],
            *places.get(row["location_id"], (customer.country, "", ""))[:2],
            row["calls"],
            row["billed"],
            row["exact"],
            currency or customer.currency,
        )
        for row in rows.order_by()
    ]
    return sorted(made, key=lambda each: (each.destination, str(each.location_id)))


def activity(customer: Organisation, month: Month, version: int) -> list[tuple[str, int, int]]:
    """All calls of a month by their basis: how many, and how many seconds they lasted (BILL-03)."""
    begin, end = month_bounds(customer, month)
    rows = RatedCall.objects.filter(
        customer_id=customer.id, rating_version=version, started_at__gte=begin, started_at__lt=end
    )
    found = rows.values_list("basis").annotate(calls=Count("id"), seconds=Sum("seconds")).order_by("basis")
    return [(basis, calls, seconds) for basis, calls, seconds in found]


def by_day(customer: Organisation, month: Month, version: int = 1) -> list[tuple[date, int, Money]]:
    """Priced calls of a month by their civil day where the customer is, quiet days too: how many, and what they come to."""
    day = TruncDate("started_at", tzinfo=ZoneInfo(customer.time_zone))
    rows = rated_calls(customer, month, version).annotate(day=day).values("day").order_by("day")
    have = {row["day"]: row for row in rows.annotate(calls=Count("id"), exact=Sum("amount"))}
    days = (month.first + timedelta(days=each) for each in range(month.days))
    return [
        (each, have[each]["calls"], Money(have[each]["exact"], customer.currency).rounded())
        if each in have
        else (each, 0, Money.zero(customer.currency))
        for each in days
    ]


def unpriced_calls(customer: Organisation, month: Month, version: int) -> int:
    """How many calls of a month wait for a price; they are charged when there is one (M6, D9)."""
    begin, end = month_bounds(customer, month)
    return UnpricedCall.objects.filter(
        customer_id=customer.id,
        rating_version=version,
        started_at__gte=begin,
        started_at__lt=end,
        settled_at=None,
    ).count()


def month_bounds(customer: Organisation, month: Month) -> tuple[datetime, datetime]:
    """The instants between which a month lies where the customer is."""
    return midnight(month.first, customer.time_zone), midnight(month.next.first, customer.time_zone)


def _plans(customer: Organisation) -> list[Item]:
    found = []
    for each in plans.licences_ever(customer.id, plans.OCP):
        ends = [at for at in (each.ended_at, each.subscription.ended_at) if at]
        days, why = rules.plan_days(
            committed=each.committed,
            requested_on=each.requested_service_on,
            ordered_at=each.ordered_at,
            ended_at=min(ends) if ends else None,
            zone=customer.time_zone,
        )
        if days:
            found.append(
                Item(
                    rules.PLAN,
                    "licence",
                    each.id,
                    each.item,
                    days,
                    why,
                    each.quantity,
                    customer.country,
                )
            )
    return found


def _numbers(customer: Organisation, since: Month) -> list[Item]:
    places = _places(customer.id)
    begin = midnight(since.before.first, "UTC")  # early enough for every time zone
    mains = _main_numbers(customer.id)
    found = []
    for each in numbers.delivered_since(customer.id, begin):
        country, region, zone = places.get(each.location_id, (each.country, "", customer.time_zone))
        ported = each.source == "port"
        days, why = rules.number_days(
            provisioned_at=each.provisioned_at,
            until=each.owned_during.upper,
            ported=ported,
            imported=each.source == take_live.SOURCE,
            zone=zone,
        )
        if days:
            found.append(
                Item(
                    rules.NUMBER,
                    "number",
                    each.id,
                    each.e164,
                    days,
                    why,
                    country=each.country,
                    region=region if country == each.country else "",
                    number_type=each.kind,
                    main_on=_main_on(each, mains.get(each.id, []), zone),
                    location_id=each.location_id,
                    source_kind="port_order" if ported else "order",
                    source_id=each.order_id,
                )
            )
    return found


def _main_numbers(customer_id: UUID) -> dict[UUID, list[tuple[datetime, datetime | None]]]:
    """When each number was made a location's main number, and when another one took its place, as it was written down then."""
    found: dict[UUID, list[tuple[datetime, datetime | None]]] = {}
    open_: dict[str, UUID] = {}
    told = AuditRecord.objects.filter(customer_id=customer_id, action="main_number_set")
    for number_id, at, facts in told.order_by("at", "id").values_list("subject_id", "at", "facts"):
        former, e164 = facts["changed"]["main"]
        replaced = open_.pop(former, None)
        if replaced:
            found[replaced][-1] = (found[replaced][-1][0], at)
        found.setdefault(number_id, []).append((at, None))
        open_[e164] = number_id
    return found


def _main_on(
    number: Number, spans: Sequence[tuple[datetime, datetime | None]], zone: str
) -> tuple[Days, ...]:
    """The days of it. A main number of which nothing is written was it always; one that is none any more, and that no other one
    replaced (it was moved to another location), was it until nobody knows when, so that is left out."""
    if not spans:
        return (Days(date.min),) if number.is_main else ()
    found = []
    for begun, ended in spans:
        if ended is None and not number.is_main and number.state in HELD:
            continue
        start = rules.local_day(begun, zone)
        end = rules.local_day(ended, zone) if ended else None
        if end is None or start < end:
            found.append(Days(start, end))
    return tuple(found)


def _places(customer_id: UUID) -> dict[UUID | None, tuple[str, str, str]]:
    """Country, state and time zone of every location the customer ever had."""
    return {
        each.id: (each.country, each.address.get("state", ""), each.time_zone)
        for each in Location.objects.filter(customer_id=customer_id)
    }

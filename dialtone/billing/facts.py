"""What a customer's charges rest on, read from the rooms below: licences, numbers, trials, prices, rated calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate

from dialtone.base.money import Money
from dialtone.base.period import midnight
from dialtone.billing import rules
from dialtone.billing.days import Days, Month
from dialtone.billing.gathered import Gathered
from dialtone.billing.rules import DatedPrice, Item, Prices
from dialtone.numbers import take_live
from dialtone.numbers.models import Number
from dialtone.numbers.states import HELD
from dialtone.people.models import Organisation
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


def items(customer: Organisation, since: Month, gathered: Gathered | None = None) -> list[Item]:
    """Everything with a recurring price that the customer has had at some time since a month began."""
    gathered = gathered or Gathered([customer])
    return [*_plans(customer, gathered), *_numbers(customer, since, gathered)]


def trials(customer: Organisation, gathered: Gathered) -> list[Days]:
    """The days on which the customer was on trial (ACC-07): up to its conversion, or to its end."""
    found = []
    for each in gathered.subscriptions.get(customer.id, ()):
        if each.kind == "trial" or each.converted_at:
            until = each.converted_at or each.ended_at
            start = rules.local_day(each.started_at, customer.time_zone)
            end = rules.local_day(until, customer.time_zone) if until else None
            if end is None or start < end:
                found.append(Days(start, end))
    return found


def prices(customer: Organisation, buyer: Organisation, gathered: Gathered) -> Prices:
    """Prices by day where the customer is, from the lists that hold for a buyer (the customer, or its partner)."""
    known: dict[tuple[str, str, str], Sequence[DatedPrice]] = {}

    def of(kind: str, item: Item) -> Sequence[DatedPrice]:
        key = (kind, item.country, item.number_type)
        if key not in known:
            charges = gathered.charges(buyer)
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
    rows = found.values_list("destination", "location_id").annotate(
        calls=Count("id"), billed=Sum("billed_seconds"), exact=Sum("amount")
    )
    return used(customer, rows.order_by(), month, Gathered([customer]), currency)


def used(
    customer: Organisation,
    rows: Iterable[tuple[str, UUID | None, int, int, Decimal]],
    month: Month,
    gathered: Gathered,
    currency: str = "",
) -> list[Usage]:
    """From sums of calls: destination, location, how many, billed seconds, and what they come to; in a fixed order."""
    places = gathered.places.get(customer.id, {})
    made = [
        Usage(
            month,
            destination,
            location_id,
            *places.get(location_id, (customer.country, "", ""))[:2],
            calls,
            billed,
            exact,
            currency or customer.currency,
        )
        for destination, location_id, calls, billed, exact in rows
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


def _plans(customer: Organisation, gathered: Gathered) -> list[Item]:
    found = []
    for each in gathered.licences.get(customer.id, ()):
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


def _numbers(customer: Organisation, since: Month, gathered: Gathered) -> list[Item]:
    places = gathered.places.get(customer.id, {})
    begin = midnight(since.before.first, "UTC")  # early enough for every time zone
    mains = _main_numbers(gathered.main_numbers_set.get(customer.id, ()))
    found = []
    for each in gathered.numbers_since(begin).get(customer.id, ()):
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


def _main_numbers(
    told: Iterable[tuple[UUID, datetime, Any]],
) -> dict[UUID, list[tuple[datetime, datetime | None]]]:
    """When each number was made a location's main number, and when another one took its place, as it was written down then."""
    found: dict[UUID, list[tuple[datetime, datetime | None]]] = {}
    open_: dict[str, UUID] = {}
    for number_id, at, facts in told:
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

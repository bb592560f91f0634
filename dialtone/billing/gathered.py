"""What the charges of some customers rest on, every table read once for all of them: a turn of the month-end run, or one customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, Protocol, TypeVar
from uuid import UUID

from dialtone.base.models import AuditRecord
from dialtone.billing.days import Month
from dialtone.billing.models import Charge, WholesaleCharge
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.people.models import Organisation
from dialtone.plans import queries as plans
from dialtone.plans.models import Licence, Subscription
from dialtone.rates import prices as rates

Place = tuple[str, str, str]
"""Country, state and time zone of a location."""


class _Owned(Protocol):
    customer_id: UUID


Row = TypeVar("Row", bound=_Owned)


class Gathered:
    """Each table is read when it is first asked for, and then known. Lives no longer than its transaction."""

    def __init__(self, customers: Sequence[Organisation], buyer: Organisation | None = None) -> None:
        """`buyer` is their partner, where it buys and not they themselves."""
        self._ids = [each.id for each in customers]
        self._buyers = [buyer] if buyer else customers
        self.numbers_since = cache(self._numbers_since)
        self.charged = cache(self._charged)

    @cached_property
    def licences(self) -> Mapping[UUID, Sequence[Licence]]:
        """All that each customer ever had of an outbound calling plan."""
        return _by_customer(plans.licences_ever(self._ids, plans.OCP))

    @cached_property
    def subscriptions(self) -> Mapping[UUID, Sequence[Subscription]]:
        """All that each customer ever had."""
        return _by_customer(plans.subscriptions_ever(self._ids))

    @cached_property
    def places(self) -> Mapping[UUID, Mapping[UUID | None, Place]]:
        """Of each customer all locations that it ever had."""
        rows = _by_customer(Location.objects.filter(customer_id__in=self._ids))
        return {
            customer_id: {
                each.id: (each.country, each.address.get("state", ""), each.time_zone) for each in own
            }
            for customer_id, own in rows.items()
        }

    @cached_property
    def main_numbers_set(self) -> Mapping[UUID, Sequence[tuple[UUID, datetime, Any]]]:
        """By customer which number was made a main one, when, and what was written down then."""
        rows = AuditRecord.objects.filter(customer_id__in=self._ids, action="main_number_set")
        found: dict[UUID, list[tuple[UUID, datetime, Any]]] = {}
        for customer_id, *told in rows.order_by("at", "id").values_list(
            "customer_id", "subject_id", "at", "facts"
        ):
            found.setdefault(customer_id, []).append((told[0], told[1], told[2]))
        return found

    def charges(self, buyer: Organisation) -> rates.Charges:
        """The recurring and one-time prices that hold for a buyer."""
        return self._prices.of(buyer)

    @cached_property
    def _prices(self) -> rates.PriceBook:
        return rates.PriceBook(self._buyers)

    def _numbers_since(self, since: datetime) -> Mapping[UUID, Sequence[Number]]:
        """The numbers that each customer had from a carrier of ours at some instant since."""
        return _by_customer(numbers.delivered_since(self._ids, since))

    def _charged(
        self, asked: tuple[Month, ...], to: type[Charge] | type[WholesaleCharge]
    ) -> set[tuple[str, UUID, date]]:
        """What of some months has been charged: kind, thing and month."""
        rows = to.objects.filter(customer_id__in=self._ids, month__in=[each.first for each in asked])
        return set(rows.values_list("kind", "subject_id", "month"))


def _by_customer(rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    """Rows by whose they are, in their order."""
    found: dict[UUID, list[Row]] = {}
    for each in rows:
        found.setdefault(each.customer_id, []).append(each)
    return found

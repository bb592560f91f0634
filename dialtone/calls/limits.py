"""What a customer may use of calls before we stop and ask: the house's limits, the operator's for one customer, and the lower ones that
its partner or the customer set for themselves (USE-02; reliability, threat 2). Emergency calls know no limits (E3, E9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from dialtone.base import clock
from dialtone.calls.models import CallLimits, CallRecord
from dialtone.calls.rules import Limits
from dialtone.rates.models import RatedCall

OPERATOR, PARTNER, CUSTOMER = LEVELS = ("operator", "partner", "customer")


@dataclass(frozen=True)
class Told:
    """What one level says; None says nothing. Money is in the currency of the customer's prices."""

    most_calls_at_once: int | None = None
    most_calls_a_minute: int | None = None
    most_minutes_a_day: int | None = None
    most_risky_calls_an_hour: int | None = None
    most_spent_a_day: Decimal | None = None


NAMES = tuple(each.name for each in fields(Told))
# House default, generous for an office, until an operator says otherwise.
HOUSE = Told(most_calls_at_once=200, most_minutes_a_day=20_000, most_risky_calls_an_hour=20)
MOST: dict[str, int] = {
    "most_calls_at_once": 100_000,
    "most_calls_a_minute": 100_000,
    "most_minutes_a_day": 10_000_000,
    "most_risky_calls_an_hour": 100_000,
    "most_spent_a_day": 100_000_000,
}


def effective(told: Mapping[str, Told], house: Told = HOUSE) -> Told:
    """What holds: the operator's word in place of the house's, and whatever is lower of the others.

    >>> effective({OPERATOR: Told(500), PARTNER: Told(300), CUSTOMER: Told(400)}).most_calls_at_once
    300
    >>> effective({CUSTOMER: Told(most_calls_a_minute=5)}).most_calls_a_minute
    5
    """
    found: dict[str, Any] = {}
    for name in NAMES:
        own = getattr(told.get(OPERATOR, Told()), name)
        offered = [getattr(house, name) if own is None else own]
        offered += [getattr(told[level], name) for level in (PARTNER, CUSTOMER) if level in told]
        found[name] = min((each for each in offered if each is not None), default=None)
    return Told(**found)


def told(customer_id: UUID | None = None) -> dict[UUID, dict[str, Told]]:
    """What each level says of each customer in scope, or of one."""
    found: dict[UUID, dict[str, Told]] = {}
    rows = (
        CallLimits.objects.all()
        if customer_id is None
        else CallLimits.objects.filter(customer_id=customer_id)
    )
    for row in rows:
        found.setdefault(row.customer_id, {})[row.level] = of_row(row)
    return found


def of_row(row: CallLimits | None) -> Told:
    return Told(**{name: getattr(row, name) for name in NAMES}) if row else Told()


def with_use(of: Told, spent: Decimal = Decimal(0), minutes: int = 0) -> Limits:
    """As the rules take them, with what is used already."""
    return Limits(
        most_calls_at_once=of.most_calls_at_once,
        most_calls_a_minute=of.most_calls_a_minute,
        most_minutes_a_day=of.most_minutes_a_day,
        most_risky_calls_an_hour=of.most_risky_calls_an_hour,
        most_spent_a_day=of.most_spent_a_day,
        spent_today=spent,
        minutes_today=minutes,
    )


def spent_today(customer_ids: list[UUID]) -> dict[UUID, Decimal]:
    """What the calls that began today (UTC) came to, as far as they are rated."""
    rows = RatedCall.objects.filter(
        customer_id__in=customer_ids, rating_version=1, started_at__gte=_midnight()
    )
    return {
        each: amount or Decimal(0) for each, amount in rows.values_list("customer_id").annotate(Sum("amount"))
    }


def minutes_today(customer_id: UUID) -> int:
    """Whole minutes of the calls out that began today (UTC), as far as their records are here."""
    begun = CallRecord.objects.filter(
        customer_id=customer_id, direction="outbound", started_at__gte=_midnight()
    )
    return int(begun.aggregate(all=Sum("seconds"))["all"] or 0) // 60


def _midnight() -> datetime:
    return datetime.combine(clock.today("UTC"), time(), ZoneInfo("UTC"))

"""What is charged from when, and how much: facts in, lines out. No ORM, clock or network.

| what                            | charged from                          | source              |
|---------------------------------|---------------------------------------|---------------------|
| committed outbound plan         | the requested service date            | BILL-05             |
| plan provisioned in the portal  | the day it was ordered                | BILL-06             |
| number                          | the day it was provisioned            | BILL-07             |
| ported number                   | the day its port was completed        | BILL-08             |
| porting                         | never                                 | BILL-04, PORT-12    |
| anything in a trial             | the day the trial is converted        | BILL-12, ACC-07     |
| first main number               | only while there is one plan or none  | SMB-09, H25, H36    |
| international and premium calls | the month after                       | BILL-11             |

Days are civil days of the place a thing is at; the first one counts, the one on which it ends does not. A line is the difference of
two rounded running totals of its month, so that the lines of any split add up to the cent (H14, M5). Plans belong to the customer
and not to a location, so one main number is free of all that a customer has: the one it has had longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dialtone.base.money import Money, prorate
from dialtone.base.period import midnight
from dialtone.billing.days import Days, Month, cut

PLAN, NUMBER, SETUP, USAGE = "plan", "number", "number_setup", "usage"
WHOLESALE = "wholesale"  # all that one customer used, on the paper of its partner
TRIAL, MAIN_NUMBER = "trial", "main_number"
REQUESTED, ORDERED, PROVISIONED, PORTED = "requested_service_date", "ordered", "provisioned", "port_completed"


@dataclass(frozen=True)
class Item:
    """A thing that is charged while it is in effect. `why` says what its first day is; `source_kind` and `source_id` name the
    order or port that it came by, for whoever asks. `main_on` are the days on which a number was a location's main one. `country`, `number_type` and `region` say which prices and taxes hold."""

    kind: str
    subject_kind: str
    subject_id: UUID
    name: str
    in_effect: Days
    why: str
    quantity: int = 1
    country: str = ""
    region: str = ""
    number_type: str = ""
    main_on: tuple[Days, ...] = ()
    location_id: UUID | None = None
    source_kind: str = ""
    source_id: UUID | None = None


@dataclass(frozen=True)
class DatedPrice:
    """A price from a day on; `facts` say where it stands (list, version, whether it is made up)."""

    from_on: date
    money: Money
    facts: dict[str, Any] = field(default_factory=dict)


Prices = Callable[[str, Item], Sequence[DatedPrice]]
"""Of a kind of charge for an item, every price in the order in which it comes into force."""


@dataclass(frozen=True)
class Line:
    """Some days of a month of one item. `amount` is None for want of a price, which is never zero; `free` says why it is zero."""

    kind: str
    item: Item
    month: Month
    days: Days
    price: DatedPrice | None
    amount: Money | None
    free: str = ""

    @property
    def day_count(self) -> int:
        assert self.days.end is not None
        return (self.days.end - self.days.start).days

    @property
    def key(self) -> str:
        """The business key: these days of this thing are charged once, for ever (M1)."""
        return f"{self.kind}:{self.item.subject_id}:{self.days.start.isoformat()}"


def local_day(at: datetime, zone: str) -> date:
    """The civil day of an instant in a place."""
    return at.astimezone(ZoneInfo(zone)).date()


def plan_days(
    *, committed: bool, requested_on: date, ordered_at: datetime, ended_at: datetime | None, zone: str
) -> tuple[Days | None, str]:
    """The days on which a licence is charged, and what its first day is (BILL-05, BILL-06)."""
    start, why = (requested_on, REQUESTED) if committed else (local_day(ordered_at, zone), ORDERED)
    return _span(start, ended_at, zone), why


def number_days(
    *,
    provisioned_at: datetime | None,
    until: datetime | None,
    ported: bool,
    zone: str,
    imported: bool = False,
) -> tuple[Days | None, str]:
    """The days on which a number is charged: from its delivery, for a ported one that is when the port was completed (BILL-07,
    BILL-08), for one of an imported estate the day that it names, until it is the customer's no longer. None for one that never
    came (P7)."""
    why = PORTED if ported else REQUESTED if imported else PROVISIONED
    return (_span(local_day(provisioned_at, zone), until, zone) if provisioned_at else None), why


def price_days(moments: Sequence[tuple[datetime, Money, dict[str, Any]]], zone: str) -> list[DatedPrice]:
    """Prices by day from prices by moment, in their order: the one in force when a day begins holds all day. The first ever
    holds from the day on which it begins, so that nothing is without a price on the day that prices were first loaded."""
    found: list[DatedPrice] = []
    for at, money, facts in moments:
        day = local_day(at, zone)
        if found and midnight(day, zone) < at:
            day += timedelta(days=1)
        if found and found[-1].from_on == day:
            found.pop()
        found.append(DatedPrice(day, money, facts))
    return found


def free_days(items: Iterable[Item], trials: Sequence[Days], month: Month) -> dict[UUID, list[Days]]:
    """On which days of a month which number is free as the first main number (SMB-09, H25, H36): of those that are a main number
    on the day, the one that the customer has had longest."""
    known = list(items)
    mains = sorted(
        (each for each in known if each.kind == NUMBER and each.main_on),
        key=lambda each: (each.in_effect.start, each.name),
    )
    plans = [each for each in known if each.kind == PLAN]
    spans = [
        *(each.in_effect for each in (*plans, *mains)),
        *(on for each in mains for on in each.main_on),
        *trials,
    ]
    found: dict[UUID, list[Days]] = {}
    for days in cut(month.span, [day for span in spans for day in (span.start, span.end) if day]):
        units = sum(each.quantity for each in plans if days.start in each.in_effect)
        first = next((each for each in mains if _is_main_on(each, days.start)), None)
        if first and units > 1 and not _on_trial(days.start, trials):
            found.setdefault(first.subject_id, []).append(days)
    return found


def _is_main_on(item: Item, day: date) -> bool:
    return day in item.in_effect and any(day in on for on in item.main_on)


def lines(
    items: Iterable[Item], month: Month, trials: Sequence[Days], prices: Prices, currency: str
) -> list[Line]:
    """Everything recurring and one-time of one month, the plans first, then the numbers in the order of their digits."""
    known = sorted(
        items, key=lambda each: (each.kind != PLAN, each.name, each.in_effect.start, each.subject_id)
    )
    free = free_days(known, trials, month)
    found: list[Line] = []
    for item in known:
        span = item.in_effect.meet(month.span)
        if span is None:
            continue
        if item.kind == NUMBER and item.why == PROVISIONED and item.in_effect.start in month.span:
            found += _setup(item, month, trials, prices)
        own = prices(item.kind, item)
        for days, price, why in _split(span, own, trials, free.get(item.subject_id, [])):
            amount = Money.zero(currency) if why else _share(item, month, days, price)
            found.append(Line(item.kind, item, month, days, price, amount, why))
    return found


def _setup(item: Item, month: Month, trials: Sequence[Days], prices: Prices) -> list[Line]:
    """What a new number costs once; nothing where no such price is known, for a ported one (BILL-04), and in a trial."""
    day = item.in_effect.start
    price = _in_force(prices(SETUP, item), day)
    if price is None or price.money.is_zero or _on_trial(day, trials):
        return []
    amount = (price.money * item.quantity).rounded()
    return [Line(SETUP, item, month, Days(day, day + timedelta(days=1)), price, amount)]


def _split(
    span: Days, prices: Sequence[DatedPrice], trials: Sequence[Days], free: Sequence[Days]
) -> list[tuple[Days, DatedPrice | None, str]]:
    """A span in as few parts as have one price each, or one reason to be free."""
    edges = [price.from_on for price in prices]
    edges += [day for each in (*free, *trials) for day in (each.start, each.end) if day]
    found: list[tuple[Days, DatedPrice | None, str]] = []
    for days in cut(span, edges):
        price = _in_force(prices, days.start)
        why = TRIAL if _on_trial(days.start, trials) else ""
        why = why or (MAIN_NUMBER if any(days.start in each for each in free) else "")
        if found and found[-1][2] == why and (why or found[-1][1] == price):
            days = Days(found.pop()[0].start, days.end)
        found.append((days, price, why))
    return found


def _share(item: Item, month: Month, days: Days, price: DatedPrice | None) -> Money | None:
    if price is None:
        return None
    assert days.end is not None
    begun, ended = (days.start - month.first).days, (days.end - month.first).days
    return prorate(price.money * item.quantity, begun, ended, month.days)


def _on_trial(day: date, trials: Sequence[Days]) -> bool:
    return any(day in trial for trial in trials)


def _in_force(prices: Sequence[DatedPrice], day: date) -> DatedPrice | None:
    return next((price for price in reversed(prices) if price.from_on <= day), None)


def _span(start: date, ended_at: datetime | None, zone: str) -> Days | None:
    end = local_day(ended_at, zone) if ended_at else None
    return Days(start, end) if end is None or start < end else None

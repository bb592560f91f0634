"""The price of one call: the longest prefix in force when it began, its increments, connection fee and free minutes, rounded once.

This is the truth: `kernel.py` computes millions at a time and must agree with it. Whole numbers only: prices are in units of 1e-8 of the currency, amounts in micro-units (1e-6), half up. No ORM, clock or
network, so that the very same functions run in other processes. Sources: BILL-10, M6, M7, M8, M11; performance.md section 2.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

PRICE_UNITS = 10**8
MICRO = 10**6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
PRICED = "priced"
UNANSWERED = "unanswered"
# What costs nothing by rule, never for want of a price: emergency and test calls (M11), calls to us, inside the organisation
# and to free numbers, and national ones, which the outbound plan includes (BILL-02).
FREE = {
    "EMERGENCY": "emergency",
    "INBOUND": "inbound",
    "INTERNAL_CALL": "internal",
    "TOLL_FREE": "toll_free",
    "NATIONAL": "national",
}


@dataclass(frozen=True)
class Rate:
    """One row of a price list. `first` and `following` are increments in seconds (60/60, 30/6, 1/1); `per_minute` and
    `connection_fee` are in 1e-8 of the currency; an ended row says that the prefix has no price from then on. `free_seconds`
    cost nothing in each month of a customer; rows with the same `pool` (a list's rows of one destination) share them."""

    row: str
    prefix: str
    destination: str
    per_minute: int
    connection_fee: int
    first: int
    following: int
    from_us: int
    version: int
    is_ended: bool = False
    free_seconds: int = 0
    pool: str = ""


@dataclass(frozen=True)
class RatedAmount:
    """What a call costs: `rate` is None when it is free by rule; `micros` are millionths of the currency. Of the seconds billed,
    `free_seconds` were free minutes."""

    basis: str
    billed_seconds: int
    micros: int
    rate: Rate | None = None
    free_seconds: int = 0

    @property
    def amount(self) -> Decimal:
        return Decimal(self.micros).scaleb(-6)


class Tariff:
    """A price list, compiled for look-ups: by prefix, the rows in the order in which they come into force."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        by_prefix: dict[str, list[Rate]] = {}
        for rate in rates:
            by_prefix.setdefault(rate.prefix, []).append(rate)
        self._rows: dict[str, tuple[tuple[int, ...], tuple[Rate, ...]]] = {}
        for prefix, rows in by_prefix.items():
            rows.sort(key=lambda rate: (rate.from_us, rate.version))
            self._rows[prefix] = (tuple(rate.from_us for rate in rows), tuple(rows))
        self._lengths = tuple(sorted({len(prefix) for prefix in self._rows}, reverse=True))

    def in_force(self, digits: str, at_us: int) -> Rate | None:
        """The row of the longest prefix of `digits` that has a price at that moment; of two that begin together, the newer."""
        for length in self._lengths:
            found = self._rows.get(digits[:length]) if length <= len(digits) else None
            if found is None:
                continue
            place = bisect_right(found[0], at_us)
            if place and not found[1][place - 1].is_ended:
                return found[1][place - 1]
        return None


def microseconds(at: datetime) -> int:
    """Since 1970, exactly. Raises TypeError for a moment without a time zone."""
    return (at - _EPOCH) // _MICROSECOND


def billed_seconds(seconds: int, first: int, following: int) -> int:
    """Seconds that are charged: the first increment whole, then whole further ones; 0 for a call that was not answered.

    >>> [billed_seconds(each, 30, 6) for each in (0, 1, 30, 31, 37)]
    [0, 30, 30, 36, 42]
    """
    if seconds <= 0:
        return 0
    return first if seconds <= first else first - (first - seconds) // following * following


def cost_micros(rate: Rate, charged: int) -> int:
    """Millionths of the currency, rounded once, half up; `charged` are the billed seconds that were not free."""
    in_sixtieths = rate.connection_fee * 60 + rate.per_minute * charged
    unit = 60 * PRICE_UNITS // MICRO
    return (2 * in_sixtieths + unit) // (2 * unit)


def with_free_seconds(priced: RatedAmount, used: int) -> RatedAmount:
    """The same call when so many seconds of its pool have been used in its month: it takes what is left, or as much as it
    lasts. A call that is free as a whole has no connection fee either (house decision)."""
    if priced.rate is None or not priced.rate.free_seconds:
        return priced
    free = min(priced.billed_seconds, max(0, priced.rate.free_seconds - used))
    charged = priced.billed_seconds - free
    micros = cost_micros(priced.rate, charged) if charged else 0
    return replace(priced, micros=micros, free_seconds=free)


def price_call(
    call_type: str, called: str, seconds: int, at_us: int, tariffs: Sequence[Tariff]
) -> RatedAmount | None:
    """What one call costs by the first tariff (customer, partner, operator) that knows its destination, before free minutes;
    None for want of a price, which is never zero (M6)."""
    if call_type in FREE:
        return RatedAmount(FREE[call_type], 0, 0)
    if seconds <= 0:
        return RatedAmount(UNANSWERED, 0, 0)
    digits = called.lstrip("+")
    for tariff in tariffs:
        rate = tariff.in_force(digits, at_us)
        if rate is not None:
            billed = billed_seconds(seconds, rate.first, rate.following)
            return RatedAmount(PRICED, billed, cost_micros(rate, billed), rate)
    return None


def specific(country: str, number_type: str) -> tuple[tuple[str, str], ...]:
    """The keys under which a recurring price may stand, the most specific first; "" is any."""
    return tuple(dict.fromkeys([(country, number_type), (country, ""), ("", number_type), ("", "")]))


def needs_second_person(
    *, existing: int, touched: int, largest_jump: Decimal | None, jump_limit: Decimal = Decimal("0.5")
) -> bool:
    """H15: more than 5 % of the rows, or any rate by more than half. Loading an empty list changes no price."""
    return bool(existing) and (touched * 20 > existing or (largest_jump or Decimal(0)) > jump_limit)


def jump(before: Decimal, after: Decimal) -> Decimal:
    """By what share of the price before it changes; from nothing it is a jump of all, whatever comes after.

    >>> jump(Decimal("0.10"), Decimal("0.16"))
    Decimal('0.6')
    """
    if not before:
        return Decimal(1) if after else Decimal(0)
    return abs(after - before) / before

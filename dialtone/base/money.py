"""Money is exact: a Decimal with its currency, never a float, never two currencies in one sum.

Rates and usage keep their digits; what stands on an invoice line is rounded once, half up, to whole minor units, and a
total is the sum of its lines. Source: reliability section 6 (money), M5, decisions H14; minor units: ISO 4217.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from functools import cache
from typing import cast

from babel import Locale
from babel.core import get_global
from babel.numbers import parse_pattern

from dialtone.base.problems import Problem

RATE_PLACES = 8  # NUMERIC(20,8): what one minute costs
LARGEST = Decimal(10) ** 12

# ISO 4217 where it is not 2. Babel's own digits follow habit instead (no cents for AFN), which is no rounding rule.
_MINOR_UNITS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),  # noqa: SIM905
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),  # noqa: SIM905
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_WRITTEN = re.compile(r"(-?)(?:0|[1-9][0-9]*)(?:\.([0-9]+))?")
_WITH_COMMA = re.compile(r"-?[0-9][0-9., ]*,[0-9., ]*")
_CODE_BEFORE_DIGIT = re.compile(r"(?<=[A-Z]{3})(?=[0-9])")
_LONGEST = 40
# Sums and products stay exact or raise: Python's default context would round silently after 28 digits.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
_ROUNDING = Context(prec=80, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])


class OtherCurrency(ValueError):
    """Two currencies in one sum or comparison: always a bug, since nothing here knows rates of exchange."""


@dataclass(frozen=True)
class Money:
    """An amount of a currency. Raises TypeError for float and bool, ValueError for NaN, infinity, unknown currencies.

    >>> Money(Decimal("19.99"), "USD") * 3
    Money(amount=Decimal('59.97'), currency='USD')
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) not in (Decimal, int):  # bool is an int too, hence not isinstance
            raise TypeError(f"money is made of Decimal or int, not of {type(self.amount).__name__}")
        amount = Decimal(self.amount)
        if not amount.is_finite():
            raise ValueError("money is finite")
        if self.currency not in currencies():
            raise ValueError(f"{self.currency!r} is no currency in use")
        object.__setattr__(self, "amount", amount if amount else abs(amount))  # there is no -0.00

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(Decimal(0), currency)

    @classmethod
    def of_minor(cls, units: int, currency: str) -> Money:
        """From whole minor units: 1999 of USD is 19.99."""
        return cls(Decimal(units).scaleb(-minor_digits(currency), _EXACT), currency)

    @classmethod
    def total(cls, parts: Iterable[Money], currency: str) -> Money:
        """The sum of parts of one currency; of none, zero of `currency`. Raises OtherCurrency."""
        found = cls.zero(currency)
        for part in parts:
            found += part
        return found

    @classmethod
    def from_text(
        cls,
        text: object,
        currency: object,
        *,
        field: str = "/amount",
        currency_field: str = "/currency",
        places: int | None = None,
        negative: bool = False,
        zero: bool = True,
    ) -> Money:
        """From an API or a form: "9.99". `places` digits after the point at most; minor units if not given.

        Raises Problem money.* naming `field` or `currency_field`.
        """
        known = check_currency(currency, currency_field)
        if not isinstance(text, str):
            raise Problem("money.not_text", field=field)
        shown = {"value": text[:40]}
        if len(text) <= _LONGEST and _WITH_COMMA.fullmatch(text):
            raise Problem("money.comma", field=field, values=shown)
        parts = _WRITTEN.fullmatch(text)
        if parts is None:
            raise Problem("money.shape", field=field, values=shown)
        if parts[1] and not negative:
            raise Problem("money.negative", field=field, values=shown)
        if len(text) > _LONGEST or abs(Decimal(text)) >= LARGEST:
            raise Problem("money.too_large", field=field, values={**shown, "largest": f"{LARGEST:f}"})
        digits = minor_digits(known) if places is None else places
        if len(parts[2] or "") > digits:
            code = {0: "money.whole", 2: "money.whole_cents"}.get(digits, "money.too_fine")
            raise Problem(code, field=field, values={**shown, "places": digits, "currency": known})
        found = cls(Decimal(text), known)
        if found.is_zero and not zero:
            raise Problem("money.zero", field=field, values=shown)
        return found

    @property
    def is_zero(self) -> bool:
        return not self.amount

    @property
    def is_negative(self) -> bool:
        return self.amount < 0

    @property
    def minor(self) -> int:
        """Whole minor units. Raises ValueError where there are finer digits: round first."""
        units = self.amount.scaleb(minor_digits(self.currency), _EXACT)
        if units != units.to_integral_value():
            raise ValueError(f"{self} is not in whole minor units")
        return int(units)

    @property
    def text(self) -> str:
        """The amount as it goes into JSON and CSV: digits and a point, with at least the currency's minor digits."""
        digits = max(minor_digits(self.currency), _places(self.amount))
        return f"{self.amount:.{digits}f}"

    def rounded(self) -> Money:
        """To whole minor units, half up (away from zero). Done once for each line, never for a part of it.

        >>> Money(Decimal("0.005"), "USD").rounded().text
        '0.01'
        """
        return Money(_quantized(self.amount, minor_digits(self.currency)), self.currency)

    def to_json(self) -> dict[str, str]:
        """Text, because JSON numbers are floats to most readers."""
        return {"amount": self.text, "currency": self.currency}

    def formatted(self, locale: str | Locale) -> str:
        """As readers of a locale ("da", "zh_Hant") write it, without losing a digit of it."""
        chosen = (
            Locale.parse(locale, sep="-" if "-" in locale else "_") if isinstance(locale, str) else locale
        )
        least = minor_digits(self.currency)
        pattern = parse_pattern(chosen.currency_formats["standard"].pattern)
        pattern.frac_prec = (least, max(least, _places(self.amount)))
        text = pattern.apply(self.amount, chosen, currency=self.currency, currency_digits=False)
        return _CODE_BEFORE_DIGIT.sub("\u00a0", text)

    def __add__(self, other: Money) -> Money:
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        if isinstance(factor, bool) or not isinstance(factor, Decimal | int):
            return NotImplemented
        return Money(_EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(self.amount.copy_negate(), self.currency)

    def __abs__(self) -> Money:
        return Money(self.amount.copy_abs(), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{self.text} {self.currency}"

    def _same(self, other: Money) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not add up")
        if other.currency != self.currency:
            raise OtherCurrency(f"{self.currency} and {other.currency}")
        return other.amount


def prorate(price: Money, start: int, end: int, total_days: int) -> Money:
    """The share of `price` for the days [start, end) of `total_days`, in whole minor units.

    A difference of rounded running totals, so that the shares of any split add up to the rounded price (M5, H14).
    Raises ValueError unless 0 <= start <= end <= total_days.

    >>> [prorate(Money(Decimal("10.00"), "USD"), day, day + 1, 3).text for day in range(3)]
    ['3.33', '3.34', '3.33']
    """
    if not 0 <= start <= end <= total_days or total_days < 1:
        raise ValueError("days run from 0 up to the whole period")
    return _running_total(price, end, total_days) - _running_total(price, start, total_days)


def check_currency(code: object, field: str = "/currency") -> str:
    """An ISO 4217 code of a currency in use. Raises Problem money.currency."""
    if not isinstance(code, str) or code not in currencies():
        raise Problem("money.currency", field=field, values={"value": str(code)[:20]})
    return code


def minor_digits(currency: str) -> int:
    """How many digits the currency has after its point: 2 for USD, 0 for JPY, 3 for KWD."""
    return _MINOR_UNITS.get(currency, 2)


@cache
def currencies() -> frozenset[str]:
    """The codes that are legal tender somewhere today."""
    by_territory = cast(
        "dict[str, list[tuple[str, object, object, bool]]]", get_global("territory_currencies")
    )
    return frozenset(
        code
        for known in by_territory.values()
        for code, _begin, end, is_tender in known
        if is_tender and not end
    )


def _running_total(price: Money, days: int, total_days: int) -> Money:
    # In fractions: thirds have no end as decimals, and a cut-off third could fall on the wrong side of a half.
    digits = minor_digits(price.currency)
    exact = Fraction(price.amount) * days / total_days * 10**digits
    units = int(abs(exact) + Fraction(1, 2))
    return Money.of_minor(units if exact >= 0 else -units, price.currency)


def _quantized(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _ROUNDING)


def _places(amount: Decimal) -> int:
    """Digits after the point, zeros at the end aside."""
    exponent = amount.normalize(_ROUNDING).as_tuple().exponent
    return max(0, -cast("int", exponent))

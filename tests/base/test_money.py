"""Money: exact sums, one rounding, shares that add up, and precise refusals."""

from __future__ import annotations

from decimal import Decimal, Inexact
from fractions import Fraction
from itertools import pairwise

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.money import RATE_PLACES, Money, OtherCurrency, currencies, minor_digits, prorate
from dialtone.base.problems import Problem

amounts = st.decimals(-(10**9), 10**9, places=8)


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


@pytest.mark.parametrize("amount", [9.99, True, "9.99", None, Fraction(1, 3)])
def test_made_of_decimals_only(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_never_infinite(amount: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        usd(amount)


@pytest.mark.parametrize("currency", ["usd", "US", "XXX", "DEM", ""])
def test_currencies_in_use_only(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(Decimal(1), currency)


def test_our_markets_currencies_are_known() -> None:
    assert {
        "USD",
        "CAD",
        "EUR",
        "GBP",
        "DKK",
        "NOK",
        "SEK",
        "JPY",
        "TWD",
        "AUD",
        "NZD",
        "CHF",
        "KWD",
    } <= currencies()
    assert [minor_digits(code) for code in ("USD", "JPY", "KWD", "CLF", "HUF", "IQD")] == [2, 0, 3, 4, 2, 3]


def test_currencies_do_not_mix() -> None:
    euro = Money(Decimal(1), "EUR")
    with pytest.raises(OtherCurrency):
        usd("1") + euro
    with pytest.raises(OtherCurrency):
        usd("1") < euro  # noqa: B015
    with pytest.raises(TypeError):
        usd("1") + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        usd("1") * 1.5  # type: ignore[operator]
    assert usd("1") != euro
    assert usd("1.0") == usd("1.00")
    assert hash(usd("1.0")) == hash(usd("1.00"))


@given(amounts, amounts, st.integers(-(10**6), 10**6))
def test_arithmetic_is_exact(one: Decimal, two: Decimal, count: int) -> None:
    first, second = Money(one, "USD"), Money(two, "USD")
    assert Fraction((first + second).amount) == Fraction(one) + Fraction(two)
    assert Fraction((first - second).amount) == Fraction(one) - Fraction(two)
    assert Fraction((count * first).amount) == Fraction(one) * count
    assert Fraction((first * two).amount) == Fraction(one) * Fraction(two)
    assert (first < second) == (one < two)


def test_what_would_not_be_exact_raises() -> None:
    with pytest.raises(Inexact):
        usd("0." + "1" * 60) * Decimal("0." + "3" * 60)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "USD", "0.01"),
        ("0.0049999", "USD", "0.00"),
        ("-0.005", "USD", "-0.01"),
        ("-0.004", "USD", "0.00"),
        ("2.675", "USD", "2.68"),
        ("10.5", "JPY", "11"),
        ("0.0005", "KWD", "0.001"),
    ],
)
def test_rounded_half_up_to_minor_units(amount: str, currency: str, rounded: str) -> None:
    assert Money(Decimal(amount), currency).rounded().text == rounded


def test_each_line_is_rounded_and_the_total_is_their_sum() -> None:
    lines = [usd("0.005").rounded() for _ in range(3)]
    assert Money.total(lines, "USD") == usd("0.03")
    assert Money.total([], "JPY") == Money.zero("JPY")


def test_every_split_of_a_month_adds_up() -> None:
    """The measurement 0.26 of the reliability page, with the method that has no exception."""
    price = usd("29.99")
    for days in (28, 29, 30, 31):
        for middle in range(days + 1):
            for later in range(middle, days + 1):
                parts = [prorate(price, *ends, days) for ends in pairwise((0, middle, later, days))]
                assert Money.total(parts, "USD") == price


@given(
    st.decimals(0, 10**6, places=4),
    st.integers(1, 366).flatmap(lambda total: st.tuples(st.just(total), *[st.integers(0, total)] * 3)),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_shares_add_up_and_lie_between_nothing_and_all(
    price: Decimal, days: tuple[int, int, int, int], currency: str
) -> None:
    total, *cuts = days
    first, second, third = sorted(cuts)
    money = Money(price, currency)
    whole = prorate(money, first, third, total)
    assert prorate(money, first, second, total) + prorate(money, second, third, total) == whole
    assert Money.zero(currency) <= whole <= money.rounded()
    assert prorate(money, 0, total, total) == money.rounded()
    assert whole == -prorate(-money, first, third, total)


@pytest.mark.parametrize("days", [(-1, 3, 31), (4, 3, 31), (0, 32, 31), (0, 0, 0)])
def test_impossible_days(days: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="days"):
        prorate(usd("1"), *days)


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("-1.00", "USD", "money.negative"),  # BAD-MON-01
        (9.99, "USD", "money.not_text"),
        (Decimal("9.99"), "USD", "money.not_text"),
        (None, "USD", "money.not_text"),
        ("1e400", "USD", "money.shape"),
        ("NaN", "USD", "money.shape"),
        ("Infinity", "USD", "money.shape"),
        ("9,99", "USD", "money.comma"),
        ("1,234.50", "USD", "money.comma"),
        ("1.234,50", "USD", "money.comma"),
        ("0.001", "USD", "money.whole_cents"),
        ("10.50", "JPY", "money.whole"),
        ("1.0001", "KWD", "money.too_fine"),
        ("1", "usd", "money.currency"),
        ("1", None, "money.currency"),
        ("1", ["USD"], "money.currency"),
        ("", "USD", "money.shape"),
        (" 1", "USD", "money.shape"),
        ("1\n", "USD", "money.shape"),
        ("+1", "USD", "money.shape"),
        (".5", "USD", "money.shape"),
        ("5.", "USD", "money.shape"),
        ("007", "USD", "money.shape"),
        ("1_000", "USD", "money.shape"),
        ("٩", "USD", "money.shape"),
        ("$9.99", "USD", "money.shape"),
        ("9" * 100_000, "USD", "money.too_large"),
        ("9" * 10_000 + ",", "USD", "money.shape"),
        ("1000000000000", "USD", "money.too_large"),
    ],
)
def test_texts_refused(text: object, currency: object, code: str) -> None:
    with pytest.raises(Problem) as refused:
        Money.from_text(text, currency, field="/price")
    problem = refused.value
    assert problem.code == code
    assert problem.field == ("/currency" if code == "money.currency" else "/price")
    assert problem.allowed_text()
    assert len(problem.sentence()) < 120


def test_texts_read() -> None:
    assert Money.from_text("9.99", "USD").minor == 999
    assert Money.from_text("1050", "JPY").minor == 1050
    assert Money.from_text("-5", "USD", negative=True) == usd("-5.00")
    assert Money.from_text("0.00012345", "USD", places=RATE_PLACES).text == "0.00012345"
    with pytest.raises(Problem, match=r"money\.zero"):
        Money.from_text("0.00", "USD", zero=False)


@given(st.integers(-(10**14), 10**14), st.sampled_from(["USD", "JPY", "KWD"]))
def test_json_and_minor_units_round_trip(units: int, currency: str) -> None:
    money = Money.of_minor(units, currency)
    assert money.minor == units
    if abs(money.amount) < 10**12:
        found = money.to_json()
        assert Money.from_text(found["amount"], found["currency"], negative=True) == money


def test_finer_amounts_have_no_minor_units() -> None:
    with pytest.raises(ValueError, match="minor units"):
        _ = usd("0.001").minor
    assert usd("-0.00").text == "0.00"


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (usd("1234.5"), "en", "$1,234.50"),
        (usd("-0.0125"), "en", "-$0.0125"),
        (Money(Decimal("1234.5"), "DKK"), "da", "1.234,50\u00a0kr."),
        (Money(Decimal(1050), "JPY"), "ja", "￥1,050"),
        (Money(Decimal("10.5"), "HUF"), "en", "HUF\u00a010.50"),
        (Money(Decimal(3), "TWD"), "zh-Hant", "$3.00"),
    ],
)
def test_formatted_by_the_readers_custom(money: Money, locale: str, shown: str) -> None:
    assert money.formatted(locale) == shown
    assert money.formatted(Locale.parse(locale.replace("-", "_"))) == shown

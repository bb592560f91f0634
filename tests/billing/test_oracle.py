"""T3: two hundred invoices in five currencies agree, to the smallest coin, with a second implementation that knows nothing of
ours, and with the file of what they came to when that was written (tests/golden/invoices.csv)."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dialtone.base.money import Money, minor_digits
from dialtone.billing import rules, taxes
from dialtone.billing.days import Days, Month
from dialtone.billing.facts import Usage
from dialtone.billing.rules import DatedPrice, Item
from dialtone.billing.taxes import Rule, Taxed, TaxTable
from tests.independent.one_invoice import worked_out

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "invoices.csv"
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "KWD")
COUNT = 200
EARLY = date(2020, 1, 1)


def cases() -> Iterator[tuple[str, Month, dict[str, Any]]]:
    """Two hundred customers, the same ones each time."""
    chance = random.Random(20261125)
    for at in range(COUNT):
        currency = CURRENCIES[at % len(CURRENCIES)]
        month = Month(chance.choice((2026, 2027, 2028)), chance.randint(1, 12))
        yield currency, month, _case(chance, currency, month)


def _case(chance: random.Random, currency: str, month: Month) -> dict[str, Any]:
    digits = minor_digits(currency)

    def day() -> date:
        return month.first + timedelta(days=chance.randint(-20, month.days + 5))

    def span() -> tuple[date, date | None]:
        begins = day()
        return begins, (begins + timedelta(days=chance.randint(1, 50)) if chance.random() < 0.4 else None)

    def price(most: int) -> str:
        return f"{Decimal(chance.randint(1, most * 10**digits)).scaleb(-digits):f}"

    def prices(most: int) -> list[tuple[date, str]]:
        found = [(EARLY, price(most))]
        if chance.random() < 0.4:
            found.append((month.first + timedelta(days=chance.randint(1, month.days - 1)), price(most)))
        return found

    trials = (
        [(EARLY, month.first + timedelta(days=chance.randint(0, month.days)))]
        if chance.random() < 0.2
        else []
    )
    numbers = [
        (*span(), chance.random() < 0.3, chance.random() < 0.4, f"+1212555{at:04d}")
        for at in range(chance.randint(0, 6))
    ]
    return {
        "digits": digits,
        "month": (month.first, month.next.first),
        "plans": [(*span(), chance.randint(1, 40)) for _ in range(chance.randint(0, 4))],
        "numbers": numbers,
        "trials": trials,
        "plan_prices": prices(40),
        "number_prices": prices(9),
        "setup": price(5) if chance.random() < 0.5 else "0",
        "calls": [
            f"{Decimal(chance.randint(1, 90_000_000)).scaleb(-6):f}" for _ in range(chance.randint(0, 5))
        ],
        "taxes": chance.sample(["5", "7", "8.1", "9.975", "19", "25.5"], chance.randint(0, 2)),
    }


def ours(currency: str, month: Month, case: dict[str, Any]) -> dict[str, Any]:
    """The same customer, by the rules of the product."""
    items = [
        Item(rules.PLAN, "licence", UUID(int=at), "plan", Days(begins, ends), rules.REQUESTED, units)
        for at, (begins, ends, units) in enumerate(case["plans"])
    ]
    for at, (begins, ends, is_main, is_ported, name) in enumerate(case["numbers"], 100):
        why = rules.PORTED if is_ported else rules.PROVISIONED
        items.append(
            Item(
                rules.NUMBER,
                "number",
                UUID(int=at),
                name,
                Days(begins, ends),
                why,
                main_on=(Days(begins, ends),) if is_main else (),
            )
        )
    told = {
        rules.PLAN: case["plan_prices"],
        rules.NUMBER: case["number_prices"],
        rules.SETUP: [(EARLY, case["setup"])],
    }
    lines = rules.lines(
        items,
        month,
        [Days(*each) for each in case["trials"]],
        lambda kind, _item: [
            DatedPrice(since, Money(Decimal(price), currency)) for since, price in told[kind]
        ],
        currency,
    )
    calls = [
        Usage(month.before, f"to {at}", None, "US", "", 1, 60, Decimal(exact), currency)
        for at, exact in enumerate(case["calls"])
    ]
    amounts = [line.amount for line in lines if line.amount] + [each.amount for each in calls]
    table = TaxTable(Rule("US", f"tax {each}", EARLY, percent=Decimal(each)) for each in case["taxes"])
    taxed = [Taxed(rules.PLAN, "US", "", amount, month.first) for amount in amounts]
    net = Money.total(amounts, currency)
    tax = Money.total((each.amount for each in table.taxes(taxed, currency)), currency)
    return {
        "lines": sorted(amount.minor for amount in amounts),
        "net": net.minor,
        "tax": tax.minor,
        "total": (net + tax).minor,
    }


@pytest.mark.req("M5", "M8", "BILL-02", "BILL-09")
def test_two_hundred_invoices_agree_to_the_smallest_coin() -> None:
    rows = ["case,currency,month,lines,net,tax,total"]
    charged = 0
    for at, (currency, month, case) in enumerate(cases()):
        found, expected = ours(currency, month, case), worked_out(case)
        assert found == expected, (at, case)
        charged += found["total"] > 0
        sums = ",".join(Money.of_minor(found[each], currency).text for each in ("net", "tax", "total"))
        rows.append(f"{at},{currency},{month},{len(found['lines'])},{sums}")
    assert charged > COUNT * 0.8
    text = "\n".join(rows) + "\n"
    if os.environ.get("DIALTONE_REWRITE"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


@pytest.mark.req("BILL-03")
def test_taxes_are_those_of_the_place_and_the_day() -> None:
    table = taxes._table(taxes.SHIPPED, 0, False)

    def named(country: str, region: str, on: date) -> list[tuple[str, str]]:
        return [(each.name, f"{each.percent}") for each in table.in_force(country, region, on)]

    today = date(2026, 11, 30)
    assert named("DK", "", today) == [("VAT", "25")]
    assert named("FI", "", date(2024, 8, 31)) == [("VAT", "24")]
    assert named("FI", "", date(2024, 9, 1)) == [("VAT", "25.5")]
    assert named("CA", "AB", today) == [("GST", "5")]
    assert named("CA", "ON", today) == [("HST", "13")]
    assert named("CA", "QC", today) == [("GST", "5"), ("QST", "9.975")]
    assert named("CA", "NS", today) == [("HST", "14")]
    assert named("US", "NY", today) == []
    hundred = Money(Decimal("100.05"), "CAD")
    found = table.taxes([Taxed("plan", "CA", "QC", hundred, today)], "CAD")
    assert [(each.name, each.amount.text) for each in found] == [("GST", "5.00"), ("QST", "9.98")]
    for wrong in (
        {"country": "DK", "name": "VAT", "from": today},
        {"country": False, "name": "x", "percent": "1", "from": today},
    ):
        with pytest.raises(ValueError, match="percent or each|text"):
            Rule.read(wrong)

"""What is charged from when: the cases of cases/*.yaml, and what must hold for any split and any price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.billing import rules
from dialtone.billing.days import Days, Month, cut, months
from dialtone.billing.rules import DatedPrice, Item

CASES = Path(__file__).parent / "cases"
EARLY = date(2020, 1, 1)


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=case["name"], marks=[pytest.mark.req(*case.get("proves", []))])
        for file in sorted(CASES.glob("*.yaml"))
        for case in yaml.safe_load(file.read_text())
    ]


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    currency = case.get("currency", "USD")
    items = [_plan(at, each) for at, each in enumerate(case.get("plans", []))]
    items += [_number(at, each) for at, each in enumerate(case.get("numbers", []), 100)]
    trial = case.get("trial")
    found = rules.lines(
        [each for each in items if each],
        Month.read(case["month"]),
        [Days(trial["from"], trial.get("to"))] if trial else [],
        lambda kind, _item: _dated(case["prices"].get(kind, []), currency),
        currency,
    )
    assert len(found) == len(case["invoice"]), found
    for line, expected in zip(found, case["invoice"], strict=True):
        told = {
            "what": line.kind,
            "from": line.days.start,
            "to": line.days.end,
            "amount": line.amount.text if line.amount else None,
            "why": line.item.why,
            "free": line.free,
        }
        assert {key: told[key] for key in expected} == expected
        assert line.free == expected.get("free", "")


def _plan(at: int, told: dict[str, Any]) -> Item | None:
    days, why = rules.plan_days(
        committed=told.get("committed", True),
        requested_on=told["requested"],
        ordered_at=told["ordered"],
        ended_at=told.get("until"),
        zone="UTC",
    )
    return days and Item(rules.PLAN, "licence", UUID(int=at), "outbound", days, why, told.get("units", 1))


def _number(at: int, told: dict[str, Any]) -> Item | None:
    days, why = rules.number_days(
        provisioned_at=told.get("provisioned"),
        until=told.get("until"),
        ported=told.get("ported", False),
        zone=told.get("zone", "UTC"),
    )
    main = told.get("main", False)
    return days and Item(
        rules.NUMBER, "number", UUID(int=at), told["number"], days, why, main_on=(days,) if main else ()
    )


def _dated(told: Any, currency: str) -> list[DatedPrice]:
    steps = [
        each if isinstance(each, dict) else {"amount": each}
        for each in ([told] if isinstance(told, str) else told)
    ]
    return [DatedPrice(each.get("from", EARLY), Money(Decimal(each["amount"]), currency)) for each in steps]


# The machine that runs this may be slow to draw: that is no fault of the rules.
unhurried = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
days_of_month = st.integers(0, 30)
amounts = st.decimals(0, 100_000, places=3)


@pytest.mark.req("BILL-09", "M5")
@unhurried
@given(
    price=amounts,
    units=st.integers(1, 1000),
    cuts=st.sets(days_of_month),
    currency=st.sampled_from(["USD", "EUR", "GBP", "JPY", "KWD"]),
)
def test_the_parts_of_any_split_add_up_to_the_whole(
    price: Decimal, units: int, cuts: set[int], currency: str
) -> None:
    month = Month(2026, 12)
    prices = [DatedPrice(EARLY, Money(price, currency))]

    def charged(spans: list[Days]) -> list[Money]:
        items = [
            Item(rules.PLAN, "licence", UUID(int=at), "x", span, rules.REQUESTED, units)
            for at, span in enumerate(spans)
        ]
        made = rules.lines(items, month, [], lambda _kind, _item: prices, currency)
        return [line.amount for line in made if line.amount]

    whole = charged([month.span])[0]
    parts = charged(cut(month.span, [month.first + timedelta(days=each) for each in cuts]))
    assert Money.total(parts, currency) == whole == (Money(price, currency) * units).rounded()
    assert all(Money.zero(currency) <= part <= whole for part in parts)


@pytest.mark.req("SMB-09")
@unhurried
@given(begins=days_of_month, ends=st.none() | days_of_month)
def test_no_day_is_both_charged_and_free(begins: int, ends: int | None) -> None:
    month = Month(2026, 12)
    first, second = Days(EARLY), _days(month, begins, ends)
    items = [
        Item(
            rules.NUMBER,
            "number",
            UUID(int=3),
            "+1212",
            Days(EARLY),
            rules.PROVISIONED,
            main_on=(Days(EARLY),),
        )
    ]
    for at, span in enumerate((first, second)):
        if span:
            items.append(Item(rules.PLAN, "licence", UUID(int=at), "x", span, rules.REQUESTED))
    prices = [DatedPrice(EARLY, Money(Decimal("31.00"), "USD"))]
    found = rules.lines(items, month, [], lambda _kind, _item: prices, "USD")
    number = [line for line in found if line.kind == rules.NUMBER]
    free = sum(line.day_count for line in number if line.free)
    assert sum(line.day_count for line in number) == 31
    assert Money.total((line.amount for line in number if line.amount), "USD").amount == 31 - free
    met = second.meet(month.span) if second else None
    assert free == ((met.end - met.start).days if met and met.end else 0)


def _days(month: Month, begins: int, ends: int | None) -> Days | None:
    start = month.first + timedelta(days=begins)
    end = month.first + timedelta(days=ends) if ends is not None else None
    return Days(start, end) if end is None or start < end else None


def test_a_price_that_begins_at_noon_holds_from_the_next_day() -> None:
    def told(amount: str, *at: int) -> tuple[datetime, Money, dict[str, Any]]:
        return datetime(*at, tzinfo=UTC), Money(Decimal(amount), "USD"), {}  # type: ignore[arg-type,misc]

    found = rules.price_days(
        [told("1", 2026, 11, 3, 12), told("2", 2026, 11, 5, 12), told("3", 2026, 12, 1)], "UTC"
    )
    assert [(each.from_on.isoformat(), each.money.text) for each in found] == [
        ("2026-11-03", "1.00"),
        ("2026-11-06", "2.00"),
        ("2026-12-01", "3.00"),
    ]


def test_months() -> None:
    november = Month.read("2026-11")
    assert [str(each) for each in months(november.before, november.next)] == ["2026-10", "2026-11", "2026-12"]
    assert not november.is_over(datetime(2026, 12, 1, 11, 59, tzinfo=UTC))
    assert november.is_over(datetime(2026, 12, 1, 12, tzinfo=UTC))
    for wrong in ("2026-13", "2026-1", "2026-11-01", "26-11", "", None, 202611, "0000-01"):
        with pytest.raises(Problem) as refused:
            Month.read(wrong)
        assert refused.value.code == "billing.month"

"""The price of one call, against an independent implementation with fractions, and the rules around it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialtone.rates import rules
from dialtone.rates.rules import PRICE_UNITS, Rate, Tariff
from tests.independent import one_call

EPOCH = 1_700_000_000 * 10**6


def rate(prefix: str, price: str = "0.10", **more: Any) -> Rate:
    told = {
        "destination": "",
        "connection_fee": 0,
        "first": 60,
        "following": 60,
        "from_us": EPOCH,
        "version": 1,
    }
    return Rate(row=prefix, prefix=prefix, per_minute=int(Decimal(price) * PRICE_UNITS), **{**told, **more})


def price(
    called: str, tariffs: list[Tariff], *, seconds: int = 60, at: int = EPOCH, kind: str = "INTERNATIONAL"
) -> Any:
    return rules.price_call(kind, called, seconds, at, tariffs)


ROW = st.builds(
    lambda prefix, per_minute, fee, first, following, after, ended: {
        "prefix": prefix,
        "per_minute": per_minute,
        "fee": fee,
        "first": first,
        "following": following,
        "from": EPOCH + after,
        "ended": ended,
    },
    st.text("01", min_size=1, max_size=4).map(lambda tail: "4" + tail),
    st.decimals(0, 3, places=8),
    st.decimals(0, 1, places=8),
    st.sampled_from([1, 6, 30, 60]),
    st.sampled_from([1, 6, 60]),
    st.integers(0, 10),
    st.booleans(),
)


@pytest.mark.req("BILL-10", "M6", "M8")
@settings(max_examples=500, deadline=None)
@given(
    st.lists(ROW, max_size=12, unique_by=lambda row: (row["prefix"], row["from"])),
    st.text("01", min_size=1, max_size=6),
    st.integers(0, 400),
    st.integers(-1, 12),
)
def test_a_call_costs_what_fractions_say(
    rows: list[dict[str, Any]], tail: str, seconds: int, after: int
) -> None:
    tariff = Tariff(
        Rate(
            row=str(place),
            prefix=row["prefix"],
            destination="",
            per_minute=int(row["per_minute"] * PRICE_UNITS),
            connection_fee=int(row["fee"] * PRICE_UNITS),
            first=row["first"],
            following=row["following"],
            from_us=row["from"],
            version=1,
            is_ended=row["ended"],
        )
        for place, row in enumerate(rows)
    )
    found = price("+4" + tail, [tariff], seconds=seconds, at=EPOCH + after)
    assert (found and found.amount) == one_call.cost(rows, "4" + tail, seconds, EPOCH + after)


@pytest.mark.req("M6")
def test_the_nearest_list_that_knows_the_destination_decides_and_nothing_is_free_for_want_of_a_price() -> (
    None
):
    own, house = Tariff([rate("44", "0.01")]), Tariff([rate("447", "0.20"), rate("1", "0.02")])
    assert price("+447700900000", [own, house]).amount == Decimal("0.01")
    assert price("+12125550123", [own, house]).amount == Decimal("0.02")
    assert price("+81355550123", [own, house]) is None
    assert price("+447700900000", [own], at=EPOCH - 1) is None


@pytest.mark.req("M6")
def test_the_price_in_force_at_the_start_holds_and_an_ended_prefix_falls_back() -> None:
    tariff = Tariff(
        [
            rate("44", "0.03"),
            rate("447", "0.10"),
            rate("447", "0.20", from_us=EPOCH + 10),
            rate("447", "0", from_us=EPOCH + 20, is_ended=True),
            rate("447", "0.30", from_us=EPOCH + 10, version=2),
        ]
    )
    costs = [price("+4471", [tariff], at=EPOCH + after).amount for after in (0, 9, 10, 19, 20)]
    assert costs == [Decimal(each) for each in ("0.10", "0.10", "0.30", "0.30", "0.03")]


@pytest.mark.req("M11")
def test_emergency_and_unanswered_calls_cost_nothing_whatever_the_list_says() -> None:
    tariff = Tariff([rate("1", "9.00", connection_fee=PRICE_UNITS), rate("911", "9.00")])
    for kind, reason in rules.FREE.items():
        found = price("+1911", [tariff], kind=kind)
        assert (found.basis, found.micros, found.rate) == (reason, 0, None)
    assert price("+1911", [tariff], seconds=0).basis == rules.UNANSWERED


def test_a_half_millionth_is_rounded_up_once() -> None:
    tariff = Tariff([rate("1", "0.00000150", first=1, following=1)])
    assert price("+1", [tariff], seconds=60).micros == 2  # 1.5
    assert price("+1", [tariff], seconds=20).micros == 1  # 0.5
    assert price("+1", [tariff], seconds=19).micros == 0


def test_large_changes_need_two_persons() -> None:
    needs = rules.needs_second_person
    assert not needs(existing=100, touched=5, largest_jump=Decimal("0.5"))
    assert needs(existing=100, touched=6, largest_jump=None)
    assert needs(existing=10_000, touched=1, largest_jump=Decimal("0.51"))
    assert not needs(existing=0, touched=170_000, largest_jump=None)
    assert rules.jump(Decimal(0), Decimal("0.01")) == 1

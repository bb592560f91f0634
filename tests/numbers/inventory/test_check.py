"""A list of numbers as somebody typed it, each entry answered by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.numbers.inventory import check, claims
from tests.plugins.world import START, World, as_customer


def checked(org: Any, text: str, country: str = "US") -> list[check.Checked]:
    with as_customer(org):
        return check.check(text, country=country, customer_id=org.id)


@pytest.mark.req("ORD-06", "SPK-16")
def test_each_entry_is_answered_by_itself(stocked: World) -> None:
    text = """2. (212) 555-0101, +1 212-555-0102; 1 212 555 0103 2125550104
        212.555.0101
        416 207 0000
        +44 20 7946 0000
        800 555 0100
        212 555 01
        1-800-FLOWERS
        (212) 999-0000"""
    answers = checked(stocked.alice, text)
    assert [(each.outcome, each.e164, each.problem and each.problem.code) for each in answers] == [
        ("available", "+12125550101", None),
        ("available", "+12125550102", None),
        ("available", "+12125550103", None),
        ("available", "+12125550104", None),
        ("twice", "+12125550101", "search.twice"),
        ("refused", "+14162070000", "search.wrong_country"),
        ("refused", "+442079460000", "search.wrong_country"),
        ("available", "+18005550100", None),
        ("refused", "", "phone.too_short"),
        ("refused", "", "phone.letters"),
        ("not_available", "+12129990000", "numbers.not_available"),
    ]
    assert answers[0].place["city"] == "New York"
    assert [each.problem.field for each in answers if each.problem] == [
        f"/numbers/{at}" for at in (4, 5, 6, 8, 9, 10)
    ]
    assert [(each.nearness, each.area_code) for each in answers[-1].alternatives] == [
        ("area_code", "212")
    ] * 3


@pytest.mark.req("ORD-06", "ORD-20")
def test_numbers_are_read_as_the_country_writes_them(stocked: World) -> None:
    answers = checked(stocked.alice, "020 7946 0000\n0330 123 0000, 0044 20 7946 0001\n+18005550100", "GB")
    assert [(each.outcome, each.e164) for each in answers] == [
        ("available", "+442079460000"),
        ("available", "+443301230000"),
        ("available", "+442079460001"),
        ("refused", "+18005550100"),
    ]
    answers = checked(stocked.alice, "1 888 231 0000, 416-207-0000", "CA")
    assert [each.outcome for each in answers] == ["available", "available"], "one stock of toll-free numbers"


@pytest.mark.req("ORD-01")
def test_taken_numbers_and_unknown_ones_are_answered_alike_and_own_ones_are_yours(stocked: World) -> None:
    held, owned, ageing, ended, mine = (f"+1212207000{nth}" for nth in range(5))
    unknown = "+12129990000"
    until = START + timedelta(minutes=30)
    with as_customer(stocked.bob):
        bob = stocked.bob.id
        claims.hold([held], customer_id=bob, reservation_id=uuid7(), until=until, now=START)
        claims.hold(
            [ended], customer_id=bob, reservation_id=uuid7(), until=START, now=START - timedelta(minutes=30)
        )
        claims.own([owned, ageing], customer_id=bob, reservation_id=None, order_id=uuid7(), now=START)
        claims.release([ageing], customer_id=bob, until=START + timedelta(days=45), now=START)
    with as_customer(stocked.alice):
        claims.hold([mine], customer_id=stocked.alice.id, reservation_id=uuid7(), until=until, now=START)
    answers = checked(stocked.alice, "\n".join([held, owned, ageing, unknown, ended, mine]))
    assert [each.outcome for each in answers] == ["not_available"] * 4 + ["available", "yours"]
    assert {each.problem and each.problem.code for each in answers[:4]} == {"numbers.not_available"}
    assert not any(each.place for each in answers[:4])
    assert [each.outcome for each in checked(stocked.bob, f"{held} {owned} {ageing}")] == [
        "yours",
        "yours",
        "available",
    ]


def test_lists_without_end_are_refused(stocked: World) -> None:
    with pytest.raises(Problem, match=r"search\.nothing_typed"):
        checked(stocked.alice, " ,\n; ")
    with pytest.raises(Problem, match=r"search\.too_many"):
        checked(stocked.alice, "\n".join(f"+1212555{nth:04}" for nth in range(1001)))


def test_nobody_asks_for_another_customer(stocked: World) -> None:
    with (
        as_customer(stocked.alice),
        pytest.raises(DatabaseError, match="another customer"),
        transaction.atomic(),
    ):
        check.check("+12125550101", country="US", customer_id=stocked.bob.id)

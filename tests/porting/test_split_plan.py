"""Every number lands in exactly one order; one date for all where possible."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from dialtone.porting.split_plan import Listed, Part, plan

MONDAY = date(2026, 11, 2)


def us(last: int, carrier: str = "hudson", **more: str) -> Listed:
    return Listed(f"+1212731{last:04}", "US", carrier=carrier, **more)


@pytest.mark.req("PORT-07")
def test_toll_free_numbers_go_by_themselves() -> None:
    made = plan([us(100), Listed("+18887310100", "US", "toll_free", "registry"), us(101)], most=5000)
    assert [(part.numbers, part.kind) for part in made.parts] == [
        (("+12127310100", "+12127310101"), "standard"),
        (("+18887310100",), "toll_free"),
    ]


@pytest.mark.req("ERR-06")
def test_carriers_and_billing_numbers_set_orders_apart() -> None:
    listed = [us(1), us(2, "lakeshore"), us(3, billing_number="+12127310003"), us(4)]
    assert [(part.numbers, part.why) for part in plan(listed, most=5000).parts] == [
        (("+12127310001", "+12127310004"), ()),
        (("+12127310002",), ("carrier",)),
        (("+12127310003",), ("billing_number",)),
    ]


def test_a_carrier_that_takes_few_at_once_gets_several_orders() -> None:
    made = plan([us(n) for n in range(120)], most=5000, most_of={"hudson": 50})
    assert [len(part.numbers) for part in made.parts] == [50, 50, 20]
    assert [part.why for part in made.parts] == [(), ("size",), ("size",)]


@pytest.mark.req("PORT-41")
def test_a_block_of_two_operators_is_one_mixed_operator_port_where_the_country_knows_it() -> None:
    listed = [us(n, "a" if n < 5 else "b") for n in range(10)] + [us(500, "b")]
    mixed = plan(listed, most=5000, mixes_operators=True)
    assert [(len(part.numbers), part.port_type, part.carriers) for part in mixed.parts] == [
        (10, "mixed_operator", ("a", "b")),
        (1, "", ("b",)),
    ]
    assert [len(part.numbers) for part in plan(listed, most=5000).parts] == [5, 6]


def test_every_number_lands_in_exactly_one_order() -> None:
    dice = random.Random(7)
    for _again in range(200):
        listed = [
            us(
                n,
                dice.choice("abc"),
                billing_number=dice.choice(["", "+12127319999"]),
                line_type=dice.choice(["", "x"]),
            )
            for n in dice.sample(range(9000), dice.randint(0, 60))
        ]
        made = plan(listed, most=dice.randint(1, 30), mixes_operators=dice.random() > 0.5)
        landed = [number for part in made.parts for number in part.numbers]
        assert sorted(landed) == sorted(each.e164 for each in listed)


def test_one_day_for_all_where_all_can_and_each_its_own_where_not() -> None:
    def first_day(part: Part) -> date:
        return MONDAY + timedelta(days=2 if part.carriers == ("slow",) else 0)

    def weekday(part: Part, day: date) -> bool:
        return day.weekday() < 5

    listed = [us(1), us(2, "slow")]
    made = plan(listed, most=10, first_day=first_day, is_possible=weekday)
    assert made.common_day == MONDAY + timedelta(days=2)
    assert {part.day for part in made.parts} == {made.common_day}

    def never_together(part: Part, day: date) -> bool:
        return (day.day % 2 == 0) == (part.carriers == ("slow",))

    apart = plan(listed, most=10, first_day=first_day, is_possible=never_together)
    assert apart.common_day is None
    assert [part.day for part in apart.parts] == [MONDAY, MONDAY + timedelta(days=2)]

"""The ranges that the sandbox ships: up to date, without a fault, and with numbers where people look for them."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from dialtone.base.address import states
from dialtone.numbers.inventory import ranges
from dialtone.numbers.inventory.engine import Inventory, Place, Runs
from dialtone.numbers.inventory.query import Query
from tools import sandbox_ranges


@pytest.fixture(scope="module")
def plans() -> dict[str, ranges.Plan]:
    return {file.stem: ranges.plan(file.read_bytes()) for file in sandbox_ranges.TARGET.glob("*.csv")}


@pytest.fixture(scope="module")
def inventory(plans: dict[str, ranges.Plan]) -> Inventory:
    places, area, first, last = [], [], [], []
    for plan in plans.values():
        base = len(places)
        for nth, key in enumerate(plan.areas):
            code = "44" if key.country == "GB" else "1"
            places.append(Place(base + nth, *key, True, code))
        area.append(plan.area + base)
        first.append(plan.first)
        last.append(plan.last)
    return Inventory(places, Runs(*(np.concatenate(column) for column in (area, first, last))))


def test_the_files_are_what_the_tool_writes() -> None:
    for name, text in sandbox_ranges.files().items():
        assert (sandbox_ranges.TARGET / name).read_text() == text, (
            f"run python -m tools.sandbox_ranges: {name}"
        )


def test_no_row_is_bad_and_none_lies_over_another(plans: dict[str, ranges.Plan]) -> None:
    assert set(plans) == {"us", "ca", "gb"}
    for plan in plans.values():
        assert (plan.bad, plan.overlaps) == ([], [])


@pytest.mark.req("ORD-06", "ORD-13", "ORD-20", "ORD-21", "ORD-27")
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (Query(country="US", area_code="212", city="New York", state="NY"), 5000),
        (Query(country="US", area_code="646", city="New York"), 5000),
        (Query(country="US", area_code="312", city="Chicago", state="IL"), 5000),
        (Query(country="US", area_code="415", city="San Francisco", state="CA"), 1000),
        (Query(country="US", area_code="213", city="Los Angeles"), 5000),
        (Query(country="US", area_code="202", state="DC"), 5000),
        (Query(country="CA", area_code="416", city="Toronto", state="ON"), 5000),
        (Query(country="CA", area_code="604", city="Vancouver", state="BC"), 500),
        (Query(country="CA", area_code="514", city="montreal", state="QC"), 3000),
        (Query(country="GB", area_code="20", city="London"), 8000),
        (Query(country="GB", area_code="161", city="Manchester"), 3000),
        (Query(country="GB", area_code="131", city="Edinburgh"), 3000),
        (Query(country="GB", kind="non_geographic", area_code="330"), 1000),
        *(
            (Query(country="US", kind="toll_free", area_code=code), 20_000)
            for code in ("800", "833", "844", "855", "866", "877", "888")
        ),
    ],
)
def test_places_that_people_try_have_numbers_and_blocks(
    inventory: Inventory, query: Query, numbers: int
) -> None:
    assert inventory.search(query).total >= numbers
    for size in (10, 50, 100):
        assert inventory.search(replace(query, run=size)).total > 0


def test_every_area_code_has_a_block_of_a_hundred(inventory: Inventory) -> None:
    codes = {(place.country, place.area_code) for place in inventory.places if place.kind == "standard"}
    without = [
        (country, code)
        for country, code in sorted(codes)
        if not inventory.search(Query(country=country, kind="standard", area_code=code, run=100)).total
    ]
    assert without == []
    assert len({code for country, code in codes if country == "US"}) > 340


def test_every_state_and_province_has_numbers(inventory: Inventory) -> None:
    have = {(place.country, place.state) for place in inventory.places}
    missing = [
        (country, code)
        for country in ("US", "CA")
        for code, _name in states(country)
        if (country, code) not in have
    ]
    military_and_islands = {"AA", "AE", "AP", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI", "UM"}
    assert [each for each in missing if each[1] not in military_and_islands] == []

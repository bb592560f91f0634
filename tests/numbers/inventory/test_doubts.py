"""What is allowed in a delivery and looks wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.numbers.inventory import doubts, packing, ranges
from dialtone.numbers.inventory.ranges import AreaKey, Delivered, Doubt

HEADER = "first,last,country,state,area_code,city,rate_center,kind,carrier\n"
HERE = AreaKey("US", "standard", "NY", "212", "New York", "", "one")
KNOWN = Delivered([HERE], np.array([0]), np.array([12122070000]), np.array([12122070500]))


def found(*rows: str, known: Delivered = KNOWN, simulated: bool = True) -> list[Doubt]:
    plan = ranges.plan((HEADER + "".join(f"{row}\n" for row in rows)).encode(), known)
    assert plan.bad == []
    return doubts.doubts(plan, known, simulated=simulated)


@pytest.mark.parametrize(
    ("row", "doubt"),
    [
        ("12122080000,12122080099,US,NY,212,New York,,local,one", None),
        ("12122080000,12122080099,US,NX,212,New York,,local,one", Doubt("state_unknown", "212, New York, NX, US", 100, "NX")),
        ("12122080000,12122080099,US,,212,New York,,local,one", Doubt("state_missing", "212, New York, US", 100)),
        ("12122080000,12122080099,US,NJ,212,New York,,local,one", Doubt("state_differs", "212, New York, NJ, US", 100, "NY")),
        ("12122080000,12122080099,US,NY,212,NEW  YORK,,local,one", Doubt("city_spelled", "212, NEW YORK, NY, US", 100, "New York")),
        ("12122080000,12122080099,US,NY,212,New York,,local,two", Doubt("carrier_new", "two", 100)),
        ("12122080000,12122089999,US,NY,212,New York,,local,one", Doubt("growth", "US", 10_000, "500")),
        ("18002000000,18005109999,US,,800,,,toll_free,one", Doubt("range_large", "+18002000000", 3_110_000, "+18005109999")),
        ("442079460000,442079460099,GB,,20,London,,local,one", None),
    ],
)  # fmt: skip
def test_each_doubt_names_the_place_and_how_many_numbers(row: str, doubt: Doubt | None) -> None:
    told = found(row)
    assert (doubt in told) if doubt else not told


def test_fictional_numbers_are_for_simulated_installations() -> None:
    row = "12125550090,12125550149,US,NY,212,New York,,local,one"
    assert found(row) == []
    assert found(row, simulated=False) == [Doubt("fictional", "", 50)]


def test_numbers_of_another_place_stay_there_and_are_told() -> None:
    told = found("12122070400,12122070599,US,NY,212,Yonkers,,local,one")
    assert Doubt("elsewhere", "", 100) in told


def test_a_first_delivery_raises_no_doubts_about_what_was_before() -> None:
    rows = [
        "12122080000,12122089999,US,NY,212,New York,,local,one",
        "13122070000,13122070099,US,IL,312,Chicago,,local,two",
    ]
    assert found(*rows, known=ranges.NOTHING) == []


@given(
    st.lists(
        st.tuples(st.integers(10**6, 10**15), st.integers(1, 10**7), st.integers(0, 2)),
        max_size=30,
        unique_by=lambda x: x[0],
    )
)
def test_packed_spans_come_back(spans: list[tuple[int, int, int]]) -> None:
    areas = [HERE, HERE._replace(city="Zürich, \N{SNOWMAN}"), HERE._replace(carrier="two")]
    columns = np.array(spans, np.int64).reshape(-1, 3)
    first, last, area = columns[:, 0], columns[:, 0] + columns[:, 1], columns[:, 2]
    back_areas, back_area, back_first, back_last = packing.unpack(packing.pack(areas, area, first, last))
    back = list(
        zip(back_first.tolist(), back_last.tolist(), [back_areas[each] for each in back_area], strict=True)
    )
    assert back == sorted(zip(first.tolist(), last.tolist(), [areas[each] for each in area], strict=True))

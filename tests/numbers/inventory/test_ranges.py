"""Files of ranges: what is new, what is not, and what is wrong with which line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialtone.numbers.inventory import ranges
from dialtone.numbers.inventory.ranges import AreaKey, BadRow, Delivered, Overlap, Unreadable

HEADER = "first,last,country,state,area_code,city,rate_center,kind,carrier\n"


def planned(*rows: str, header: str = HEADER, **more: object) -> ranges.Plan:
    return ranges.plan((header + "".join(f"{row}\n" for row in rows)).encode(), **more)  # type: ignore[arg-type]


def ny(first: int, last: int, city: str = "New York") -> str:
    return f"{first},{last},US,NY,212,{city},NWYRCYZN01,local,one"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("12122070000,12122069999,US,NY,212,,,local,", "last", "ends_before_it_begins"),
        ("12122070000,1212207999,US,NY,212,,,local,", "last", "other_length"),
        ("12122000000,12132999999,US,NY,,,,toll_free,", "last", "range_too_large"),
        ("12122070000,x,US,NY,212,,,local,", "last", "not_e164"),
        (",,US,NY,212,,,local,", "first", "missing"),
        ("911,911,US,NY,212,,,local,", "first", "emergency_number"),
        ("+44999,,GB,,20,,,local,", "first", "emergency_number"),
        ("1411,,US,NY,212,,,local,", "first", "short_number"),
        ("19002070000,19002070999,US,NY,900,,,local,", "first", "premium_number"),
        ("449098790000,449098790999,GB,,,,,non_geographic,", "first", "premium_number"),
        ("14162070000,14162070999,US,NY,416,,,local,", "first", "other_country"),
        ("442079460000,442079460999,US,NY,212,,,local,", "first", "other_country"),
        ("13122070000,13122070999,US,NY,212,,,local,", "first", "other_area_code"),
        ("12122070000,13122070000,US,NY,212,,,local,", "last", "range_too_large"),
        ("12129990000,12130000000,US,NY,212,,,local,", "last", "other_area_code"),
        ("12121110000,12121110999,US,NY,212,,,local,", "first", "not_in_number_plan"),
        ("12122070000,12122070999,US,NY,212,,,toll_free,", "first", "other_kind"),
        ("18002070000,18002070999,US,,800,,,local,", "first", "other_kind"),
        ("1212207000,1212207099,US,NY,212,,,local,", "first", "wrong_length"),
        ("12122070000,12122070999,XX,NY,212,,,local,", "country", "unknown_country"),
        ("12122070000,12122070999,,NY,212,,,local,", "country", "missing"),
        ("12122070000,12122070999,US,NY,212,,,satellite,", "kind", "unknown_kind"),
        ("12122070000,12122070999,US,NY,2I2,,,local,", "area_code", "not_digits"),
        ("12122070000,12122070999,US,NY,,,,local,", "area_code", "missing"),
        ("12122070000,12122070999,US,NY,212," + "x" * 81 + ",,local,", "city", "too_long"),
        ("12122070000,12122070999,US,NY,212,New\x07York,,local,", "city", "control_character"),
        ("12122070000,12122070999,US,NY,212,,,local", "", "cells_missing"),
        ("12122070000,12122070999,US,NY,212,,,local,,more", "", "cells_too_many"),
    ],
)
def test_a_bad_row_is_named_by_line_column_and_reason(row: str, column: str, reason: str) -> None:
    plan = planned(ny(12122080000, 12122080099), row, ny(12122090000, 12122090099))
    assert plan.new == 200, "the good rows stay good"
    assert [(bad.line, bad.column, bad.reason) for bad in plan.bad] == [(3, column, reason)]
    assert plan.bad_rows == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "inventory.empty"),
        (b" \n\n", "inventory.empty"),
        (HEADER.encode(), "inventory.no_rows"),
        (b"first,country,kind\n1,US,local\n", "inventory.column_missing"),
        (b"number,kind\n12122070000,local\n", "inventory.column_missing"),
        (b"number,country,kind,colour\n12122070000,US,local,red\n", "inventory.column_unknown"),
        (b"number,country,kind,kind\n12122070000,US,local,local\n", "inventory.column_unknown"),
        (b"PK\x03\x04number,country,kind", "inventory.not_csv"),
        (b"number,country,kind\n\x00\x00\x00", "inventory.not_csv"),
        (
            HEADER.encode() + b'12122070000,12122070999,US,NY,212,"New\n' + b"x\n" * 1000,
            "inventory.open_quote",
        ),
        (HEADER.encode() + b'1,2,US,NY,212,"New\nYork",,local,\n', "inventory.open_quote"),
        (HEADER.encode() + b"1" * 1_000_000, "inventory.not_csv"),
        (b"1" * 30_000_000, "inventory.not_csv"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        ranges.plan(content)
    assert refused.value.code == code


def test_the_line_of_an_open_quote_is_named() -> None:
    with pytest.raises(Unreadable) as refused:
        planned(ny(12122080000, 12122080099), '12122070000,,US,NY,212,"New', ny(12122090000, 12122090099))
    assert refused.value.values == {"line": 3}


def test_numbers_are_read_as_carriers_write_them() -> None:
    plan = ranges.plan(
        b"\xef\xbb\xbf# delivered in July\r\nNumber;Country;Kind;Area_Code;City\r\n"
        b"+1 (212) 207-0000;us;Local;212;New York\r\n\r\n12122070001;US;standard;212; New  York \r\n"
    )
    assert (plan.new, plan.bad_rows, plan.separator, plan.encoding) == (2, 0, ";", "utf-8")
    assert plan.areas == [AreaKey("US", "standard", "", "212", "New York", "", "sandbox")]
    latin = ranges.plan(
        "number\tcountry\tkind\tarea_code\tcity\n15142070000\tCA\tlocal\t514\tMontréal\n".encode("cp1252")
    )
    assert (latin.areas[0].city, latin.encoding, latin.separator) == ("Montréal", "windows-1252", "\t")
    wide = ranges.plan("number,country,kind,area_code\n442079460000,GB,local,020\n".encode("utf-16"))
    assert (wide.new, wide.areas[0].area_code) == (1, "20")


def test_overlaps_are_shown_with_both_lines_and_counted_once() -> None:
    plan = planned(
        ny(12122080000, 12122080099),
        ny(12122080050, 12122080149),
        ny(12122080000, 12122080099),
        ny(12122080090, 12122080199, city="Yonkers"),
    )
    assert plan.new == 200
    assert plan.duplicates == 1
    assert sorted(plan.overlaps) == [
        Overlap(3, 2, 12122080050, 12122080100, True),
        Overlap(4, 2, 12122080000, 12122080100, True),
        Overlap(5, 2, 12122080090, 12122080100, False),
        Overlap(5, 3, 12122080100, 12122080150, False),
    ]
    assert plan.twice == 50 + 100 + 10 + 50
    assert {area.city: count for area, count in plan.by_area()} == {"New York": 150, "Yonkers": 50}


def test_what_was_delivered_before_stays_where_it_is() -> None:
    here = AreaKey("US", "standard", "NY", "212", "New York", "NWYRCYZN01", "one")
    there = here._replace(city="Yonkers")
    known = Delivered(
        [here, there], np.array([0, 0, 1]), np.array([12122080000, 12122090000, 12122095000]),
        np.array([12122090000, 12122090010, 12122095010]), loads=4,
    )  # fmt: skip
    plan = planned(ny(12122089990, 12122090019), ny(12122095000, 12122095019), known=known)
    assert (plan.new, plan.already, plan.elsewhere, plan.loads) == (20, 20, 10, 4)
    again = Delivered(plan.areas, plan.area, plan.first, plan.last)
    assert planned(ny(12122090010, 12122090019), ny(12122095010, 12122095019), known=again).new == 0


def test_toll_free_numbers_of_canada_lie_in_the_common_stock() -> None:
    plan = planned("18002070000,18002070099,CA,,800,,,toll_free,one")
    assert plan.areas[0].country == "US"


pieces = st.tuples(st.integers(0, 300), st.integers(1, 40), st.sampled_from(["New York", "Yonkers"]))


@settings(max_examples=150, deadline=None)
@given(before=st.lists(pieces, max_size=8), rows=st.lists(pieces, min_size=1, max_size=25))
def test_every_number_goes_to_the_first_line_that_names_it(
    before: list[tuple[int, int, str]], rows: list[tuple[int, int, str]]
) -> None:
    base, owner = 12122080000, dict[int, str]()
    for start, size, city in before:
        for number in range(base + start, base + start + size):
            owner.setdefault(number, city)
    delivered = dict(owner)
    first_plan = (
        planned(*(ny(base + start, base + start + size - 1, city) for start, size, city in before))
        if before
        else None
    )
    known = (
        Delivered(first_plan.areas, first_plan.area, first_plan.first, first_plan.last)
        if first_plan
        else ranges.NOTHING
    )
    plan = planned(
        *(ny(base + start, base + start + size - 1, city) for start, size, city in rows), known=known
    )
    for start, size, city in rows:
        for number in range(base + start, base + start + size):
            owner.setdefault(number, city)
    got = {
        number: plan.areas[area].city
        for area, first, last in zip(plan.area.tolist(), plan.first.tolist(), plan.last.tolist(), strict=True)
        for number in range(first, last)
    }
    assert got == {number: city for number, city in owner.items() if number not in delivered}
    assert plan.new == len(got)
    total = sum(size for _, size, _ in rows)
    assert plan.new + plan.already + plan.elsewhere + plan.twice == total


def test_bad_rows_are_listed_up_to_a_limit_and_counted_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "MOST_LISTED", 3)
    plan = planned(*(["x,,US,NY,212,,,local,"] * 10), ny(12122080000, 12122080000))
    assert (len(plan.bad), plan.bad_rows, plan.new) == (3, 10, 1)
    assert isinstance(plan.bad[0], BadRow)


def test_progress_tells_how_far_and_how_long() -> None:
    told: list[ranges.Progress] = []
    planned(
        *(ny(12122000000 + 10 * step, 12122000000 + 10 * step + 9) for step in range(45_000)),
        progress=told.append,
    )
    assert [each.rows for each in told] == [20_000, 40_000]
    assert all(each.total >= 45_000 and each.rate > 0 and each.left >= 0 for each in told)

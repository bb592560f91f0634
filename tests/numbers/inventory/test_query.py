"""What a search may ask for."""

from __future__ import annotations

import pytest

from dialtone.numbers.inventory.query import Cursor, Query, faults, keyed


@pytest.mark.req("ORD-06")
@pytest.mark.parametrize(
    "pattern", ["%", "_", "777%", "55 5", "+1", "-", "٣٤", "ß", "x" * 11, "???", "*", "a\x00"]
)
def test_a_pattern_that_is_no_digits_or_letters_is_refused(pattern: str) -> None:
    for name in ("contains", "ends_with", "prefix", "exchange"):
        assert [fault.code for fault in faults(Query(**{name: pattern}))] == ["search.pattern"]


def test_letters_are_read_as_on_a_keypad() -> None:
    assert keyed("FLOWERS") == (3, 5, 6, 9, 3, 7, 7)
    assert keyed("pqrs?wxyz") == (7, 7, 7, 7, -1, 9, 9, 9, 9)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (Query(limit=1_000_000), "search.page"),
        (Query(limit=0), "search.page"),
        (Query(run=101), "search.run"),
        (Query(run=0), "search.run"),
        (Query(run=10, ends_with="0"), "search.pattern_with_run"),
    ],
)
def test_limits(query: Query, code: str) -> None:
    assert [fault.code for fault in faults(query)] == [code]


@pytest.mark.parametrize(
    "text", ["", "7", "7-", "-5", "7-5-3", "7-x", "-7-5", "99999999999-1", "1-9999999999999999", "٣-٤"]
)
def test_a_cursor_of_somebody_else_is_none(text: str) -> None:
    assert Cursor.read(text) is None


def test_a_cursor_reads_back() -> None:
    assert Cursor.read(str(Cursor(7, 12125550101))) == Cursor(7, 12125550101)

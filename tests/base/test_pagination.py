"""Pages: honest cursors only, and sizes within reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.pagination import PageRequest, decode, encode, page_of
from dialtone.base.problems import Problem

SECRET = b"s" * 32
keys = st.lists(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=20)
    | st.uuids()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC)),
    max_size=4,
)


def read(query: dict[str, str]) -> PageRequest:
    return PageRequest.read(query, secret=SECRET, listing="numbers by e164")


def refused(query: dict[str, str]) -> str:
    with pytest.raises(Problem) as caught:
        read(query)
    assert caught.value.status == 422
    return caught.value.code


@given(keys)
def test_keys_come_back_as_they_were(key: list[object]) -> None:
    text = encode(key, secret=SECRET, listing="x")  # type: ignore[arg-type]
    assert list(decode(text, secret=SECRET, listing="x")) == key
    assert not set(text) & set("+/=&?# ")


def test_cursor_of_another_list_secret_or_hand_is_refused() -> None:
    text = encode(["+12125550101"], secret=SECRET, listing="numbers by e164")
    assert read({"cursor": text}).after == ("+12125550101",)
    other = encode(["+12125550101"], secret=SECRET, listing="people by name")
    forged = encode(["+12125550101"], secret=b"t" * 32, listing="numbers by e164")
    changed = text[:-3] + ("AAA" if text[-3:] != "AAA" else "BBB")
    for bad in (other, forged, changed, "x", "é", "A" * 5000, "====", text + "!" * 3 + "A"):
        assert refused({"cursor": bad}) == "page.cursor"


@given(st.text(max_size=100))
def test_no_text_makes_it_fall(text: str) -> None:
    with pytest.raises(Problem):
        decode(text, secret=SECRET, listing="x")


def test_sizes() -> None:
    assert read({}) == PageRequest(100, 0, None)
    assert read({"max": "1000", "start": "0", "cursor": ""}) == PageRequest(1000, 0, None)
    assert read({"max": "1", "start": "20"}) == PageRequest(1, 20, None)
    for text in ("0", "1001", "-1", "ten", "1.5", "1e3", "٣", "9" * 40):
        assert refused({"max": text}) == "page.size"
    for text in ("-1", "x", "99999999999", "9" * 4000):
        assert refused({"start": text}) == "page.start"
    cursor = encode([1], secret=SECRET, listing="numbers by e164")
    assert refused({"start": "5", "cursor": cursor}) == "page.both"


def test_walking_all_pages_sees_every_row_once() -> None:
    every = [(f"name {index // 3:02}", index) for index in range(100)]
    seen: list[tuple[str, int]] = []
    query: dict[str, str] = {"max": "7"}
    while True:
        request = read(query)
        rest = [row for row in every if request.after is None or row > request.after]  # type: ignore[operator]
        page = page_of(
            rest[: request.size + 1], request.size, lambda row: row, secret=SECRET, listing="numbers by e164"
        )
        seen += page.rows
        if not page.next_cursor:
            break
        query = {"max": "7", "cursor": page.next_cursor}
    assert seen == every


def test_kinds_of_keys() -> None:
    key = [datetime(2026, 11, 24, 8, 0, 0, 123456, tzinfo=UTC), date(2026, 11, 24), UUID(int=7)]
    assert decode(encode(key, secret=SECRET, listing="x"), secret=SECRET, listing="x") == tuple(key)

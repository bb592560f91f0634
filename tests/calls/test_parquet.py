"""Parquet as another spelling of the same file of records; hostile ones refused, whatever they do to their reader."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as arrow
import pytest
from pyarrow import parquet as writer

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.calls import parquet, queries
from dialtone.calls.models import ParkedRow
from dialtone.calls.take_in import FIELDS, take_in, try_again
from tests.calls.test_ask import NUMBER, number
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["number"]


def file(table: Any, **told: Any) -> bytes:
    out = io.BytesIO()
    writer.write_table(table, out, **told)
    return out.getvalue()


def calls(*called: str, seconds: Any = 60) -> Any:
    """Calls of Alice's number, one a minute, in the types that exporters use."""
    begun = [START + timedelta(minutes=10 + index) for index in range(len(called))]
    return arrow.table(
        {
            "Call ID": arrow.array([str(index) for index in range(len(called))]).dictionary_encode(),
            "startTime": arrow.array(begun, arrow.timestamp("ns", "UTC")),
            "answered": arrow.array([True] * len(called)),
            "duration": arrow.array([seconds] * len(called)),
            "calling_number": [NUMBER] * len(called),
            "calledNumber": list(called),
            "vendor": [{"nested": index} for index in range(len(called))],
        }
    )


def taken(content: bytes) -> Any:
    with as_operator(), clock.frozen(START + timedelta(days=1)):
        return take_in(content, source="carrier", name="calls.parquet")


def test_rows_go_in_once_and_bad_ones_wait_with_their_place(stocked: World, number: str) -> None:
    table = calls("+13125550123", "911", "sip:nobody", "x" * 100_000, "+442079460000")
    content = file(table, row_group_size=2, compression="zstd")
    first, again = taken(content), taken(content)
    assert first.id == again.id
    assert (first.rows, first.new, first.parked) == (5, 3, 2)
    more = taken(file(table.slice(0, 2)))
    assert (more.new, more.known) == (0, 2)
    with as_customer(stocked.alice):
        found = {each.call_id: each for each in queries.records(queries.CallFilter())}
        assert [found[each].call_type for each in "014"] == ["NATIONAL", "EMERGENCY", "INTERNATIONAL"]
        assert (found["0"].started_at, found["0"].seconds) == (START + timedelta(minutes=10), 60)
    with as_operator(), clock.frozen(START + timedelta(days=1)):
        wait = list(queries.parked())
        assert [(row.line, row.code) for row in wait] == [(3, "records.called"), (4, "records.called")]
        row = wait[0]
        row.cells["called"] = "+13125550199"
        row.save()
        assert try_again([row.id]) == 1
        assert ParkedRow.objects.filter(settled_at=None).count() == 1


def spoilt() -> bytes:
    content = file(calls("911"))
    return content[: len(content) // 2] + b"\xff" * 200 + content[len(content) // 2 + 200 :]


def bomb() -> bytes:
    """Sixty kilobytes that are half a gigabyte."""
    table = arrow.table({"call_id": arrow.array(["0" * 1_000_000] * 500)})
    return file(table, compression="zstd", use_dictionary=False)


def crowded() -> bytes:
    return file(arrow.table({f"column {index}": [1] for index in range(parquet.MOST_COLUMNS + 1)}))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PAR1" + b"\0" * 50 + b"PAR1", "records.parquet_unreadable"),
        (spoilt(), "records.parquet_unreadable"),
        (bomb(), "records.parquet_limits"),
        (crowded(), "records.parquet_limits"),
        (file(arrow.table({"call_id": ["1"], "start": [{"at": 1}]})), "records.file_columns"),
    ],
    ids=["no footer", "spoilt", "bomb", "crowded", "nested"],
)
def test_hostile_files_are_refused_whole(world: World, content: bytes, code: str) -> None:
    with as_operator(), pytest.raises(Problem) as refusal:
        take_in(content, source="carrier")
    assert refusal.value.code == code
    assert refusal.value.sentence()


def test_an_empty_file_with_its_columns_is_no_refusal() -> None:
    assert list(parquet.rows(file(calls("911").slice(0, 0)), FIELDS)) == []


def test_a_long_text_that_a_million_rows_name_is_held_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a megabyte of dictionary behind rows that would be five gigabytes of text."""
    words = arrow.DictionaryArray.from_arrays(arrow.array([0] * 10_000, arrow.int32()), ["0" * 500_000])
    content = file(arrow.table({"call_id": words}))
    found = list(parquet.rows(content, {"callid": "call_id"}))
    assert len(found) == 10_000
    assert {len(each["call_id"]) for each in found} == {parquet.LONGEST_CELL}


def test_instants_without_an_offset_stay_without() -> None:
    naive = arrow.array([datetime(2026, 11, 25, 8)], arrow.timestamp("ms"))
    away = arrow.array([datetime(2026, 11, 25, 8, tzinfo=UTC)], arrow.timestamp("ms", "Asia/Tokyo"))
    (row,) = parquet.rows(file(arrow.table({"start": naive, "end": away})), FIELDS)
    assert (row["start"], row["end"]) == ("2026-11-25T08:00:00", "2026-11-25T08:00:00+00:00")

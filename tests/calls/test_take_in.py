"""Files of call records: each once, whose it was at the start, and nothing lost or guessed."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime, timedelta
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.models import CallRecord, ParkedRow, RecordFile
from dialtone.calls.reading import Parked, read_call
from dialtone.calls.take_in import take_in, try_again
from tests.calls.test_ask import NUMBER, number
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["number"]
HEADER = "Call ID,Direction,Start time,Answer time,Release time,Duration,Calling number,Called number\n"


def row(
    call_id: str, called: str = "+13125550123", *, after: int = 600, seconds: int = 60, caller: str = NUMBER
) -> str:
    """A call that began `after` seconds after the number became Alice's and was answered for `seconds`."""
    begun = START + timedelta(seconds=after)
    answered = begun + timedelta(seconds=5)
    told = [each.isoformat() for each in (begun, answered, answered + timedelta(seconds=seconds))]
    return f"{call_id},outbound,{','.join(told)},{seconds},{caller},{called}\n"


def taken(text: str, source: str = "switch", *, at: datetime = START + timedelta(days=1)) -> Any:
    with as_operator(), clock.frozen(at):
        return take_in(text.encode(), source=source, name="calls.csv")


def test_records_belong_to_the_holder_and_owner_at_the_start(stocked: World, number: str) -> None:
    file = taken(HEADER + row("1") + row("2", "911") + row("3", "+442079460000") + row("4", "+19005551234"))
    assert (file.rows, file.new, file.known, file.parked) == (4, 4, 0, 0)
    with as_customer(stocked.alice):
        found = {each.call_id: each for each in queries.records(queries.CallFilter())}
        assert {each.call_type for each in found.values()} == {
            "NATIONAL",
            "EMERGENCY",
            "INTERNATIONAL",
            "PREMIUM_SERVICES_I",
        }
        assert (found["1"].seconds, found["1"].owner_name, found["3"].other_country) == (
            60,
            "Alice User",
            "GB",
        )
    with as_customer(stocked.bob):
        assert not queries.records(queries.CallFilter()).exists()


def test_a_file_and_a_record_count_once(stocked: World, number: str) -> None:
    text = HEADER + row("1") + row("2") + row("2")
    first, again = taken(text), taken(text)
    assert (first.id, first.new, first.known) == (again.id, 2, 1)
    more = taken(HEADER + row("2") + row("3"))
    assert (more.new, more.known, more.parked) == (1, 1, 0)
    other = taken(HEADER + row("1"), source="carrier")
    assert other.new == 1
    with as_operator():
        assert CallRecord.objects.count() == 4


def test_a_worker_that_ends_in_the_middle_changes_nothing_and_the_next_does_it_all(
    stocked: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended as a process is, after half of the file is written: nothing of it is there, and the file made again is as if made once."""
    text = HEADER + "".join(row(str(each)) for each in range(6)) + row("bad", "letters")
    monkeypatch.setattr("dialtone.calls.take_in.BATCH", 2)
    made = CallRecord.objects.bulk_create
    rounds: list[int] = []

    def ends(found: list[CallRecord], **more: Any) -> Any:
        rounds.append(len(found))
        written = made(found, **more)
        if len(rounds) == 2:
            raise SystemExit(9)
        return written

    with monkeypatch.context() as once:
        once.setattr(CallRecord.objects, "bulk_create", ends)
        with pytest.raises(SystemExit):
            taken(text)
    assert rounds == [2, 2]
    with as_operator():
        assert not CallRecord.objects.exists()
        assert not RecordFile.objects.exists()
    file = taken(text)
    assert (file.rows, file.new, file.known, file.parked) == (7, 6, 0, 1)
    with as_operator():
        assert sorted(CallRecord.objects.values_list("call_id", flat=True)) == list("012345")
        assert ParkedRow.objects.count() == 1


def test_what_contradicts_is_parked(stocked: World, number: str) -> None:
    file = taken(HEADER + row("1") + row("1", seconds=61) + row("2"))
    assert (file.new, file.parked) == (2, 1)
    later = taken(HEADER + row("2", seconds=5))
    with as_operator():
        assert [each.code for each in queries.parked()] == ["records.conflict"] * 2
    assert later.parked == 1


def test_one_bad_row_is_parked_with_its_line_and_the_others_go_in(stocked: World, number: str) -> None:
    file = taken(HEADER + row("1") + row("2").strip() + ",surplus\n" + row("3"))
    assert (file.new, file.parked) == (2, 1)
    with as_operator():
        waiting = ParkedRow.objects.get()
        assert (waiting.line, waiting.code, waiting.cells["call_id"]) == (3, "records.width", "2")


def test_a_number_that_was_not_ours_is_parked_and_can_be_tried_again(
    stocked: World, office: Any, work: Any
) -> None:
    from dialtone.orders import cart, place

    file = taken(HEADER + row("1", after=7200))
    assert file.parked == 1
    with as_operator():
        waiting = [each.id for each in queries.parked()]
        assert try_again(waiting) == 0
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place.place(cart.add(office.id, [cart.Choice([NUMBER], "standard")]).id)
    work()
    with as_operator(), clock.frozen(START + timedelta(days=1)):
        assert try_again(waiting) == 1
        assert not queries.parked().exists()
        assert CallRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"call_id,start\n1,2026-11-01T00:00:00Z\n", "records.file_columns"),
        ((HEADER + row("1")).encode("utf-16"), "records.file_unreadable"),
        (b"\x1f\x8b\x08\x00zipped", "records.file_unreadable"),
        (b"", "records.file_columns"),
        (HEADER.encode() + b"a\0b\n", "records.file_unreadable"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(world: World, content: bytes, code: str) -> None:
    with as_operator(), pytest.raises(Problem) as refusal:
        take_in(content, source="switch")
    assert refusal.value.code == code


GOOD = {
    "call_id": "x",
    "start": "2026-10-28T16:00:00Z",
    "answer": "2026-10-28T16:00:10Z",
    "end": "2026-10-28T16:01:10Z",
    "caller": "+12125550101",
    "called": "+1 (312) 555-0123",
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"call_id": ""}, "records.call_id"),
        ({"start": "yesterday"}, "records.start"),
        ({"start": ""}, "records.start"),
        ({"start": "2026-10-28T16:00:00"}, "records.start"),
        ({"end": "2026-10-28T15:59:00Z", "answer": ""}, "records.order"),
        ({"answer": "2026-10-28T15:59:00Z"}, "records.order"),
        ({"start": "2027-01-01T00:00:00Z", "answer": "", "end": ""}, "records.future"),
        ({"duration": "-1"}, "records.duration"),
        ({"duration": "NaN"}, "records.duration"),
        ({"duration": "a minute"}, "records.duration"),
        ({"duration": "999999999"}, "records.too_long"),
        ({"duration": "600"}, "records.duration_differs"),
        ({"answer": "", "duration": "30"}, "records.not_answered_yet_long"),
        ({"caller": "212 555 0101"}, "records.own_number"),
        ({"called": "sip:x"}, "records.called"),
        ({"direction": "sideways"}, "records.direction"),
    ],
)
def test_rows_that_wait_for_a_person(changes: dict[str, str], code: str) -> None:
    with pytest.raises(Parked) as why:
        read_call({**GOOD, **changes}, START + timedelta(days=1))
    assert why.value.code == code


def test_fractions_are_rounded_up_once() -> None:
    now = START + timedelta(days=1)
    assert read_call({**GOOD, "duration": "60.5", "end": ""}, now).seconds == 61
    assert (
        read_call({**GOOD, "duration": "0", "answer": GOOD["start"], "end": GOOD["start"]}, now).seconds == 0
    )
    assert read_call(GOOD, now).called == "+13125550123"
    unanswered = read_call({**GOOD, "answer": ""}, now)
    assert (unanswered.outcome, unanswered.seconds) == ("unanswered", 0)


def test_the_feed_has_the_compatible_words(stocked: World, number: str, client: Any) -> None:
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for

    taken(HEADER + row("1") + row("2", "911"))
    with as_customer(stocked.alice):
        _token, secret = tokens.make(caller_for(stocked.people["alice_admin"]), name="feed")
    with clock.frozen(START + timedelta(hours=2)):
        answer = client.get("/v1/cdr_feed", headers={"Authorization": f"Bearer {secret}"})
        wide = client.get(
            "/v1/cdr_feed?startTime=2026-01-01T00:00:00.000Z&endTime=2026-10-01T00:00:00.000Z",
            headers={"Authorization": f"Bearer {secret}"},
        )
    assert answer.status_code == 200, answer.content
    found = {each["Call ID"]: each for each in answer.json()["items"]}
    assert found["1"]["Call type"] == "SIP_NATIONAL"
    assert found["1"]["Duration"] == 60
    assert found["2"]["Call type"] == "SIP_EMERGENCY"
    assert found["2"]["User"] == "Alice User"
    assert all(not isinstance(value, dict | list) for each in found.values() for value in each.values())
    assert wide.status_code == 400


def test_a_report_holds_the_calls_of_its_days(stocked: World, number: str, client: Any) -> None:
    """One CSV in a ZIP, in the feed's own words, with a byte order mark as clients expect."""
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for

    taken(HEADER + row("1") + row("2", "911"))
    with as_customer(stocked.alice):
        _token, secret = tokens.make(caller_for(stocked.people["alice_admin"]), name="reports")
    told = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {secret}"}}
    day = START.date().isoformat()
    with clock.frozen(START + timedelta(hours=2)):
        made = client.post("/v1/reports", {"templateId": 1, "startDate": day, "endDate": day}, **told).json()
        answer = client.get(f"/v1/reports/{made['items']['Id']}/download", headers=told["headers"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        text = packed.read(packed.namelist()[0])
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text[3:].decode())))
    assert [(each["Call ID"], each["Call type"]) for each in rows] == [
        ("1", "SIP_NATIONAL"),
        ("2", "SIP_EMERGENCY"),
    ]

"""What runs inside Kamailio, without it: bodies with a location, texts in headers, records, a program that hangs."""

from __future__ import annotations

import csv
import email
import importlib.util
import io
import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dialtone.cli import sip_command

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"


@pytest.fixture
def switch(tmp_path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(
        "dialtone_switch", sip_command.DEPLOY / "dialtone_switch.py"
    )
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    made.TOLD = {"records": str(tmp_path)}
    yield made
    sys.modules.pop("dialtone_switch", None)


def parts(body: str, kind: str) -> list[Any]:
    found = email.message_from_string(f"Content-Type: {kind}\r\n\r\n{body}")
    assert found.is_multipart()
    return list(found.get_payload())


def test_the_location_stands_beside_the_session(switch: Any) -> None:
    body, kind = switch.with_location(SDP, "application/sdp", "<presence/>", "x@dialtone")
    session, location = parts(body, kind)
    assert session.get_content_type() == "application/sdp"
    assert session.get_payload().splitlines() == SDP.splitlines()
    assert (location.get_content_type(), location["Content-ID"]) == ("application/pidf+xml", "<x@dialtone>")
    assert location.get_payload().strip() == "<presence/>"
    (alone,) = parts(*switch.with_location("", "", "<presence/>", "x@dialtone"))
    assert alone.get_content_type() == "application/pidf+xml"


def test_a_sentence_cannot_break_out_of_its_header(switch: Any) -> None:
    told = switch.quotable('a"b\\c\r\nVia: evil\x00' + "x" * 500)
    assert told.startswith("a'b/c Via: evil")
    assert len(told) <= switch.MOST_TEXT
    assert told.isprintable()


def test_records_are_handed_over_whole_and_again_after_a_crash(switch: Any, tmp_path: Path) -> None:
    told = {
        "id": "a;b",
        "direction": "outbound",
        "begun": "2026-11-25T08:00:00+00:00",
        "answered": "",
        "line": "",
    }
    line = switch.row(**told, ended=told["begun"], caller="+1212", called='"; drop,\n', outcome="unanswered")
    switch.write(line)
    switch.write(line)
    assert switch.close_slices(tmp_path, time.time()) == 0
    (kept,) = tmp_path.glob(".*.slice")
    content = kept.read_text()
    assert switch.close_slices(tmp_path, time.time() + 60) == 1
    (file,) = tmp_path.glob("*.csv")
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    assert [row["called"] for row in rows] == ['"; drop,\n'] * 2
    before = file.read_bytes()
    kept.write_text(content)
    switch.close_slices(tmp_path, time.time() + 60)
    assert file.read_bytes() == before


def test_a_program_that_hangs_or_talks_nonsense_costs_a_moment(switch: Any, tmp_path: Path) -> None:
    path = tmp_path / "ask.sock"
    switch.WAIT = 0.1
    desk = switch.Desk(str(path))
    assert desk.post("/decision", {}) is None
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(path))
        mute.listen()
        begun = time.monotonic()
        assert desk.post("/decision", {}) is None
        assert time.monotonic() - begun < 5

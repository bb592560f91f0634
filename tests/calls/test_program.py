"""The authorisation program on its socket: out of the picture alone, old or missing pictures, counts of calls."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialtone.calls import placed
from dialtone.calls.rules import Asked, Limits
from dialtone.calls.server import Picture, _as_fields
from dialtone.calls.snapshot import FORMAT, Answers, Customer, Line, Shown, Snapshot, load
from dialtone.numbers.worldplan import world_plan
from tests.calls.facts import NOW, PAID, caller, place
from tests.emergency.location_schemas import civic
from tests.plugins.served import REPO, free_port

ME = "+12125550101"


def picture(**changes: Any) -> Snapshot:
    told = {
        "format": FORMAT,
        "taken_at": NOW,
        "ahead_seconds": 0,
        "lines": {ME: Line(caller(), "office", "empire", "0193a5f0-0000-7000-8000-000000000001")},
        "addresses": {"empire": Shown({"country": "US", "RD": "Fifth Avenue", "HNO": "350"}, NOW)},
        "places": {"office": place(outside_line_digit="9")},
        "customers": {
            "alice": Customer(PAID, "US", {"1001": "Pia Person"}, {ME: "Pia Person"}, Limits(2, 60))
        },
        "closed": {},
        "risky": frozenset(),
    }
    return Snapshot(**{**told, **changes})


@pytest.fixture
def answers() -> Answers:
    made = Answers(world_plan())
    made.show(picture())
    return made


def ask(answers: Answers, dialled: str, call_id: str = "", **more: Any) -> str:
    return answers.answer(Asked(ME, dialled, "alice"), NOW, call_id=call_id, **more).code


def test_it_answers_as_the_rules_do(answers: Answers) -> None:
    assert ask(answers, "3125550123") == "calls.allowed"
    assert ask(answers, "1001") == "calls.internal"
    assert ask(answers, "411") == "calls.x11"
    assert ask(answers, "9911") == "calls.emergency"


def test_an_old_picture_and_none_at_all_place_emergency_calls_only(answers: Answers) -> None:
    assert ask(answers, "3125550123", is_fresh=False) == "calls.no_fresh_facts"
    assert ask(answers, "911", is_fresh=False) == "calls.emergency"
    answers.show(None)
    assert ask(answers, "3125550123") == "calls.no_fresh_facts"
    for code in ("911", "112", "999", "000", "sip:110@x"):
        assert ask(answers, code, is_fresh=False) == "calls.emergency"


def test_the_operator_may_let_calls_go_on_without_the_database() -> None:
    answers = Answers(world_plan(), allow_when_old=True)
    answers.show(picture())
    assert ask(answers, "3125550123", is_fresh=False) == "calls.allowed"


def test_calls_are_counted_while_they_go_on_and_one_call_once(answers: Answers) -> None:
    assert ask(answers, "3125550123", "a") == "calls.allowed"
    assert ask(answers, "3125550123", "a") == "calls.allowed"
    assert answers.going_on() == {"alice": 1}
    assert ask(answers, "3125550123", "b") == "calls.allowed"
    assert ask(answers, "3125550123", "c") == "calls.too_many_at_once"
    assert ask(answers, "911", "d") == "calls.emergency"
    assert answers.end("a", 1800, NOW)
    assert not answers.end("a", 1800, NOW)
    assert not answers.end("never placed", 5, NOW)
    assert ask(answers, "3125550123", "c") == "calls.allowed"


def test_the_minutes_of_a_day_end_with_the_day(answers: Answers) -> None:
    assert ask(answers, "3125550123", "a") == "calls.allowed"
    answers.end("a", 3600, NOW)
    assert ask(answers, "3125550123", "b") == "calls.minutes_used"
    tomorrow = answers.answer(Asked(ME, "3125550123", "alice"), NOW + timedelta(days=1), call_id="b")
    assert tomorrow.allowed


def test_a_new_picture_is_believed_at_once(answers: Answers) -> None:
    assert ask(answers, "3125550123") == "calls.allowed"
    suspended = replace(PAID, organisation_state="suspended")
    answers.show(picture(customers={"alice": Customer(suspended, "US", {}, {}, Limits())}))
    assert ask(answers, "3125550123") == "plans.suspended"


def test_a_strangers_emergency_call_does_not_carry_the_holders_address(answers: Answers) -> None:
    told = answers.answer(Asked(ME, "911", "bob"), NOW)
    assert told.allowed
    assert told.values == {"callback": "", "address": "", "default_route": True}


def test_the_place_of_an_emergency_call_comes_out_of_the_picture_alone(answers: Answers) -> None:
    told = _as_fields(answers.answer(Asked(ME, "911", "alice"), NOW, is_fresh=False))
    assert told["callbackNumber"] == ME
    assert civic(str(told["pidfLo"]).encode()) == {"country": "US", "RD": "Fifth Avenue", "HNO": "350"}
    assert "pidfLo" not in _as_fields(answers.answer(Asked(ME, "911", "bob"), NOW))
    assert "pidfLo" not in _as_fields(answers.answer(Asked(ME, "3125550123", "alice"), NOW))


def test_a_line_without_a_number_is_known_by_the_name_its_phone_registers_under() -> None:
    """So that help finds whoever has an extension alone, though the switch does not say whose it is (E4)."""
    answers = Answers(world_plan())
    back = caller(e164="", is_active=False, emergency_address="350 Fifth Avenue", callback_number=ME)
    line = Line(back, "office", "empire", indoors={"ROOM": "3.14"})
    without = {"2001": line, "2001.office": line}
    answers.show(picture(customers={"alice": Customer(PAID, "US", {}, {}, Limits(), without_number=without)}))
    for who, whose in (("2001.office", ""), ("2001.office", "alice"), ("2001", "alice")):
        asked = Asked(who, "911", whose)
        told = answers.answer(asked, NOW)
        assert (told.values["callback"], told.values["default_route"]) == (ME, False), who
        assert "3.14" in told.values["pidf_lo"]
        assert answers.customer_of(asked) == "alice"
    for who, whose in (("2001", ""), ("2001.elsewhere", ""), ("2001.office", "bob")):
        told = answers.answer(Asked(who, "911", whose), NOW)
        assert told.allowed
        assert told.values["default_route"], who
        assert answers.customer_of(Asked(who, "911", whose)) == ""


def test_made_up_callers_fill_no_memory(answers: Answers) -> None:
    for number in range(500):
        answers.answer(Asked(f"+1212999{number:04}", "3125550123", f"nobody {number}"), NOW)
    assert len(answers._facts) == 1


def test_a_spoilt_file_is_no_picture(tmp_path: Path) -> None:
    file = tmp_path / "picture.bin"
    assert load(file) is None
    picture().save(file)
    assert load(file) == picture()
    file.write_bytes(file.read_bytes()[:50])
    assert load(file) is None
    picture(format=0).save(file)
    assert load(file) is None


def test_calls_are_answered_while_a_new_picture_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of the old one until all of the new one is there; a file that breaks off changes nothing."""
    monkeypatch.setattr("dialtone.calls.snapshot.PIECE", 1)
    file = tmp_path / "picture.bin"
    answers = Answers(world_plan())
    seen = Picture(file, answers)
    picture().save(file)
    seen.look()
    suspended = replace(PAID, organisation_state="suspended")
    new = picture(customers={"alice": Customer(suspended, "US", {}, {}, Limits())})
    new.save(file)
    steps, taken = seen.looking(), 0
    while answers.snapshot == picture():
        assert ask(answers, "3125550123") == "calls.allowed"
        next(steps)
        taken += 1
    assert taken > len(new.lines)
    assert ask(answers, "3125550123") == "plans.suspended"
    assert list(steps), "the old one is let go in steps"
    assert answers.snapshot == new
    whole = file.read_bytes()
    for length in (5, 50, len(whole) - 1):
        file.write_bytes(whole[:length])
        seen.look()
        assert answers.snapshot == new
    file.write_bytes(whole + b"x")
    assert load(file) is None


PROGRAM = """
import sys
from pathlib import Path
from dialtone.calls.server import Picture, run_loop, serve
from dialtone.calls.snapshot import Answers
from dialtone.calls.whereis import Secrets, WhereIs
from dialtone.numbers.worldplan import world_plan
assert "django" not in sys.modules
folder, port = Path(sys.argv[1]), int(sys.argv[2])
answers = Answers(world_plan())
picture = Picture(folder / "picture.bin", answers)
whereis = WhereIs(answers, Secrets("a key"), f"http://127.0.0.1:{port}", picture.now)
ready = lambda: print("ready", flush=True)
run_loop(serve(picture, folder / "ask.sock", port, ready=ready, whereis=whereis))
"""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """The program with a picture and no database anywhere; answers its folder and port."""
    picture().save(tmp_path / "picture.bin")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(port)],
        cwd=REPO,
        env={"PYTHONPATH": str(REPO), "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield tmp_path, port
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def lines(folder: Path, *questions: str) -> list[list[str]]:
    with socket.socket(socket.AF_UNIX) as switch:
        switch.settimeout(20)
        switch.connect(str(folder / "ask.sock"))
        switch.sendall("".join(f"{each}\n" for each in questions).encode())
        with switch.makefile() as answers:
            return [answers.readline().rstrip("\n").split("\t") for _ in questions]


def test_the_line_protocol(program: tuple[Path, int]) -> None:
    folder, _ = program
    told = lines(
        folder,
        f"ASK\t1\talice\t{ME}\t9911",
        f"ASK\t2\talice\t{ME}\t3125550123",
        f"ASK\t3\tbob\t{ME}\t3125550123",
        "END\t2\t60",
        "END\t9\t60",
        "nonsense",
    )
    assert told[0] == [
        "YES",
        "calls.emergency",
        "EMERGENCY",
        "911",
        ME,
        "350 Fifth Avenue, New York, NY 10118",
        "",
        "",
    ]
    assert told[1] == ["YES", "calls.allowed", "NATIONAL", "+13125550123", "", "", "", ME]
    assert told[2][:2] == ["NO", "calls.not_your_number"]
    assert [told[3], told[4], told[5][0]] == [["OK"], ["PARKED"], "ERROR"]
    assert (folder / "ask.sock").stat().st_mode & 0o777 == 0o600
    # Whoever has to know of the emergency call hears of it while it goes on.
    deadline = time.monotonic() + 20
    while not (left := placed.waiting(placed.folder(folder))):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    ((_file, call),) = left
    assert call is not None
    assert (call.call_id, call.customer_id, call.caller, call.code) == ("1", "alice", ME, "911")
    assert call.address == "350 Fifth Avenue, New York, NY 10118"


@pytest.mark.req("ESA-10")
def test_emergency_answers_are_the_same_in_a_flood_and_without_fresh_facts(program: tuple[Path, int]) -> None:
    """Nothing here has a database; an old picture is what its absence looks like."""
    folder, _ = program
    questions = [
        f"ASK\t\t{whose}\t{who}\t{code}"
        for code in ("911", "9911", "112", "sip:911@x", "*67911", "urn:service:sos")
        for who, whose in ((ME, "alice"), (ME, ""), (ME, "bob"), ("", ""), ("+19998887777", "nobody"))
    ]
    told = lines(folder, *questions)
    assert {each[1] for each in told} == {"calls.emergency"}
    flood = f"ASK\t\talice\t{ME}\t2128675309\n".encode() * 2_000
    floods = []
    try:
        for _each in range(16):
            floods.append(socket.socket(socket.AF_UNIX))
            floods[-1].connect(str(folder / "ask.sock"))
            floods[-1].sendall(flood)
        assert lines(folder, *questions) == told
        for each in floods:  # it was a flood of answers, too
            with each.makefile() as answers:
                assert answers.readline().startswith("YES\tcalls.allowed\tNATIONAL\t+12128675309")
    finally:
        for each in floods:
            each.close()
    os.utime(folder / "picture.bin", (0, 0))
    until = time.monotonic() + 20
    while lines(folder, f"ASK\t\talice\t{ME}\t2128675309")[0][1] != "calls.no_fresh_facts":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert lines(folder, *questions) == told


def test_the_http_door(program: tuple[Path, int]) -> None:
    _, port = program
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for body, status in (
        (json.dumps({"customerId": "alice", "caller": ME, "dialled": "911"}), 200),
        ("[" * 5000, 400),
        (json.dumps({"dialled": 911}), 400),
        ("", 400),
    ):
        door.request("POST", "/decision", body)
        answer = door.getresponse()
        told = json.loads(answer.read())
        assert answer.status == status
    door.request("GET", "/healthz")
    assert json.loads(door.getresponse().read())["fresh"]
    door.request("GET", "/elsewhere")
    assert door.getresponse().status == 404
    assert told


def test_an_emergency_centre_fetches_the_place_by_reference(program: tuple[Path, int]) -> None:
    """With no database anywhere, and out of a picture that has grown old."""
    folder, port = program
    os.utime(folder / "picture.bin", (0, 0))
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    door.request("POST", "/decision", json.dumps({"customerId": "alice", "caller": ME, "dialled": "911"}))
    reference = json.loads(door.getresponse().read())["locationReference"]
    door.request("GET", reference.removeprefix(f"http://127.0.0.1:{port}"))
    answer = door.getresponse()
    assert (answer.status, answer.getheader("Cache-Control")) == (200, "private, no-store")
    assert civic(answer.read()) == {"country": "US", "RD": "Fifth Avenue", "HNO": "350"}
    body = '<locationRequest xmlns="urn:ietf:params:xml:ns:geopriv:held"/>'
    for method, path, fields, status in (
        ("POST", "/held", {"Content-Type": "application/held+xml"}, 401),
        ("POST", "/held/nobody", {"Content-Type": "application/held+xml"}, 404),
        ("POST", "/held", {"Content-Type": "text/plain"}, 415),
        ("PUT", "/held", {}, 405),
    ):
        door.request(method, path, body, fields)
        answer = door.getresponse()
        answer.read()
        assert answer.status == status, (method, path)
    # A stranger's emergency call carries nobody's place.
    door.request("POST", "/decision", json.dumps({"customerId": "bob", "caller": ME, "dialled": "911"}))
    assert "locationReference" not in json.loads(door.getresponse().read())


def test_it_sees_a_new_picture_and_an_old_one(program: tuple[Path, int]) -> None:
    folder, _ = program
    question = f"ASK\t\talice\t{ME}\t3125550123"
    picture(lines={}).save(folder / "picture.bin")
    until = time.monotonic() + 20
    while lines(folder, question)[0][1] != "calls.not_your_number":
        assert time.monotonic() < until
        time.sleep(0.2)
    os.utime(folder / "picture.bin", (0, 0))
    while lines(folder, question)[0][1] != "calls.no_fresh_facts":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert lines(folder, f"ASK\t\talice\t{ME}\t911")[0][0] == "YES"

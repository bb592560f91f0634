"""Common calls answered by tables, against the ladder that they come from: the same in every field, whoever calls whom."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from dialtone import countries
from dialtone.calls.permissions import OwnPermissions, Permission, effective
from dialtone.calls.rules import Asked, Limits
from dialtone.calls.server import Desk, HttpDoor, LineDoor, Picture
from dialtone.calls.snapshot import FORMAT, Answers, Customer, Line, Snapshot, load
from dialtone.numbers.caller_id import CallerId
from dialtone.numbers.worldplan import world_plan
from tests.calls.facts import NOW, PAID, TRIAL, caller, place

COUNTRIES = (*countries.served(NOW.date()), "XX")
DIGITS = ("", "9", "0", "1")
ACCOUNTS = (
    PAID,
    TRIAL,
    replace(TRIAL, trial_ends_at=NOW + timedelta(hours=2)),
    replace(PAID, organisation_state="suspended"),
    replace(PAID, committed_plans=0),
    PAID,
)
HELD = (
    effective(None).actions(),
    effective(OwnPermissions(True, {"INTERNATIONAL": Permission("ALLOW", True)})).actions(),
    {"NATIONAL": "BLOCK"},
    {"NATIONAL": "AUTH_CODE", "TOLL_FREE": "TRANSFER_NUMBER_2"},
)
LIMITS = (
    Limits(3, 60, most_risky_calls_an_hour=2, most_calls_a_minute=4),
    Limits(0),
    Limits(),
    Limits(),
    Limits(),
    Limits(200, 20_000),
)


def picture() -> Snapshot:
    """A customer for each country and account; callers with every permission, active or not, at places of every kind."""
    lines, places, customers = {}, {}, {}
    serial = itertools.count(2_125_550_100)
    for country, (which, account) in itertools.product(COUNTRIES, enumerate(ACCOUNTS)):
        customer = f"{country}{which}"
        own = {}
        for digit, (kind, held), connection in itertools.product(
            DIGITS, enumerate(HELD), ("calling_plan", "premises")
        ):
            at = f"{customer} {digit} {connection}"
            places[at] = place(
                location_id=at, name=at, country=country, connection=connection, outside_line_digit=digit
            )
            e164 = f"+1{next(serial)}"
            own[e164] = e164
            who = caller(
                e164=e164,
                customer_id=customer,
                permissions=held,
                permissions_from="person" if kind else "house",
                is_active=next(serial) % 14 != 3,
                access_codes=frozenset({"1234"}),
                transfers=("", "+12125550100"),
            )
            lines[e164] = Line(who, at)
        customers[customer] = Customer(
            account,
            country,
            {"1001": "Pia", "4112": "Ken"},
            own,
            LIMITS[which],
            opened=("4420", "882") if which == 5 else (),
        )
    return Snapshot(
        format=FORMAT,
        taken_at=NOW,
        ahead_seconds=0,
        lines=lines,
        places=places,
        customers=customers,
        closed={"4420": "asked by the regulator", "34915": "fraud"},
        risky=frozenset({"252", "44"}),
    )


def dialled(chance: random.Random, shown: Snapshot) -> str:
    """What a person, a machine or a fool dials."""
    plan = world_plan()
    kind = chance.randrange(10)
    if kind == 0:
        return chance.choice(
            [
                "911",
                "112",
                "9911",
                "411",
                "1001",
                "4112",
                "988",
                "933",
                "116123",
                "",
                "+",
                "*67911",
                "\uff11" * 8,
            ]
        )
    if kind == 1:
        return "".join(chance.choice("0123456789") for _each in range(chance.randrange(1, 22)))
    if kind == 2:
        return chance.choice(["", "+", "1", "9", "91", "011"]) + chance.choice(list(shown.lines))[1:]
    if kind == 3:
        return chance.choice(["1", "+1", ""]) + f"{chance.randrange(200, 999)}55501{chance.randrange(100):02}"
    if kind >= 7:
        return chance.choice(
            [
                "212{}",
                "1312{}",
                "+1646{}",
                "1900{}",
                "9800{}",
                "+4420794{}",
                "0114420794{}",
                "90113491{}",
                "1312{}*1234",
                "+882{}",
            ]
        ).format(chance.randrange(2_000_000, 9_999_999))
    length = chance.choice(list(plan.starts))
    starts = plan.starts[length]
    # At the edges of ranges, where a mistake would be.
    number = f"{max(0, chance.choice(starts) + chance.choice([-1, 0, 0, 1, 12345])):0{length}}"
    before = chance.choice(["+", "", "", "011", "00", "0011", "0", "9", "9011", "9+", "0011 "])
    national = number.removeprefix(chance.choice(["1", "44", "61", "64", "49"]))
    return before + chance.choice([number, national, number + "911", number[:-3] + "911"])


def again(chance: random.Random, earlier: list[str]) -> str:
    """Something that was dialled before, with other digits at its end: much of it is read out of `Heads`."""
    tails = (
        f"{chance.randrange(10**4):04}",
        "5501",
        "5010",
        "0100",
        "1911",
        "0112",
        "9911",
        "0*12",
        "\uff11" * 4,
        "",
        "1",
    )
    return chance.choice(earlier)[:-4] + chance.choice(tails[:1] * 6 + tails)


class Said:
    """A connection's other end."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        raise AssertionError("nothing here closes a connection")


def said(door: LineDoor | HttpDoor, data: bytes) -> bytes:
    """What a door answers to a piece that comes."""
    door.connection_made(other := Said())  # type: ignore[arg-type]
    door.data_received(data)
    return other.written


@pytest.mark.parametrize("is_stored", [False, True])
def test_the_same_answer_as_the_ladders(is_stored: bool, tmp_path: Path) -> None:
    chance = random.Random(27)
    shown = picture()
    if is_stored:
        shown.save(tmp_path / "picture.bin")
        read = load(tmp_path / "picture.bin")
        assert read == shown
        shown = read
    quick, ladder = Answers(world_plan()), Answers(world_plan())
    quick.show(shown)
    ladder.show(shown)
    ours = [each for each, line in shown.lines.items() if line.location_id.endswith("calling_plan")]
    callers = [*shown.lines, *ours, *ours, "", "+19998887777"]
    now, common, going, earlier = NOW, 0, [], ["3125550123"]
    for turn in range(40_000):
        who = chance.choice(callers[turn % 7 :: 7])
        held = shown.lines.get(who)
        whose = chance.choice(["", "", held.caller.customer_id if held else "", "US0"])
        earlier.append(again(chance, earlier) if chance.random() < 0.4 else dialled(chance, shown))
        asked = Asked(who, earlier[-1], whose)
        call_id = chance.choice(["", "", "", f"call {turn}", *going[-1:]])
        is_fresh = chance.random() < 0.95
        told = quick.answer(asked, now, call_id=call_id, is_fresh=is_fresh)
        assert told == ladder.climb(asked, now, call_id=call_id, is_fresh=is_fresh), asked
        if call_id and told.allowed and told.rule != "emergency":
            going.append(call_id)
        if going and chance.random() < 0.2:
            over, seconds = going.pop(chance.randrange(len(going))), chance.randrange(4000)
            assert quick.end(over, seconds, now) == ladder.end(over, seconds, now)
        if not call_id:
            common += quick.common(who, asked.dialled, whose, now, "", is_fresh) is not None
        now += timedelta(seconds=chance.choice([0, 0, 1, 10]))
    assert quick.going_on() == ladder.going_on()
    assert common > 1_000  # or nothing was compared
    assert sum(map(len, quick._heads.values())) > 500


@pytest.mark.parametrize("is_stored", [False, True])
def test_the_program_answers_common_calls_as_it_answers_all_others(is_stored: bool, tmp_path: Path) -> None:
    """Over HTTP and on the socket, to the byte: what is written beforehand against what is put together for one call."""
    chance = random.Random(28)
    shown = picture()
    chosen = list(shown.lines)[::5]
    shown = msgspec.structs.replace(
        shown,
        caller_ids={
            each: CallerId("LOCATION_NUMBER", "+12125550199", 'The "head" office') for each in chosen
        },
        sentences={"calls.allowed": "Allowed.", "calls.permission": "Closed by the %(level)s."},
    )
    if is_stored:
        shown.save(tmp_path / "picture.bin")
        shown = load(tmp_path / "picture.bin")
        assert shown is not None
    desks = []
    for _each in range(2):
        answers = Answers(world_plan())
        answers.show(shown)
        desks.append(Desk(Picture(tmp_path / "picture.bin", answers), on_emergency=lambda call: None))
        desks[-1].fresh = True
    quick, slow = desks
    slow.picture.answers.common = lambda *told: None  # type: ignore[method-assign]
    ours = [each for each, line in shown.lines.items() if line.location_id.endswith("calling_plan")]
    doors = [[LineDoor(desk) for desk in desks], [HttpDoor(desk) for desk in desks]]
    written, earlier = 0, ["3125550123"]
    for turn in range(8_000):
        earlier.append(again(chance, earlier) if chance.random() < 0.4 else dialled(chance, shown))
        who, what = chance.choice(ours), earlier[-1]
        call_id = f"call {turn}" if turn % 3 else ""
        body = msgspec.json.encode({"callId": call_id, "caller": who, "dialled": what})
        head = b"POST /decision HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
        if turn % 2:
            one, other = (said(door, head + body) for door in doors[1])
            if b"pidfLo" in one:  # made anew each time
                one, other = (msgspec.json.decode(each.partition(b"\r\n\r\n")[2]) for each in (one, other))
        else:
            one, other = (said(door, f"ASK\t{call_id}\t\t{who}\t{what}\n".encode()) for door in doors[0])
        assert one == other, (who, what)
        written += quick.picture.answers.common(who, what, "", quick.picture.now(), "", True) is not None
    assert written > 400  # or nothing was compared


def test_pieces_that_are_no_single_question_are_read_as_ever(tmp_path: Path) -> None:
    """Lines and requests in halves, in pairs, with other ends, or odd to the byte: answered as the same questions one by one."""
    answers = Answers(world_plan())
    shown = picture()
    answers.show(shown)
    desk = Desk(Picture(tmp_path / "picture.bin", answers))
    desk.fresh = True
    who = next(each for each, line in shown.lines.items() if line.location_id.endswith("calling_plan"))
    ask = f"ASK\t\t\t{who}\t+12128675309".encode()
    alone = said(LineDoor(desk), ask + b"\n")
    assert alone.startswith((b"YES\t", b"NO\t"))
    assert said(LineDoor(desk), ask + b"\n") == alone  # written beforehand now
    assert said(LineDoor(desk), ask + b"\r\n") == alone
    assert said(LineDoor(desk), (ask + b"\n") * 3) == alone * 3
    halves = LineDoor(desk)
    assert said(halves, ask[:9]) == b""
    assert said(halves, ask[9:] + b"\n" + ask[:5]) == alone
    assert said(halves, ask[5:] + b"\n") == alone
    assert said(LineDoor(desk), b"\xff" + ask + b"\n").startswith(b"ERROR\t")
    body = msgspec.json.encode({"caller": who, "dialled": "+12128675309"})
    request = b"POST /decision HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    one = said(HttpDoor(desk), request)
    assert said(HttpDoor(desk), request) == one
    assert said(HttpDoor(desk), request * 2) == one * 2
    door = HttpDoor(desk)
    assert said(door, request[:-3]) == b""
    assert said(door, request[-3:] + request[:30]) == one
    assert said(door, request[30:]) == one
    odd = request.replace(b"caller", b"called")
    assert msgspec.json.decode(said(HttpDoor(desk), odd).partition(b"\r\n\r\n")[2])["code"] != ""


def test_a_trial_that_ends_and_a_day_that_begins_are_seen() -> None:
    answers = Answers(world_plan())
    shown = picture()
    answers.show(shown)
    on_trial = next(
        each
        for each, line in shown.lines.items()
        if line.caller.customer_id == "US2"
        and line.caller.is_active
        and line.location_id.endswith(" calling_plan")
        and line.caller.permissions == HELD[0]
    )
    asked = Asked(on_trial, "+12128675309")
    ends = NOW + timedelta(hours=2)
    for _each in range(2):
        assert answers.answer(asked, ends - timedelta(seconds=1)).code == "calls.allowed"
    for _each in range(2):
        assert answers.answer(asked, ends).code == "plans.ended"
    assert answers.answer(asked, ends - timedelta(seconds=1)).code == "calls.allowed"
    assert answers.answer(asked, ends + timedelta(days=1)).code == "plans.ended"


def test_no_emergency_call_is_common() -> None:
    """Neither a code nor anything that ends in one is answered out of a table."""
    answers = Answers(world_plan())
    shown = picture()
    answers.show(shown)
    found = 0
    for who, line in shown.lines.items():
        country = shown.places[line.location_id].country
        if country == "XX":
            continue
        for code in countries.get(country, NOW.date()).emergency.codes:
            for text in (code, f"9{code}", f"+{code}", f"1470{code}"):
                for _each in range(2):
                    told = answers.answer(Asked(who, text), NOW)
                    if told.rule == "emergency":
                        found += 1
                        assert answers.common(who, text, "", NOW, "", True) is None, (who, text)
    assert found > 1_000

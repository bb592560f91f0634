"""What lets calls through that a permission holds up: access codes, and numbers that take the call instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.calls import ask, photograph, queries, sealed_codes
from dialtone.calls.change_access_codes import NewCode, change_access_codes
from dialtone.calls.let_through import fingerprint
from dialtone.calls.permissions import Permission
from dialtone.calls.rules import Asked, Decision, Limits, decide
from dialtone.calls.server import Desk, Picture
from dialtone.calls.set_permissions import set_permissions
from dialtone.calls.set_transfers import set_transfers
from dialtone.calls.snapshot import Answers
from dialtone.calls.snapshot import load as load_picture
from dialtone.calls.take_in import take_in
from dialtone.calls.tries import MOST_WRONG, WITHIN, Tries
from dialtone.numbers.worldplan import world_plan
from tests.calls.facts import NOW, caller, facts
from tests.calls.test_ask import NUMBER, number  # noqa: F401  a fixture
from tests.plugins.world import World, as_customer, as_operator

OUTSIDE = "3125550123"
ASKS = {"permissions": {"NATIONAL": "AUTH_CODE"}}


@pytest.fixture(autouse=True)
def no_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "TRIES", Tries())


@pytest.mark.req("ACC-11")
@pytest.mark.parametrize(
    ("own", "code", "told"),
    [
        (None, "1111", "calls.allowed"),
        (None, "2222", "calls.allowed"),
        (None, "3333", "calls.access_code_wrong"),
        (frozenset({"3333"}), "3333", "calls.allowed"),
        (frozenset({"3333"}), "1111", "calls.access_code_wrong"),
        (frozenset(), "1111", "calls.access_code_wrong"),
        (None, "", "calls.access_code_needed"),
    ],
)
def test_own_codes_take_the_place_of_the_others(own: frozenset[str] | None, code: str, told: str) -> None:
    known = facts(
        caller=caller(**ASKS, access_codes=own), shared_codes=(frozenset({"1111"}), frozenset({"2222"}))
    )
    behind = f"{OUTSIDE}*{code}" if code else OUTSIDE
    assert decide(Asked("+12125550101", behind, "alice"), known, NOW).code == told
    assert decide(Asked("+12125550101", OUTSIDE, "alice", code), known, NOW).code == told
    assert decide(Asked("+12125550101", "911", "alice", code), known, NOW).code == "calls.emergency"


def test_a_locked_line_is_let_through_by_no_code_and_still_reaches_help() -> None:
    known = facts(caller=caller(**ASKS, access_codes=frozenset({"1111"})), limits=Limits(codes_locked=True))
    told = decide(Asked("+12125550101", OUTSIDE, "alice", "1111"), known, NOW)
    assert told.code == "calls.access_code_locked"
    assert decide(Asked("+12125550101", "911*1111", "alice"), known, NOW).allowed
    assert decide(Asked("+12125550101", "8005550123*1111", "alice"), known, NOW).allowed


def test_five_wrong_codes_lock_a_line_for_an_hour_and_no_other() -> None:
    tries = Tries()
    told = [tries.wrong("ann", NOW + timedelta(minutes=step)) for step in range(MOST_WRONG)]
    assert told == [False] * (MOST_WRONG - 1) + [True]
    assert tries.is_locked("ann", NOW + timedelta(minutes=10))
    assert not tries.is_locked("ben", NOW + timedelta(minutes=10))
    assert not tries.is_locked("ann", NOW + WITHIN)


def test_a_fingerprint_tells_nothing_about_the_code_or_anybody_elses() -> None:
    told = {
        fingerprint(key, customer, code)
        for key in (b"a", b"b")
        for customer in ("alice", "bob")
        for code in ("1234", "01234")
    }
    assert len(told) == 8
    assert not any("1234" in each for each in told)


@pytest.fixture
def told(stocked: World, number: str, tmp_path: Path) -> Callable[..., Decision]:
    """What the page and the program say, which is the same."""
    desks: list[Desk] = []

    def answer(dialled: str = OUTSIDE, code: str = "") -> Decision:
        file = tmp_path / "picture"
        photograph.keep(file)
        if not desks:
            answers = Answers(world_plan(), code_key=sealed_codes.key())
            desks.append(Desk(Picture(file, answers)))
        answers = desks[0].picture.answers
        answers.show(load_picture(file))
        with as_customer(stocked.alice):
            by_page = ask.may_call(number, dialled, access_code=code)
        found = answers.answer(Asked(number, dialled, "", code), clock.now())
        assert (found.code, found.number, found.values) == (by_page.code, by_page.number, by_page.values)
        return found

    return answer


@pytest.fixture
def hold_up(office: Any, stocked: World) -> Callable[[str], None]:
    """National calls of the office do not go through by themselves."""

    def say(action: str) -> None:
        with as_customer(stocked.alice, stocked.people["alice_admin"]):
            set_permissions(
                "location", office.id, "Head office", office.id, {"NATIONAL": Permission(action, False)}
            )

    return say


@pytest.mark.req("ACC-11")
def test_codes_of_organisation_location_and_person_let_through(
    office: Any, stocked: World, told: Callable[..., Decision], hold_up: Callable[[str], None], tmp_path: Path
) -> None:
    admin, user = stocked.people["alice_admin"], stocked.people["alice_user"]
    hold_up("AUTH_CODE")
    assert told().code == "calls.access_code_needed"

    def add(kind: str, subject: Any, code: str, **more: Any) -> None:
        with as_customer(stocked.alice, admin):
            change_access_codes(
                kind,
                subject.id,
                "x",
                office.id if kind != "organisation" else None,
                add=[NewCode(code, f"Code {code}")],
                **more,
            )

    add("organisation", stocked.alice, "90817263")
    add("location", office, "48291537")
    assert {told(code=each).code for each in ("90817263", "48291537")} == {"calls.allowed"}
    assert told(f"{OUTSIDE}*48291537").number == "+13125550123"
    add("person", user, "7733551199", is_own=False)
    assert told(code="7733551199").code == "calls.access_code_wrong"
    with as_customer(stocked.alice, admin):
        change_access_codes("person", user.id, "x", office.id, is_own=True)
    assert told(code="7733551199").code == "calls.allowed"
    assert told(code="48291537").code == "calls.access_code_wrong"

    # Nobody who reads the trail, the tables or the picture reads a code.
    with as_operator():
        records = list(AuditRecord.objects.filter(action="access_codes_changed"))
        assert len(records) == 4
        text = json.dumps([each.facts for each in records])
        rows = list(queries.AccessCode.objects.all())
    kept = (tmp_path / "picture").read_bytes() + text.encode()
    kept += b"".join(bytes(each.sealed) + each.fingerprint.encode() for each in rows)
    for code in (b"90817263", b"48291537", b"7733551199"):
        assert code not in kept
    with as_customer(stocked.alice):
        assert {sealed_codes.opened(each) for each in queries.access_codes(office.id)} == {"48291537"}
        id = queries.access_codes(office.id)[0].id
    with as_customer(stocked.alice, admin):
        change_access_codes("person", user.id, "x", office.id, is_own=False)
        change_access_codes("location", office.id, "x", office.id, remove=[id])
    assert told(code="48291537").code == "calls.access_code_wrong"
    assert told(code="90817263").code == "calls.allowed"
    with as_customer(stocked.bob), pytest.raises(Problem, match="not_found"):
        change_access_codes("location", office.id, "x", None, remove=[id])


@pytest.mark.req("ACC-11")
def test_who_tries_codes_is_stopped_and_help_is_not(
    office: Any, stocked: World, told: Callable[..., Decision], hold_up: Callable[[str], None]
) -> None:
    hold_up("AUTH_CODE")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        change_access_codes("location", office.id, "x", office.id, add=[NewCode("482915")])
    for code in ("1", "22", "333", "4444", "55555"):
        assert told(code=code).code == "calls.access_code_wrong"
    assert told(code="482915").code == "calls.access_code_locked"
    assert told().code == "calls.access_code_needed"
    assert told("911*482915").code == "calls.emergency"
    with clock.frozen(clock.now() + WITHIN):
        assert told(code="482915").code == "calls.allowed"


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["1"], "calls.access_code"),
        (["12345678901234567"], "calls.access_code"),
        (["12a4"], "calls.access_code"),
        (["١٢٣٤"], "calls.access_code"),
        (["4711", "4711"], "calls.access_code_taken"),
        ([f"{each:04}" for each in range(101)], "field.too_many"),
    ],
)
def test_what_is_no_code_is_refused_whole(office: Any, stocked: World, codes: list[str], code: str) -> None:
    with as_customer(stocked.alice):
        with pytest.raises(Problem) as refused:
            change_access_codes("location", office.id, "x", office.id, add=[NewCode(each) for each in codes])
        assert refused.value.code == code
        assert not any(each in str(refused.value.values) for each in codes if len(each) > 3)
        assert not queries.access_codes(office.id).exists()


@pytest.mark.req("ACC-11")
def test_calls_go_to_whom_location_or_person_says(
    office: Any, stocked: World, told: Callable[..., Decision], hold_up: Callable[[str], None]
) -> None:
    user = stocked.people["alice_user"]
    hold_up("TRANSFER_NUMBER_2")
    assert told().code == "calls.transfer_nobody"
    with as_customer(stocked.alice):
        set_transfers("location", office.id, "x", office.id, ("", "1001", None))
    assert (told().code, told().number) == ("calls.transferred", "1001")
    with as_customer(stocked.alice):
        set_transfers("person", user.id, "x", office.id, (None, "(800) 555-0123", None), is_own=False)
    assert told().number == "1001"
    with as_customer(stocked.alice):
        set_transfers("person", user.id, "x", office.id, (None, None, None), is_own=True)
    assert told().number == "+18005550123"
    with as_customer(stocked.alice):
        set_transfers("person", user.id, "x", office.id, (None, "", None))
    assert told().code == "calls.transfer_nobody"
    assert told("911").allowed
    for wrong in ("911", "112", "12", "nobody"):
        with as_customer(stocked.alice), pytest.raises(Problem, match="phone"):
            set_transfers("location", office.id, "x", office.id, (wrong, None, None))


def test_records_do_not_say_the_code_that_was_dialled(stocked: World, number: str) -> None:
    """Neither those that become records nor those that are parked."""
    at = clock.now().isoformat()
    content = (
        "call_id,start,caller,called\n"
        f"a,{at},{number},+13125550123*482915\n"
        f"b,{at},+19995550100,+13125550123*482915\n"
    )
    with as_operator():
        file = take_in(content.encode(), source="switch")
        assert (file.new, file.parked) == (1, 1)
        assert queries.CallRecord.objects.get(call_id="a").called == "+13125550123"
        assert "482915" not in json.dumps([each.cells for each in queries.parked()])

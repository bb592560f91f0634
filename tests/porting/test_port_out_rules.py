"""What becomes of another carrier's request: cases anybody can read (cases/port_out.yaml), walks, and what is compared (P8)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from dialtone.porting.out import rules, states
from dialtone.porting.out.rules import Held, Told
from dialtone.porting.out.states import Event, Line, Request

ASKED_AT = datetime(2026, 11, 25, 14, tzinfo=UTC)
LAWFUL = ("not_here", "already_leaving", "trial", "locked", "wrong_pin", "wrong_account", "not_the_holder")
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "port_out.yaml").read_text())


def hours(count: int) -> datetime:
    return ASKED_AT + timedelta(hours=count)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_becomes_of_a_request(case: dict[str, Any]) -> None:
    lines = {
        name: Line(
            told.get("state", ""), told.get("locked", True), told.get("right", False), told.get("flaw", "")
        )
        for name, told in case["numbers"].items()
    }
    agreed_for = hours(case["agreed_for"]) if "agreed_for" in case else None
    request = Request(lines, answer_by=hours(24), late_at=hours(48), lawful=LAWFUL, leaves_at=agreed_for)
    told = dict(case["event"])
    event = Event(
        told["kind"],
        tuple(told.get("numbers", ())),
        told.get("reason", ""),
        told.get("by_person", False),
        told.get("confirmed", False),
        hours(told["leaves_at"]) if "leaves_at" in told else None,
    )
    found = states.decide(request, event, hours(case.get("at", 0)))
    assert found.refused == case.get("refused", "")
    if not found.refused:
        after = states.after(request, found)
        assert {name: line.state for name, line in after.numbers.items()} == case["becomes"]
        assert list(found.effects) == case["effects"]


def test_no_walk_agrees_to_a_locked_number_or_releases_one_that_nobody_agreed_to() -> None:
    """T1 for this machine: 3,000 walks of 12 events; each move is a listed one, and P8 holds at every step."""
    rng = random.Random(20261125)
    kinds = ["asked", "agreed", "refused", "stopped", "withdrawn", "moved", "time_passed"]
    seen = set()
    for _walk in range(3000):
        lines = {
            name: Line("", rng.random() < 0.5, rng.random() < 0.5, rng.choice(["", "locked", "wrong_pin"]))
            for name in "abc"
        }
        request = Request(lines, hours(24), hours(48), LAWFUL)
        agreed: set[str] = set()
        for step in range(12):
            request = replace(
                request,
                numbers={k: replace(v, is_locked=rng.random() < 0.4) for k, v in request.numbers.items()},
            )
            event = Event(
                kinds[0] if step == 0 else rng.choice(kinds),
                tuple(rng.sample("abc", rng.randint(0, 3))),
                rng.choice(["", "not_the_holder", "money_owed"]),
                rng.random() < 0.7,
                rng.random() < 0.7,
                hours(rng.choice([-1, 48])),
            )
            found = states.decide(request, event, hours(step * 5))
            for name, before, to, _reason in found.moves:
                seen.add((before, to))
                assert to in states.MOVES[before].values(), (before, to)
                if to == "agreed":
                    assert event.by_person
                    assert request.numbers[name].may_agree
                    assert not request.numbers[name].is_locked
                    agreed.add(name)
                if to == "left":
                    assert name in agreed
                    assert event.is_confirmed
                if before == "":
                    assert states.TELL_HOLDER in found.effects
            assert event.kind != "time_passed" or not found.moves
            request = states.after(request, found)
    assert seen == {(before, to) for before, moves in states.MOVES.items() for to in moves.values()}


@pytest.mark.parametrize(
    ("held", "told", "flaw"),
    [
        (Held(is_here=False), Told(), "not_here"),
        (Held(is_trial=True, is_locked=False), Told(), "trial"),
        (Held(is_leaving=True, is_locked=False), Told(), "already_leaving"),
        (Held(pin="ok"), Told("1", "10118"), "locked"),
        (Held(is_locked=False, pin="differs"), Told("1", "10118"), "wrong_pin"),
        (Held(is_locked=False), Told("1", "10118"), "wrong_pin"),
        (Held(is_locked=False, pin="ok", account_number="1"), Told("2", "10118"), "wrong_account"),
        (Held(is_locked=False, pin="ok", account_number="1", postal_code="10119"), Told("1", "10118"), "wrong_postcode"),
        (Held(is_locked=False, pin="ok", account_number="1", postal_code="10118-0110"), Told(" 1 ", "10118"), ""),
    ],
)  # fmt: skip
def test_the_first_lawful_reason(held: Held, told: Told, flaw: str) -> None:
    checks = ("pin", "account_number", "postal_code")
    found = rules.judge(told, held, checks=checks, lawful=(*LAWFUL, "wrong_postcode"))
    assert found.flaw == flaw
    assert found.may_agree == (flaw == "")
    if held.is_locked and held.is_here:
        assert (
            found.checks["pin"] == rules.NOT_LOOKED_AT
        )  # nothing can be learnt about the PIN of a locked number


def test_what_the_country_does_not_let_us_compare_refuses_nobody() -> None:
    told = Told("1", holder_name="Alice Limited", authorized_name="Nobody we know")
    held = Held(is_locked=False, pin="ok", account_number="1", postal_code="1050", names=["Alice Ltd"], authorized=["Alice"])  # fmt: skip
    found = rules.judge(told, held, checks=("pin", "account_number"), lawful=LAWFUL)
    assert found.may_agree
    assert (found.checks["postal_code"], found.checks["holder_name"]) == (rules.NOT_ASKED, rules.DIFFERS)

"""All orders and repetitions of what carriers say amount to the same (P4, T4)."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest

from dialtone.carriers.statements import Reason, Said
from dialtone.porting import view

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
ORDER = ("+12127310100", "+12127310101", "+12127310102")
DAY = date(2026, 11, 10)


def said(id: str, kind: str, hours: float, **more: object) -> Said:
    if kind == "rejected":
        more.setdefault("reasons", (Reason("ACCT-MISMATCH"),))
    if kind == "foc":
        more.setdefault("day", DAY)
    return Said(id, kind, START + timedelta(hours=hours), **more)  # type: ignore[arg-type]


# Shapes as carriers send them: in order, repeated, taken back, late, contradictory, in parts, of an earlier attempt.
SCRIPTS: dict[str, list[Said]] = {
    "plain": [said("1", "received", 0), said("2", "accepted", 1), said("3", "foc", 24), said("4", "completed", 200)],
    "skips": [said("1", "foc", 5), said("2", "completed", 200)],
    "only completed": [said("1", "completed", 200)],
    "late confirmation": [said("1", "received", 0), said("2", "completed", 200), said("3", "foc", 24)],
    "rejected": [said("1", "received", 0), said("2", "accepted", 1), said("3", "rejected", 24)],
    "rejected for papers": [said("1", "received", 0), said("2", "rejected", 0.25)],
    "rejected, then a date": [said("1", "accepted", 1), said("2", "rejected", 24), said("3", "foc", 30)],
    "a date, then rejected": [said("1", "accepted", 1), said("2", "foc", 24), said("3", "rejected", 30)],
    "taken back twice": [said("1", "foc", 10), said("2", "rejected", 20), said("3", "accepted", 30), said("4", "foc", 40)],
    "date moved": [said("1", "accepted", 1), said("2", "foc", 24), said("3", "foc", 30, day=DAY + timedelta(days=3))],
    "same instant": [said("1", "rejected", 24), said("2", "accepted", 24), said("3", "foc", 24)],
    "canceled": [said("1", "accepted", 1), said("2", "foc", 24), said("3", "canceled", 30)],
    "canceled and completed": [said("1", "foc", 24), said("2", "canceled", 100), said("3", "completed", 200)],
    "completed and canceled": [said("1", "foc", 24), said("2", "completed", 200), said("3", "canceled", 300)],
    "in parts": [said("1", "foc", 24), said("2", "completed", 200, numbers=ORDER[:1]), said("3", "completed", 210, numbers=ORDER[1:])],
    "one fails": [said("1", "completed", 200, numbers=ORDER[:2]), said("2", "failed", 210, numbers=ORDER[2:])],
    "fails and completes": [said("1", "failed", 200, numbers=ORDER[:1]), said("2", "completed", 210)],
    "strangers": [said("1", "completed", 200, numbers=(ORDER[0], "+13125550199")), said("2", "foc", 24)],
    "unconfirmed": [said("1", "foc", 24), said("2", "completed", 200, confirmed=False), said("3", "canceled", 30, confirmed=False)],
    "earlier attempt": [said("1", "rejected", 10), said("2", "accepted", 20, attempt=2), said("3", "foc", 30, attempt=2), said("4", "foc", 40)],
    "completed on the first attempt": [said("1", "rejected", 10), said("2", "completed", 200), said("3", "accepted", 20, attempt=2)],
    "past date": [said("1", "accepted", 1), said("2", "foc", 300, day=date(2026, 11, 1))],
    "unknown kind": [said("1", "accepted", 1), said("2", "teleported", 2), said("3", "foc", 24)],
    "rejection without a reason": [said("1", "accepted", 1), said("2", "rejected", 2, reasons=())],
    "comments": [said("1", "received", 0), said("2", "comment", 1, text="hello"), said("3", "asked", 2, text="CSR?"), said("4", "accepted", 3)],
}  # fmt: skip


def digest(words: Sequence[Said], attempt: int = 1) -> str:
    return json.dumps(asdict(view.amount_to(words, attempt, ORDER)), default=str, sort_keys=True)


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_order_and_any_number_of_repetitions_amount_to_the_same(name: str) -> None:
    script = SCRIPTS[name]
    expected = digest(script)
    for order in itertools.permutations(script):
        assert digest(order) == expected
        assert digest([*order, *order, order[0]]) == expected


def sequences(count: int, seed: int = 1) -> int:
    """Shuffles of two scripts woven together, with repetitions; answers how many were tried. The soak asks for more."""
    dice = random.Random(seed)
    names = list(SCRIPTS)
    tried = 0
    while tried < count:
        one, other = dice.sample(names, 2)
        words = [*SCRIPTS[one], *[Said(**{**each.__dict__, "id": f"x{each.id}"}) for each in SCRIPTS[other]]]
        attempt = dice.choice([1, 2])
        expected = digest(words, attempt)
        for _again in range(20):
            mixed = dice.sample(words, len(words)) + dice.choices(words, k=dice.randint(0, 4))
            dice.shuffle(mixed)
            assert digest(mixed, attempt) == expected, (one, other)
            tried += 1
    return tried


def test_ten_thousand_sequences_have_no_differing_digest() -> None:
    assert sequences(10_000) >= 10_000


def test_the_control_applies_words_as_they_come_and_differs() -> None:
    """Without the fold the answer depends on the order of arrival: what the fold is for."""

    def as_they_come(words: Sequence[Said]) -> str:
        state = "pending"
        for each in words:
            state = {"accepted": "submitted", "foc": "foc", "rejected": "rejected"}.get(each.kind, state)
        return state

    found = {as_they_come(order) for order in itertools.permutations(SCRIPTS["a date, then rejected"])}
    assert len(found) > 1


def test_what_each_script_amounts_to() -> None:
    def amount(name: str, attempt: int = 1) -> view.View:
        return view.amount_to(SCRIPTS[name], attempt, ORDER)

    assert amount("plain").outcomes == dict.fromkeys(ORDER, "completed")
    assert amount("rejected").rejected is not None
    assert amount("rejected, then a date").rejected is None
    assert amount("rejected, then a date").foc is not None
    assert amount("a date, then rejected").foc is None
    moved = amount("date moved").foc
    assert moved is not None
    assert moved.day == DAY + timedelta(days=3)
    # A number that has moved has moved, whatever else is said.
    for name in ("canceled and completed", "completed and canceled"):
        assert amount(name).outcomes == dict.fromkeys(ORDER, "completed")
        assert amount(name).contradictions
    assert amount("in parts").outcomes == dict.fromkeys(ORDER, "completed")
    assert amount("one fails").outcomes[ORDER[2]] == "failed"
    assert amount("strangers").contradictions == ("1",)
    # Final words are believed only once the carrier repeats them on being asked.
    assert amount("unconfirmed").outcomes == {}
    assert amount("unconfirmed").unconfirmed
    assert amount("earlier attempt", 2).rejected is None
    assert amount("past date").foc is None
    assert amount("completed on the first attempt", 2).outcomes == dict.fromkeys(ORDER, "completed")

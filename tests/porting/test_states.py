"""The ladder of statuses, whose turn it is, and that only listed moves happen (STAT-08 to STAT-16, P10, T1)."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dialtone.carriers.statements import FAILED, KINDS, Reason, Said
from dialtone.porting import states, view
from dialtone.porting.states import Facts

DAY = date(2026, 12, 1)


@pytest.mark.req("STAT-08", "STAT-09", "STAT-10", "STAT-11", "STAT-12", "STAT-13", "STAT-14")
@pytest.mark.parametrize(
    ("facts", "status", "turn", "waits"),
    [
        (Facts({"open": 2}), "pending", "customer", "entry"),
        (Facts({"open": 2}, only_letter_missing=True), "pending", "signatory", "letter"),
        # Submitted by its owner is still Pending, until it is validated (STAT-14).
        (Facts({"open": 2}, handed_in=True), "pending", "carrier", "validation"),
        (Facts({"open": 2}, handed_in=True, accepted=True), "submitted", "carrier", "foc_date"),
        (Facts({"open": 2}, handed_in=True, accepted=True, foc_on=DAY), "foc_received", "carrier", "foc_day"),
        (Facts({"open": 2}, handed_in=True, rejected=True), "rejected", "customer", "correction"),
        (Facts({"open": 2}, handed_in=True, rejected=True, waits_for_support=True), "rejected", "operator", "support"),
        # Refused after it had been accepted, or even after a date had been named.
        (Facts({"open": 2}, handed_in=True, accepted=True, rejected=True, foc_on=DAY), "rejected", "customer", "correction"),
        # Moved in part: the status stays, the counts say how many.
        (Facts({"open": 1, "completed": 1}, handed_in=True, accepted=True, foc_on=DAY), "foc_received", "carrier", "foc_day"),
        (Facts({"completed": 2}, handed_in=True, accepted=True, foc_on=DAY), "completed", "nobody", ""),
        (Facts({"completed": 1, "failed": 1}, handed_in=True), "completed", "nobody", ""),
        (Facts({"failed": 2}, handed_in=True, accepted=True), "canceled", "nobody", ""),
        (Facts({"canceled": 2}, handed_in=True, withdrawn=True), "canceled", "nobody", ""),
        (Facts({"open": 2}, withdrawn=True), "canceled", "nobody", ""),
        (Facts({"completed": 1, "canceled": 1}, handed_in=True, withdrawn=True), "completed", "nobody", ""),
    ],
)  # fmt: skip
def test_the_status_follows_from_the_facts(facts: Facts, status: str, turn: str, waits: str) -> None:
    assert (states.status(facts), states.acts_next(facts), states.waits_for(facts)) == (status, turn, waits)


def test_a_number_is_settled_once() -> None:
    for state in ("completed", "failed", "canceled"):
        assert not states.NUMBER_MOVES[state]
        assert states.next_number_state("open", state) == state


class Walk:
    """An order in memory: customer, desk and carrier do whatever they like, and the rules answer."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.numbers = {f"+1212731{n:04}": "open" for n in range(self.dice.randint(1, 4))}
        self.attempt = 0
        self.said: list[Said] = []
        self.withdrawn = False
        self.now = datetime(2026, 11, 2, 12, tzinfo=UTC)
        self.status = states.PENDING
        self.path = [self.status]

    def facts(self) -> Facts:
        seen = view.amount_to(self.said, self.attempt, self.numbers)
        for e164, outcome in seen.outcomes.items():
            following = states.next_number_state(self.numbers[e164], outcome)
            if following is not None:
                self.numbers[e164] = following
        counted: dict[str, int] = {}
        for state in self.numbers.values():
            counted[state] = counted.get(state, 0) + 1
        return Facts(
            counted,
            handed_in=self.attempt > 0,
            accepted=seen.accepted,
            rejected=seen.rejected is not None,
            foc_on=seen.foc.day if seen.foc else None,
            withdrawn=self.withdrawn,
        )

    def step(self) -> None:
        self.now += timedelta(minutes=self.dice.randint(0, 3000))
        move = self.dice.choice(["submit", "cancel", "remove", *["carrier"] * 5])
        is_over = self.status in states.ENDED
        if move == "submit" and self.status in (states.PENDING, states.REJECTED) and not is_over:
            if self.attempt == 0 or self.status == states.REJECTED:
                self.attempt += 1
        elif move == "cancel" and not is_over and self.status in (states.PENDING, states.REJECTED):
            self.withdrawn = True
            for e164, state in self.numbers.items():
                self.numbers[e164] = states.next_number_state(state, "canceled") or state
        elif move == "carrier" and self.attempt:
            word = self._word()
            if all(each.id != word.id for each in self.said):  # kept once by the carrier's id
                self.said.append(word)
        self._settle()

    def _word(self) -> Said:
        kind = self.dice.choice(KINDS)
        some = tuple(self.dice.sample(sorted(self.numbers), self.dice.randint(0, len(self.numbers))))
        at = self.now - timedelta(minutes=self.dice.choice([0, 0, 90, 10_000]))
        return Said(
            id=str(len(self.said)) if self.dice.random() > 0.1 else "0",
            kind=kind,
            at=at,
            attempt=max(1, self.attempt - self.dice.choice([0, 0, 0, 1])),
            numbers=some if kind in (*view.FINAL,) else (),
            day=(at + timedelta(days=self.dice.randint(-3, 20))).date(),
            reasons=(Reason("6A"),) if self.dice.random() > 0.2 else (),
            confirmed=self.dice.random() > 0.3,
        )

    def _settle(self) -> None:
        if self.status in states.ENDED:
            before = dict(self.numbers)
            self.facts()
            # What a carrier still says about an order that is over changes nothing.
            assert self.numbers == before or not self.withdrawn
            return
        self.status = states.status(self.facts())
        if self.status != self.path[-1]:
            self.path.append(self.status)


def walk(seed: int, steps: int = 40) -> list[str]:
    """One seeded walk; answers its path. The soak runs a hundred thousand (tools/soak)."""
    found = Walk(seed)
    size = len(found.numbers)
    for _step in range(steps):
        settled = {e164: state for e164, state in found.numbers.items() if state != "open"}
        found.step()
        assert all(found.numbers[e164] == state for e164, state in settled.items()), (
            "a settled number moved again"
        )
        assert len(found.numbers) == size, "P9"
    for before, after in zip(found.path, found.path[1:], strict=False):
        assert after in states.MOVES[before], (seed, found.path)
    return found.path


def test_six_hundred_seeded_walks_make_no_illegal_move() -> None:
    seen: set[Any] = set()
    for seed in range(600):
        path = walk(seed)
        seen |= set(itertools.pairwise(path))
    reached = {(before, after) for before, those in states.MOVES.items() for after in those}
    assert seen <= reached
    assert len(seen) >= len(reached) - 2, reached - seen  # nearly every listed move is walked
    assert FAILED in KINDS

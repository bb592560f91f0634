"""T1: the state machines of numbers, order lines, orders, emergency addresses, ports, subscriptions, contracts and cases walked
at random, against naive models that know nothing of their tables; then real verbs on a real database against a dictionary.

100,000 walks of 40 at the gate, every pair of state and event visited; Hypothesis for the smallest walk that goes wrong; 200 walks
of 40 on the database, each followed by the auditor. Controls: each machine with one wrong move, and a carrier's refusal taken for a
delivery on the database; all have to be noticed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

from tools.soak import shared
from tools.soak.machines_database import walks_on_database
from tools.soak.machines_models import MACHINES, Machine, Wrong

STEPS = 40


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    with shared.database("machines"):
        found = _mass(2_000_000 if full else 100_000)
        found += _smallest(20_000 if full else 1000)
        found += [f"the wrong {each.name} was not noticed" for each in MACHINES() if not _notices(each)]
        walks, steps = (3000, 80) if full else (200, STEPS)
    return found + walks_on_database(walks, steps)


def _mass(walks: int) -> list[str]:
    """Plain random walks, each machine in its turn, until there are enough and every pair was visited."""
    begun = time.monotonic()
    chance = random.Random(1)
    visited: dict[str, set[tuple[str, str]]] = {}
    found: list[str] = []
    machines = MACHINES()
    for nth in range(walks):
        machine = machines[nth % len(machines)]
        seen = visited.setdefault(machine.name, set())
        try:
            walk(machine, (chance.choice(machine.events) for _ in range(STEPS)), seen)
        except Wrong as wrong:
            found.append(f"{machine.name}: {wrong}")
    missing = [
        f"{machine.name}: never {event} in {state or 'the beginning'}"
        for machine in machines
        for state in machine.states
        for event in machine.events
        if (state, event) not in visited[machine.name]
    ]
    pairs = sum(len(seen) for seen in visited.values())
    print(
        f"  machines: {walks:,} walks of {STEPS} in {time.monotonic() - begun:.0f} s, {pairs} pairs of state and event",
        flush=True,
    )
    return (found + missing)[:10]


def walk(machine: Machine, events: Iterator[str], seen: set[tuple[str, str]]) -> None:
    """One walk. Raises Wrong with the way there when machine and model part."""
    real, model = machine.begin(), machine.model()
    way: list[str] = []
    for event in events:
        before = real.state()
        seen.add((before, event))
        way.append(event)
        took, expected = real.take(event), model.take(event)
        if (took, real.state()) != (expected, model.state()):
            raise Wrong(
                f"after {way} it says {real.state()!r} ({took}), the model {model.state()!r} ({expected})"
            )
        broken = real.broken(before)
        if broken:
            raise Wrong(f"after {way}: {broken}")


def _smallest(examples: int) -> list[str]:
    """The same by Hypothesis, which shows the shortest walk that fails."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    rest = settings(
        max_examples=examples // len(MACHINES()),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    found = []
    for machine in MACHINES():
        try:
            run_state_machine_as_test(_stateful(machine), settings=rest)
        except Exception as error:
            found.append(f"{machine.name}, smallest: {str(error)[-800:]}")
    return found


def _stateful(machine: Machine) -> Any:
    from hypothesis import strategies
    from hypothesis.stateful import RuleBasedStateMachine, rule

    class Walking(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.real, self.model = machine.begin(), machine.model()

        @rule(event=strategies.sampled_from(machine.events))
        def happens(self, event: str) -> None:
            before = self.real.state()
            assert self.real.take(event) == self.model.take(event), event
            assert self.real.state() == self.model.state(), event
            assert not self.real.broken(before)

    return Walking


def _notices(machine: Machine) -> bool:
    """With one wrong move let in, some walk fails."""
    chance = random.Random(3)
    wrong = machine.wrong()
    try:
        for _ in range(3000):
            walk(wrong, (chance.choice(wrong.events) for _ in range(STEPS)), set())
    except Wrong:
        return True
    return False

"""T1: the state machines of numbers, order lines, orders, emergency addresses, ports, subscriptions, contracts and cases walked
at random, against naive models that know nothing of their tables; then real verbs on a real database against a dictionary.

100,000 walks of 40 at the gate, every pair of state and event visited; Hypothesis for the smallest walk that goes wrong; of 200 walks
of 40 on the database 60 each day, so that all have been walked within four, with the auditor on the way. Controls: each machine with one wrong move, and a carrier's refusal taken for a
delivery on the database; all have to be noticed.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from typing import Any

import django

from tools.soak.machines_database import walks_on_database
from tools.soak.machines_models import MACHINES, Machine, Wrong

CORES = 2
STEPS = 40
ON_DATABASE, A_DAY = 200, 60  # walks: all of the gate, and those of a day
PARTS = 8  # of the plain walks, so that two processes share them


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    seeds, steps = (range(3000), 80) if full else (todays(int(time.time() // 86400)), STEPS)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DIALTONE_SANDBOX": "1",
            "DIALTONE_DATA_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
        }
        with get_context("spawn").Pool(2, django.setup) as pool:
            smallest = pool.apply_async(_smallest, [20_000 if full else 1000])
            found = _mass(pool, 2_000_000 if full else 100_000)
            found += smallest.get()
    return found + walks_on_database(seeds, steps)


def todays(day: int) -> list[int]:
    """The seeds of the walks on the database that are a day's turn."""
    return [(day * A_DAY + nth) % ON_DATABASE for nth in range(A_DAY)]


def _mass(pool: Any, walks: int) -> list[str]:
    """Plain random walks, each machine in its turn, until there are enough and every pair was visited."""
    begun = time.monotonic()
    parts = pool.map(_walks, [(seed, walks // PARTS) for seed in range(PARTS)], chunksize=1)
    machines = pool.apply(_named)
    visited: dict[str, set[tuple[str, str]]] = {}
    for _wrong, part in parts:
        for name, seen in part.items():
            visited.setdefault(name, set()).update(seen)
    missing = [
        f"{name}: never {event} in {state or 'the beginning'}"
        for name, states, events in machines
        for state in states
        for event in events
        if (state, event) not in visited[name]
    ]
    pairs = sum(len(seen) for seen in visited.values())
    print(
        f"  machines: {walks:,} walks of {STEPS} in {time.monotonic() - begun:.0f} s, {pairs} pairs of state and event",
        flush=True,
    )
    return [*(wrong for part, _seen in parts for wrong in part), *missing][:10]


def _named() -> list[tuple[str, Sequence[str], Sequence[str]]]:
    """Name, states and events of each machine."""
    return [(each.name, each.states, each.events) for each in MACHINES()]


def _walks(told: tuple[int, int]) -> tuple[list[str], dict[str, set[tuple[str, str]]]]:
    """So many walks from one seed: what went wrong, and the pairs that each machine was seen in."""
    seed, walks = told
    chance = random.Random(seed)
    machines = MACHINES()
    visited: dict[str, set[tuple[str, str]]] = {machine.name: set() for machine in machines}
    found: list[str] = []
    for nth in range(walks):
        machine = machines[nth % len(machines)]
        try:
            walk(machine, chance.choices(machine.events, k=STEPS), visited[machine.name])
        except Wrong as wrong:
            found.append(f"{machine.name}: {wrong}")
    return found, visited


def walk(machine: Machine, events: Sequence[str], seen: set[tuple[str, str]]) -> None:
    """One walk. Raises Wrong with the way there when machine and model part."""
    real, model = machine.begin(), machine.model()
    state = real.state()
    for nth, event in enumerate(events, start=1):
        before = state
        seen.add((before, event))
        took, expected = real.take(event), model.take(event)
        state, meant = real.state(), model.state()
        if (took, state) != (expected, meant):
            raise Wrong(f"after {events[:nth]} it says {state!r} ({took}), the model {meant!r} ({expected})")
        broken = real.broken(before)
        if broken:
            raise Wrong(f"after {events[:nth]}: {broken}")


def _smallest(examples: int) -> list[str]:
    """The same by Hypothesis, which shows the shortest walk that fails."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    begun = time.monotonic()
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
    found += [f"the wrong {each.name} was not noticed" for each in MACHINES() if not _notices(each)]
    print(f"  machines: {examples:,} walks of Hypothesis in {time.monotonic() - begun:.0f} s", flush=True)
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
            walk(wrong, chance.choices(wrong.events, k=STEPS), set())
    except Wrong:
        return True
    return False

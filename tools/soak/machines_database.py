"""T1 on the database: verbs of the product in any order, and a dictionary that says what each must make of every number."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from typing import Any
from uuid import UUID, uuid4

EACH = 40  # walks on one database
AUDIT_EVERY = 10  # walks


@dataclass
class Waiting:
    """An order that is not over in the model."""

    id: UUID
    e164s: list[str]
    begun: bool = False


@dataclass
class Walker:
    """One customer's numbers as the dictionary has them: state, and whether somebody has the number."""

    org: Any
    admin: Any
    location: Any
    chance: random.Random
    fresh: list[str]
    neighbour: tuple[Any, Any, Any]
    states: dict[str, str] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    switched_off: set[str] = field(default_factory=set)
    orders: list[Waiting] = field(default_factory=list)
    way: list[str] = field(default_factory=list)
    refused: int = 0

    def step(self) -> str:
        """One verb, a second after the last; answers what differs afterwards, or ""."""
        from dialtone.base import clock

        verbs = {
            "place": 4, "place_taken": 1, "cancel": 2, "work": 3, "assign": 3, "unassign": 2, "activate": 2,
            "deactivate": 3, "give_back": 2, "change_address": 1, "withdraw_address": 1, "hold_and_let_expire": 1,
        }  # fmt: skip
        verb = self.chance.choices(list(verbs), list(verbs.values()))[0]
        self.way.append(verb)
        clock._frozen.set(clock.now() + timedelta(seconds=1))
        problem: str = getattr(self, verb)()
        return problem or self.differs()

    def walk(self, steps: int) -> str:
        """So many verbs; answers the first thing that is not as the dictionary says, or ""."""
        return next(filter(None, (self.step() for _ in range(steps))), "")

    def attempt(self, verb: str, work: Any, *, may: bool) -> str:
        """Carry a verb out in the customer's scope; whether it is done or refused must be what the model says."""
        from dialtone.base.problems import Problem, Problems
        from tests.plugins.world import as_customer

        try:
            with as_customer(self.org, self.admin):
                work()
        except (Problem, Problems) as refusal:
            self.refused += 1
            return f"{verb} was refused: {refusal}" if may else ""
        return "" if may else f"{verb} was done and should not have been"

    def differs(self) -> str:
        """Where the database and the dictionary part."""
        from dialtone.numbers.models import Line, Number
        from tests.plugins.world import as_customer

        with as_customer(self.org, self.admin):
            found = dict(Number.objects.filter(e164__in=list(self.states)).values_list("e164", "state"))
            lines = set(
                Line.objects.filter(number__e164__in=list(self.states)).values_list("number__e164", flat=True)
            )
        wrong = [
            f"{e164} is {found.get(e164)}, not {state}"
            for e164, state in self.states.items()
            if found.get(e164) != state
        ]
        wrong += [f"{e164}: somebody has it, or nobody" for e164 in lines ^ self.assigned]
        return "; ".join(wrong[:3])

    def some(self, *states: str) -> str | None:
        """One of our numbers in these states."""
        found = [e164 for e164, state in self.states.items() if state in states]
        return self.chance.choice(found) if found else None

    # The verbs, each with what the model makes of it.

    def place(self) -> str:
        wanted = [self.fresh.pop() for _ in range(self.chance.choice([1, 1, 2, 5])) if self.fresh]
        if not wanted:
            return ""
        return self._place(wanted)

    def _place(self, wanted: list[str]) -> str:
        from dialtone.orders import cart, place

        def work() -> None:
            choices = [cart.Choice([e164], "standard") for e164 in wanted]
            held = cart.add(self.location.id, choices, apart=True)
            self.orders.append(Waiting(place.place(held.id).id, wanted))

        problem = self.attempt("place", work, may=True)
        self.states |= dict.fromkeys(wanted, "pending")
        return problem

    def place_taken(self) -> str:
        """A number that is ours, or rests after us, is not available to anybody else (N1, N4)."""
        from dialtone.base.problems import Problems
        from dialtone.orders import cart
        from tests.plugins.world import as_customer

        taken = self.some("pending", "inactive", "active", "released", "failed")
        if taken is None:
            return ""
        other, admin, office = self.neighbour
        try:
            with as_customer(other, admin):
                cart.add(office.id, [cart.Choice([taken], "standard")], apart=True)
        except Problems:
            self.refused += 1
            return ""
        return f"{taken}, which is {self.states[taken]}, was given to somebody else"

    def cancel(self) -> str:
        from dialtone.orders import cancel

        if not self.orders:
            return ""
        order = self.chance.choice(self.orders)
        problem = self.attempt("cancel", lambda: cancel.cancel(order.id), may=not order.begun)
        if not order.begun:
            self.orders.remove(order)
            for e164 in order.e164s:
                self.states[e164] = "cancelled"
                self.assigned.discard(e164)
        return problem

    def work(self) -> str:
        """Half a minute passes: the carrier delivers, except what it refuses (…9999)."""
        pass_time(timedelta(seconds=30), 2)
        for order in self.orders:
            for e164 in order.e164s:
                self.states[e164] = "failed" if e164.endswith("9999") else "active"
                if self.states[e164] == "failed":
                    self.assigned.discard(e164)
        self.orders.clear()
        return ""

    def assign(self) -> str:
        from dialtone.numbers import assign

        e164 = self.some("pending", "inactive", "active", "released", "failed")
        if e164 is None or e164 in self.assigned:
            return ""
        may = self.states[e164] in ("pending", "inactive", "active")
        owner = assign.Owner("person", uuid4(), "Somebody")
        problem = self.attempt(
            "assign",
            lambda: assign.assign(
                owner=owner, location_id=self.location.id, location_country="US", e164=e164
            ),
            may=may,
        )
        if may:
            self.assigned.add(e164)
        return problem

    def unassign(self) -> str:
        from dialtone.emergency import unassign

        e164 = self.some("pending", "inactive", "active", "released")
        if e164 is None:
            return ""
        may = self.states[e164] != "released"
        problem = self.attempt("unassign", lambda: unassign.unassign(e164), may=may)
        self.assigned.discard(e164)
        return problem

    def activate(self) -> str:
        from dialtone.emergency import activate

        e164 = self.some("pending", "inactive", "active", "released")
        if e164 is None:
            return ""
        may = self.states[e164] in ("inactive", "active")
        problem = self.attempt("activate", lambda: activate.activate([e164]), may=may)
        if may:
            self.states[e164] = "active"
        return problem

    def deactivate(self) -> str:
        from dialtone.emergency import deactivate

        e164 = self.some("inactive", "active", "released")
        if e164 is None:
            return ""
        may = self.states[e164] != "released" and e164 not in self.assigned
        problem = self.attempt("deactivate", lambda: deactivate.deactivate([e164]), may=may)
        if may:
            self.states[e164] = "inactive"
        return problem

    def give_back(self) -> str:
        from dialtone.emergency import give_back

        e164 = self.some("pending", "inactive", "active", "failed")
        if e164 is None:
            return ""
        may = self.states[e164] in ("inactive", "active") and e164 not in self.assigned
        problem = self.attempt("give_back", lambda: give_back.give_back([e164]), may=may)
        if may:
            self.states[e164] = "released"
        return problem

    def change_address(self) -> str:
        """A new version, or one that the authority has doubts about: nothing stops calling either way (E2)."""
        from dialtone.base.address import CivicAddress
        from dialtone.emergency import enter_address

        room = str(self.chance.randrange(1000))
        street = self.chance.choice(["350 Fifth Avenue", "1 Nowhere Whatever Crescent"])
        address = CivicAddress("US", street, "New York", "10118", "NY", room=room)
        return self.attempt(
            "change_address", lambda: enter_address.enter_address(self.location.id, address), may=True
        )

    def withdraw_address(self) -> str:
        """The address that numbers show cannot be taken back (E2)."""
        from dialtone.emergency import queries, withdraw_address
        from tests.plugins.world import as_customer

        with as_customer(self.org, self.admin):
            shown = queries.of_location(self.location.id)
        if shown is None or "active" not in self.states.values():
            return ""
        return self.attempt(
            "withdraw_address", lambda: withdraw_address.withdraw_address(shown.id), may=False
        )

    def hold_and_let_expire(self) -> str:
        """What is held half an hour and not ordered can be had again (N3)."""
        from dialtone.orders import cart

        if not self.fresh:
            return ""
        wanted = self.fresh.pop()
        choice = cart.Choice([wanted], "standard")
        problem = self.attempt("hold", lambda: cart.add(self.location.id, [choice], apart=True), may=True)
        pass_time(timedelta(minutes=31), 1)
        problem = problem or self.work() or self._place([wanted])
        return problem


def pass_time(by: timedelta, rounds: int) -> None:
    """Let so much time pass in so many steps, and carry out what is due."""
    from dialtone.base import clock
    from dialtone.jobs import sweeper

    for _ in range(rounds):
        clock._frozen.set(clock.now() + by / rounds)
        sweeper.run_due()


def walks_on_database(seeds: Sequence[int], steps: int) -> list[str]:
    """A walk of each seed, a few on each database, on as many databases at once as there are cores."""
    begun = time.monotonic()
    cores = os.cpu_count() or 1
    each = min(EACH, -(-len(seeds) // cores))
    parts = [(seeds[first : first + each], steps) for first in range(0, len(seeds), each)]
    with get_context("spawn").Pool(cores, maxtasksperchild=1) as pool:
        came = pool.starmap(_walks_on_one, parts)
    found = [problem for problems, _refused, _noticed in came for problem in problems]
    refused = sum(refusals for _problems, refusals, _noticed in came)
    print(
        f"  machines: {len(seeds)} walks of {steps} on the database in {time.monotonic() - begun:.0f} s, {refused} refusals",
        flush=True,
    )
    if not all(noticed for _problems, _refused, noticed in came):
        found.append(
            "a refusal taken for a delivery was not noticed, so the walks on the database prove nothing"
        )
    return found[:10]


def _walks_on_one(seeds: Sequence[int], steps: int) -> tuple[list[str], int, bool]:
    """Walks one after another on a database of their own; each begins with fresh numbers and goes on with what the others left
    there. Answers (what went wrong, how many refusals, whether the control was noticed)."""
    from tools.soak import shared

    with shared.database("machines"):
        from dialtone.base import clock, tenancy
        from tests.plugins.office import open_office, stock
        from tests.plugins.world import START, build_world

        with clock.frozen(START):
            with tenancy.operator_scope():
                world = build_world()
            stock(world)
            more_numbers(len(seeds))
            alice, bob = world.people["alice_admin"], world.people["bob_admin"]
            office = open_office(world.alice, alice)
            neighbour = (world.bob, bob, open_office(world.bob, bob))
            found: list[str] = []
            refused = 0
            for nth, seed in enumerate(seeds):
                chance = random.Random(seed)
                walker = Walker(world.alice, alice, office, chance, numbers_of(nth), neighbour)
                problem = walker.walk(steps)
                found += [f"walk {seed}, after {walker.way}: {problem}"] if problem else []
                refused += walker.refused
                if nth % AUDIT_EVERY == 0 or nth == len(seeds) - 1:
                    found += audited()
                if len(found) > 5:
                    break
            noticed = _control(world, office, neighbour, len(seeds))
    return found, refused, noticed


def audited() -> list[str]:
    """What the auditor says."""
    from dialtone.base import invariants, tenancy

    with tenancy.operator_scope():
        return [str(each)[:500] for each in invariants.run()]


def more_numbers(walks: int) -> None:
    """A hundred numbers for each walk, and one that the carrier refuses."""
    from dialtone.base import tenancy
    from dialtone.numbers.inventory import load

    lines = ["first,last,country,state,area_code,city,rate_center,kind,carrier"]
    for nth in range(walks + 1):
        first, refused = _own_numbers(nth)
        for start, end in ((first, first + 98), (refused, refused)):
            lines.append(f"{start},{end},US,NY,212,New York,NEW YORK Z1,standard,sandbox")
    with tenancy.operator_scope():
        plan = load.plan_load("\n".join(lines).encode(), "soak")
        assert plan.bad_rows == 0
        load.apply(plan, simulated=True)


def numbers_of(nth: int) -> list[str]:
    """The numbers of a walk, taken from the end; the one that will be refused comes early in every second walk."""
    first, refused = _own_numbers(nth)
    found = [f"+{first + step}" for step in range(98, -1, -1)]
    return [f"+{refused}", *found] if nth % 2 else [*found[:-3], f"+{refused}", *found[-3:]]


def _own_numbers(nth: int) -> tuple[int, int]:
    """(first of the hundred, the one that is refused)."""
    exchange = 12120000000 + (320 + nth) * 10_000
    return exchange, exchange + 9999


def _control(world: Any, office: Any, neighbour: Any, nth: int) -> bool:
    """With the carrier's refusals taken for deliveries the dictionary and the database part."""
    from unittest.mock import patch

    from dialtone.numbers import settle as numbers_settle

    honest = numbers_settle.settle

    def careless(numbers: Any, event: str) -> Any:
        return honest(numbers, "delivered" if event == "refused" else event)

    walker = Walker(
        world.alice, world.people["alice_admin"], office, random.Random(5), numbers_of(nth), neighbour
    )
    refused = next(e164 for e164 in walker.fresh if e164.endswith("9999"))
    with patch.object(numbers_settle, "settle", careless):
        return bool(walker._place([refused]) or walker.work() or walker.differs())

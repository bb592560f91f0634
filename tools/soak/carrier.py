"""T9: a carrier that misbehaves by a seed. Every order ends or somebody is alerted, and what the carrier holds is what we hold (E5).

One seed is a customer's sixty days: numbers ordered, numbers ported, an office that moves. The carrier is the sandbox's own behind
`Moody`, which is away for hours, acts and then says nothing, answers with a page of HTML, with nothing, or about other people's
numbers, and changes its books in silence. What it did to whom is printed with the seed, so that a failure can be repeated:

    ./run soak carrier                 20 seeds
    ./run soak carrier --full          500 seeds
"""

from __future__ import annotations

import json
import logging
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from tools.soak import shared

CORES = 2
PROCESSES = 2
SEEDS = {False: 20, True: 500}
DAYS = timedelta(days=60)
CALM = timedelta(
    days=40
)  # from then on the carrier behaves: what is still open then has to end or be on the desk
STRANGER = "+12127319999"


def soak(full: bool) -> list[str]:
    """Play the seeds in two processes, each on a database of its own; then the negative control."""
    seeds = range(SEEDS[full])
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(play, range(PROCESSES), [seeds[at::PROCESSES] for at in range(PROCESSES)]))
    problems = [each for part, _did, _control in parts for each in part]
    if not any("the carrier holds" in each for each in parts[0][2]):
        problems.append("control: nobody compared, and no difference was found")
    did = sum((did for _part, did, _control in parts), Counter())
    told = ", ".join(f"{count} x {what}" for what, count in did.most_common())
    print(f"  carrier: {SEEDS[full]} seeds of {DAYS.days} days, {told}")
    return problems[:20]


def play(process: int, seeds: Sequence[int]) -> tuple[list[str], Counter[str], list[str]]:
    """One process's seeds: what is wrong, what the carrier did, and what the negative control found (the first process only)."""
    did: Counter[str] = Counter()
    with shared.database(f"carrier{process}"):
        logging.disable(logging.CRITICAL)  # the failures are wanted
        problems = [f"seed {seed}: {each}" for seed in seeds for each in played(seed, did)]
        control = [] if process else played(0, Counter(), is_watched=False)
    return problems, did, control


def played(seed: int, did: Counter[str], *, is_watched: bool = True) -> list[str]:
    """Sixty days of one seed, undone afterwards; answers what is wrong at their end."""
    from django.db import IntegrityError, connection, transaction

    from dialtone.base import clock
    from tests.plugins import office, world

    found: list[str] = []
    with transaction.atomic():
        with clock.frozen(world.START):
            life = Life(seed, office, world.build_world())
            with misbehaving(Moody(seed, world.START, did)) as moody, watching(is_watched):
                life.begin()
                life.pass_days(moody)
            found = life.loose_ends()
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except IntegrityError as error:
                found.append(f"a constraint does not hold: {error}")
        transaction.set_rollback(True)
    return found


class Moody:
    """The sandbox's carrier on bad days: every answer is drawn by the seed until it calms down."""

    code = "sandbox"
    vouches = True
    MOODS = (
        ("well", 60),
        ("away", 10),
        ("html", 7),
        ("acts, then silence", 9),
        ("empty", 8),
        ("strangers", 6),
    )

    def __init__(self, seed: int, begins: datetime, did: Counter[str]) -> None:
        from dialtone.carriers.sandbox.carrier import SandboxCarrier

        self.inner = SandboxCarrier()
        self.chance = random.Random(f"moods of {seed}")
        self.calm_at = begins + CALM
        self.is_calm = True
        self.did = did

    def _mood(self) -> str:
        from dialtone.base import clock
        from dialtone.carriers.protocol import CarrierAway

        if self.is_calm or clock.now() >= self.calm_at:
            return "well"
        names, weights = zip(*self.MOODS, strict=True)
        mood = str(self.chance.choices(names, weights)[0])
        self.did[mood] += 1
        if mood == "away":
            raise CarrierAway("503 Service Unavailable")
        if mood == "html":
            json.loads("<!doctype html><title>502 Bad Gateway</title>")
        return mood

    def do(self, ask: Any) -> Any:
        from dialtone.carriers.protocol import CarrierUnsure

        mood = self._mood()
        told = self.inner.do(ask)
        if mood == "acts, then silence":
            raise CarrierUnsure("read timed out")
        return self._garbled(told, mood)

    def observe(self, reference: str) -> Any:
        mood = self._mood()
        told = self.inner.observe(reference)
        return None if mood == "empty" else self._garbled(told, mood) if told else None

    def look_up(self, e164s: Sequence[str], country: str, kinds: Sequence[str]) -> Any:
        mood = self._mood()
        told = self.inner.look_up(e164s, country, kinds)
        if mood == "strangers":
            return dict.fromkeys([STRANGER], next(iter(told.values()))) if told else told
        return {} if mood == "empty" else told

    def holds(self, e164s: Sequence[str]) -> Any:
        return {} if self._mood() == "empty" else self.inner.holds(e164s)

    def port_history(self, order: str) -> Any:
        from dialtone.carriers.protocol import PortHistory

        mood = self._mood()
        told = self.inner.port_history(order)
        if mood == "empty":
            return PortHistory(())
        if mood == "strangers" and told is not None:
            said = [
                replace(each, numbers=(*each.numbers, STRANGER) if each.numbers else ()) for each in told.said
            ]
            return PortHistory(tuple(said), told.next_at)
        return told

    def gone(self, e164s: Any) -> set[str]:
        return self.inner.gone(e164s)

    def _garbled(self, told: Any, mood: str) -> Any:
        """A receipt without its list, or with somebody else's number in the place of the first."""
        if mood == "empty":
            return replace(told, outcomes=())
        if mood == "strangers" and told.outcomes:
            return replace(told, outcomes=(replace(told.outcomes[0], e164=STRANGER), *told.outcomes[1:]))
        return told

    def meddle(self) -> None:
        """Change the books in silence: another address for a number, or none."""
        from dialtone.base import tenancy
        from dialtone.carriers.models import SandboxRecord

        with tenancy.operator_scope():
            rows = list(SandboxRecord.objects.filter(facts__has_key="emergency_address").order_by("e164"))
            if not rows or self.chance.random() < 0.7:
                return
            row = self.chance.choice(rows)
            self.did["silent change"] += 1
            if self.chance.random() < 0.5:
                row.facts.pop("emergency_address")
            else:
                row.facts["emergency_address"] = {
                    **row.facts["emergency_address"],
                    "address1": "1 Elsewhere Road",
                }
            row.save(update_fields=["facts"])


class Life:
    """A customer's sixty days: orders, ports, an office that moves house."""

    RECORDS = ("us-plain", "us-gremlin", "us-parts", "us-chicago")

    def __init__(self, seed: int, office: Any, world: Any) -> None:
        self.chance = random.Random(f"life of {seed}")
        self.office, self.world = office, world
        self.orders: list[Any] = []
        self.ports: list[Any] = []

    def begin(self) -> None:
        from dialtone.base import installation
        from dialtone.orders import cart, place
        from dialtone.porting import submit
        from tests.plugins.world import as_operator
        from tests.porting import bench

        with as_operator():
            installation.begin()
        self.office.stock(self.world)
        self.bench = bench.open_bench(self.world)
        first = self.chance.randrange(12122070000, 12122072000)
        endings = self.chance.sample(range(12122079990, 12122080000), 2)
        with self.bench.mine():
            for numbers in ([first, first + 1], endings):
                choices = [cart.Choice([f"+{number}"], "standard") for number in numbers]
                self.orders.append(place.place(cart.add(self.bench.office.id, choices).id).id)
            for record in self.chance.sample(self.RECORDS, 2):
                self.ports.append(submit.submit(bench.ready(self.bench, bench.csr(record), 3).id).id)

    def pass_days(self, moody: Moody) -> None:
        from tests.porting import bench

        moody.is_calm = False
        for day in range(DAYS.days):
            if day == 12:
                self._move_house()
            if day < DAYS.days - 2:
                moody.meddle()
            bench.pass_time(timedelta(days=1))

    def _move_house(self) -> None:
        from dialtone.carriers.sandbox.addresses import known_buildings
        from dialtone.emergency import enter_address

        with self.bench.mine():
            enter_address.enter_address(self.bench.office.id, replace(known_buildings("US")[1], building=""))

    def loose_ends(self) -> list[str]:
        from dialtone.carriers.models import SandboxRecord
        from dialtone.emergency.models import Coverage
        from dialtone.numbers.models import Number
        from dialtone.orders import queries as orders
        from dialtone.porting import queries as ports
        from tests.plugins.world import as_operator

        with as_operator():
            found = [
                f"order {order.number} is {order.status}, and nobody is alerted"
                for order in map(orders.order, self.orders)
                if order.status == "pending" and not _alerted(order.id)
            ]
            found += [
                f"port {order.number} is {order.status}, and nobody is alerted"
                for order in map(ports.order, self.ports)
                if order.ended_at is None and not _alerted(order.id)
            ]
            books = dict(SandboxRecord.objects.values_list("e164", "facts"))
            for row in Coverage.objects.filter(during__endswith=None).select_related("number", "address"):
                shown = books.get(row.number.e164, {}).get("emergency_address")
                if shown != row.address.address and not _alerted(row.number_id):
                    found.append(f"{row.number.e164}: the carrier holds {shown}, and nobody is alerted")
            if Number.objects.filter(e164=STRANGER).exists():
                found.append(f"{STRANGER} is ours, though nobody ordered it")
        return found


def _alerted(subject_id: Any) -> bool:
    from dialtone.base.models import DeskItem

    return DeskItem.objects.filter(subject_id=subject_id, settled_at=None).exists()


@contextmanager
def misbehaving(moody: Moody) -> Iterator[Moody]:
    """The sandbox's carrier in its mood; papers of the same bytes are examined once, as their parser is not what is tested here."""
    from dialtone.base.documents import examination
    from dialtone.carriers import choice, registry

    usual, parser = registry._CARRIERS[choice.SANDBOX], examination._in_child

    def remembered(kind: str, content: bytes, field: str) -> Any:
        if (kind, content) not in _PARSED:
            _PARSED[kind, content] = parser(kind, content, field)
        return _PARSED[kind, content]

    registry._CARRIERS[choice.SANDBOX] = moody
    examination._in_child = remembered
    try:
        yield moody
    finally:
        registry._CARRIERS[choice.SANDBOX] = usual
        examination._in_child = parser


_PARSED: dict[tuple[str, bytes], Any] = {}


@contextmanager
def watching(is_watched: bool) -> Iterator[None]:
    """With False nobody compares the carrier's books: the negative control."""
    from dialtone.emergency import compare

    usual = compare.compare_all
    if not is_watched:
        compare.compare_all = lambda: 0
    try:
        yield
    finally:
        compare.compare_all = usual

"""The number inventory against a row per number, on the same server in the same run (performance.md, goals 1 to 4).

    ./run bench inventory             27 million numbers: about ten minutes and 8 GB of disk
    ./run bench inventory --quick     1 % of it: a smoke test; its ratios mean little

Searches and orders call what the product calls: `search.find`, `claims.own`, `claims.hold`.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from bench import inventory_buyers, server
from bench.inventory_buyers import Done
from bench.server import median, shown

AREAS = 57
BLOCKS = 474  # of 1,000 numbers, in each area
BUYERS = 16
DATABASE = "bench_inventory"
HEADING = "## Number inventory"
# What the figures cannot say themselves.
NOTES = """
How to read it: where nothing is found, ours also looks for the nearest alternatives (H30), which the peer does not, and leaves out the
places where it has just found nothing. Clients are Python processes that share the cores with the database; each has the whole
inventory in memory and follows the orders of all others, as many web processes would. The goals for orders come from a prototype whose
clients were pgbench and a bare loop. A profile of the clients (cProfile, `--quick`, on a loaded machine) says where an order's time goes:
nine tenths are spent waiting for PostgreSQL, in the floor (89 %) as in ours (90 %). What ours has more than the floor is the search with
following the others (13 %, of which following is 10), and `inventory_own`, which claims, checks and writes the change: such a call
waits three to four times as long as one of the floor's inserts. Every transaction, the floor's too, begins with two statements for
its scope and the clock. A row per number gets to seven tenths of such a floor (the prototype's, which wrote no audit and no outbox, it
got a tenth of): nothing could be five times as quick here, or even twice."""
CUSTOMER = UUID(int=7)
WAYS = ("floor", "any", "named", "reserved", "rows_any", "rows_named")


@dataclass(frozen=True)
class Goal:
    """One line of the result: what was measured, the goal, and whether it was reached."""

    about: str
    measured: float
    bound: float
    at_most: bool

    @property
    def reached(self) -> bool:
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound

    def row(self) -> str:
        sign = "≤" if self.at_most else "≥"
        return f"| {self.about} | {self.measured:.3g} | {sign} {self.bound:g} | {'yes' if self.reached else '**no**'} |"


@dataclass
class Universe:
    """Half of the blocks are whole, 40 % have 5 to 60 % taken at random, 10 % are all taken. In the last area every 60th
    number is taken besides: nobody finds a hundred in a row there."""

    quick: bool

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(20261122)
        codes = self.random.choice(np.array(_area_codes()), AREAS, replace=False)
        self.area_codes = [str(code) for code in sorted(codes.tolist())]
        self.firsts: dict[str, list[int]] = {}
        for code in self.area_codes:
            base = 10**10 + int(code) * 10**7
            blocks = self.random.choice(np.arange(2000, 9000), 5 if self.quick else BLOCKS, replace=False)
            self.firsts[code] = [base + int(block) * 1000 for block in sorted(blocks.tolist())]

    @property
    def scarce(self) -> str:
        return self.area_codes[-1]

    @property
    def size(self) -> int:
        return sum(len(firsts) for firsts in self.firsts.values()) * 1000

    def csv(self) -> bytes:
        lines = ["first,last,country,state,area_code,city,kind,carrier"]
        lines += [
            f"{first},{first + 999},US,NY,{code},City {code},standard,bench"
            for code in self.area_codes
            for first in self.firsts[code]
        ]
        return "\n".join(lines).encode()

    def taken(self) -> list[int]:
        firsts = np.array([first for code in self.area_codes for first in self.firsts[code]])
        fate = self.random.random(len(firsts))
        share = np.where(
            fate < 0.5, 0.0, np.where(fate < 0.9, self.random.uniform(0.05, 0.6, len(firsts)), 1.0)
        )
        gone = self.random.random((len(firsts), 1000)) < share[:, None]
        gone[-len(self.firsts[self.scarce]) :, ::60] = True
        gone[-len(self.firsts[self.scarce]) :, 999] = True
        block, number = np.nonzero(gone)
        taken: list[int] = (firsts[block] + number).tolist()
        return taken


def _area_codes() -> list[int]:
    """Area codes whose exchanges 200 to 899 the number plan allows."""
    from dialtone.numbers.inventory.numberplan import plan_of
    from dialtone.numbers.inventory.ranges import fits_plan

    plan = plan_of("US")
    return [
        code
        for code in range(201, 990)
        if fits_plan(plan, "standard", code * 10**7 + 2_000_000, code * 10**7 + 9_000_000)
    ]


def report(quick: bool = False) -> str:
    """Run everything and answer the section of docs/benchmarks.md, in Markdown."""
    seconds, rounds = (1.0, 1) if quick else (6.0, 3)
    sock = server.start(DATABASE)
    import django

    django.setup()
    began = time.perf_counter()
    world = Universe(quick)
    with _owner(sock) as owner:
        text = _fill(owner, world)
        goals = _searches(owner, world, text)
        goals += _orders(
            owner, world, text, seconds=seconds, rounds=rounds, least=2_000 if quick else 100_000
        )
        goals += _sizes(owner, world, text)
        version = owner.execute("SHOW server_version").fetchone()[0]
    server.stop()
    spent = time.perf_counter() - began
    lines = [
        HEADING,
        "",
        f"{world.size:,} numbers in {AREAS} areas; PostgreSQL {version} with fsync; {server.machine()}; {spent:.0f} s"
        + ("; **a quick run, its ratios mean little**." if quick else "."),
        "",
        "| goal | measured | bound | reached |",
        "| --- | --- | --- | --- |",
        *(goal.row() for goal in goals),
        *text,
        NOTES,
    ]
    return "\n".join(lines) + "\n"


@contextmanager
def _owner(sock: str) -> Iterator[Any]:
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=DATABASE, autocommit=True) as connection:
        yield connection


# The peer keeps a row per number, with the indexes that its questions need.
_PEER = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE bench_rows AS
    SELECT n AS e164, substr(n::text, 2, 3) AS area_code, t.e164 IS NULL AS is_free,
        NULL::uuid AS customer_id, NULL::uuid AS order_id
    FROM numbers_chunk k, unnest(k.runs) r, generate_series(k.start + lower(r), k.start + upper(r) - 1) n
    LEFT JOIN bench_taken t ON t.e164 = n ORDER BY n;
ALTER TABLE bench_rows ADD PRIMARY KEY (e164);
CREATE INDEX ON bench_rows (area_code, e164) WHERE is_free;
CREATE INDEX ON bench_rows (area_code, right(e164::text, 4)) WHERE is_free;
CREATE INDEX ON bench_rows USING gin (substr(e164::text, 2) gin_trgm_ops) WHERE is_free;
CREATE TABLE bench_floor (LIKE numbers_claim INCLUDING ALL);
CREATE TABLE bench_floor_change (LIKE numbers_inventory_change INCLUDING ALL);
CREATE TABLE bench_sale (e164 bigint, order_id uuid, stock text);
CREATE TABLE bench_order (id uuid PRIMARY KEY, customer_id uuid, quantity integer);
CREATE TABLE bench_audit (id uuid PRIMARY KEY, subject uuid, action text, facts jsonb);
CREATE TABLE bench_outbox (id uuid PRIMARY KEY, kind text, subject uuid);
GRANT SELECT, INSERT, UPDATE ON bench_rows, bench_floor, bench_floor_change, bench_sale, bench_order, bench_audit,
    bench_outbox TO dialtone_customer;
DROP TABLE bench_taken;
VACUUM ANALYZE"""


def _fill(owner: Any, world: Universe) -> list[str]:
    """The universe into the product's tables by the product's loader, and into the peer's table."""
    from dialtone.base import tenancy
    from dialtone.numbers.inventory import load

    began = time.perf_counter()
    with tenancy.operator_scope():
        plan = load.plan_load(world.csv(), "universe")
        load.apply(plan)
    loaded = time.perf_counter() - began
    assert (plan.new, plan.bad_rows) == (world.size, 0)
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_taken (e164 bigint)")
        with cursor.copy("COPY bench_taken FROM STDIN") as rows:
            rows.write("\n".join(map(str, world.taken())) + "\n")
        cursor.execute(
            """INSERT INTO numbers_claim (e164, state, area_id, customer_id)
               SELECT t.e164, 'o', k.area_id, md5(t.e164::text)::uuid FROM bench_taken t
               JOIN numbers_chunk k ON k.start = t.e164 - t.e164 % 10000 ORDER BY 1"""
        )
        began = time.perf_counter()
        for statement in _PEER.split(";"):
            cursor.execute(statement)
    peer = time.perf_counter() - began
    return [
        "",
        (
            f"Loading with the product's loader (read, check, plan, apply): {shown(loaded)}. Building the peer, a row per "
            f"number with its indexes: {shown(peer)}."
        ),
    ]


@dataclass(frozen=True)
class Question:
    """One search in both worlds. The peer's SQL answers one value: the count, or whether there is such a block."""

    about: str
    wish: dict[str, Any]
    sql: str
    arguments: list[Any]
    is_scarce: bool = (
        False  # counts exactly, or finds nothing: where a row per number has to look at all of them
    )
    is_whole: bool = False


_RUN = """SELECT count(*) FROM (SELECT 1 FROM (SELECT e164, lead(e164, 99) OVER (ORDER BY e164) AS ends FROM bench_rows
    WHERE area_code = %s AND is_free) run WHERE ends = e164 + 99 LIMIT 1) found"""
_IN_AREA = (
    "SELECT count(*) FROM bench_rows WHERE area_code = %s AND is_free AND substr(e164::text, 2) LIKE %s"
)
_ENDING = "SELECT count(*) FROM bench_rows WHERE area_code = %s AND is_free AND right(e164::text, 4) = %s"
_ANYWHERE = "SELECT count(*) FROM bench_rows WHERE is_free AND substr(e164::text, 2) LIKE %s"


def _questions(world: Universe) -> list[Question]:
    code, scarce = world.area_codes[5], world.scarce
    return [
        Question("a block of 100 in an area", {"area_code": code, "block_size": 100}, _RUN, [code]),
        Question(
            "no block of 100 in an area",
            {"area_code": scarce, "block_size": 100},
            _RUN,
            [scarce],
            is_scarce=True,
        ),
        Question(
            "area contains 777",
            {"area_code": code, "contains": "777"},
            _IN_AREA,
            [code, "%777%"],
            is_scarce=True,
        ),
        Question("area ends with 4242", {"area_code": code, "ends_with": "4242"}, _ENDING, [code, "4242"]),
        Question(
            "area has no 77777777",
            {"area_code": code, "contains": "77777777"},
            _IN_AREA,
            [code, "%77777777%"],
        ),
        Question("country contains 777", {"contains": "777"}, _ANYWHERE, ["%777%"], is_whole=True),
        Question("country contains 4242", {"contains": "4242"}, _ANYWHERE, ["%4242%"], is_whole=True),
        Question(
            "country contains 2345678", {"contains": "2345678"}, _ANYWHERE, ["%2345678%"], is_whole=True
        ),
    ]


def _searches(owner: Any, world: Universe, text: list[str]) -> list[Goal]:
    """Goals 1 and 2."""
    from django.db import connection

    from dialtone.base import tenancy
    from dialtone.numbers.inventory import replica
    from dialtone.numbers.inventory.search import Wish, find

    chance = random.Random(1)
    numbers = [first + 500 for firsts in world.firsts.values() for first in firsts]

    def fetch() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM bench_rows WHERE e164 = %s", [chance.choice(numbers)])
            cursor.fetchone()

    text += [
        "",
        "| search | ours | ÷ key fetch | a row per number | ÷ ours |",
        "| --- | --- | --- | --- | --- |",
    ]
    against_key, against_rows, whole_against_rows, whole = [], [], [], []
    with tenancy.customer_scope(CUSTOMER, UUID(int=1)):
        find(Wish(area_code=world.area_codes[0]))
        for question in _questions(world):
            wish = Wish(**question.wish)
            answer = find(wish)
            asked = lambda: owner.execute(question.sql, question.arguments).fetchone()[0]  # noqa: E731, B023
            theirs = asked()
            same = bool(answer.total) == bool(theirs) if wish.block_size else answer.total == theirs
            assert same, f"{question.about}: {answer.total} here, {theirs} there"
            key, ours = median(fetch), median(lambda: find(wish))  # noqa: B023
            rows = median(asked, rounds=20)
            text.append(
                f"| {question.about} ({answer.total:,}) | {shown(ours)} | {ours / key:.2f} | {shown(rows)} | {rows / ours:.0f} |"
            )
            if question.is_whole:
                whole.append(ours)
                whole_against_rows.append(rows / ours)
            else:
                against_key.append(ours / key)
                if question.is_scarce:
                    against_rows.append(rows / ours)
        with replica.REPLICA.current() as inventory:
            one_pass = median(lambda: inventory.pages.bits.sum())
    text += ["", f"One key fetch: {shown(key)}. One pass over the bits: {shown(one_pass)}."]
    return [
        Goal("1. slowest area search ÷ key fetch", max(against_key), 1.5, True),
        Goal("1. row per number ÷ ours, counting or finding nothing", min(against_rows), 100, False),
        Goal("2. slowest count in the whole inventory ÷ one pass", max(whole) / one_pass, 100, True),
        Goal("2. trigram count ÷ ours, 3 and 4 digits", min(whole_against_rows[:2]), 5, False),
    ]


class Crowd:
    """Buyers, each a process."""

    def __init__(self, world: Universe, buyers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes, self._processes = [], []
        for seed in range(buyers):
            mine, theirs = context.Pipe()
            process = context.Process(
                target=inventory_buyers.serve,
                args=(theirs, world.area_codes, world.firsts, seed),
                daemon=True,
            )
            process.start()
            theirs.close()
            self._pipes.append(mine)
            self._processes.append(process)
            assert (
                mine.recv() == "ready"
            )  # one after the other: reading the inventory takes memory for a moment

    def buy(self, way: str, seconds: float) -> Done:
        """All buy in one way for so long; answers the sum."""
        for pipe in self._pipes:
            pipe.send((way, seconds))
        total = Done()
        for pipe in self._pipes:
            done = pipe.recv()
            if isinstance(done, Exception):
                raise done
            total.orders += done.orders
            total.numbers += done.numbers
            total.conflicts += done.conflicts
            total.failures += done.failures
        return total

    def go_home(self) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            if process.is_alive():
                pipe.send(None)
        for process in self._processes:
            process.join(20)


def _orders(
    owner: Any, world: Universe, text: list[str], *, seconds: float, rounds: int, least: int
) -> list[Goal]:
    """Goal 3: interleaved rounds, then orders until there are enough to say that none sold twice."""
    buyers = 4 if world.quick else BUYERS
    crowd = Crowd(world, buyers)
    try:
        for way in WAYS:
            crowd.buy(way, min(1.0, seconds))  # warm
        owner.execute("TRUNCATE bench_sale")
        results: dict[str, list[Done]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                results[way].append(crowd.buy(way, seconds))
        ours = sum(done.orders for way in ("any", "named", "reserved") for done in results[way])
        while ours < least:
            more = crowd.buy("any", seconds)
            if not more.orders:
                break
            ours += more.orders
        doubles = _doubles(owner, "ours")
        unguarded = crowd.buy("rows_unguarded", seconds)
        sold_twice = _doubles(owner, "unguarded")
    finally:
        crowd.go_home()
    rate = {way: sorted(done.orders / seconds for done in results[way])[rounds // 2] for way in WAYS}
    numbers = {way: sorted(done.numbers / seconds for done in results[way])[rounds // 2] for way in WAYS}
    text += [
        "",
        (
            f"Orders of {buyers} clients (80 % one number, 10 % ten, 7 % fifty, 3 % a hundred; areas by Zipf), medians of "
            f"{rounds} interleaved rounds of {seconds:g} s:"
        ),
        "",
        "| way | orders/s | numbers/s | ÷ floor | gone when tried, per order | given up |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for way in WAYS:
        orders = sum(done.orders for done in results[way]) or 1
        conflicts = sum(done.conflicts for done in results[way]) / orders
        failures = sum(done.failures for done in results[way])
        text.append(
            f"| {way} | {rate[way]:,.0f} | {numbers[way]:,.0f} | {rate[way] / rate['floor']:.2f} | {conflicts:.2f} | {failures} |"
        )
    text += [
        "",
        (
            f"{ours:,} orders of ours sold {doubles} numbers twice. The unguarded read-then-update sold {sold_twice} of "
            f"{unguarded.numbers:,} numbers twice."
        ),
    ]
    return [
        Goal("3. orders ÷ floor", rate["any"] / rate["floor"], 0.6, False),
        Goal("3. reserve and order ÷ floor", rate["reserved"] / rate["floor"], 0.3, False),
        Goal("3. named: numbers sold ÷ row per number", numbers["named"] / numbers["rows_named"], 2, False),
        Goal("3. any: orders ÷ row per number", rate["any"] / rate["rows_any"], 5, False),
        Goal("3. numbers sold twice", doubles, 0, True),
        Goal("3. orders in which none was", ours, least, False),
    ]


def _doubles(owner: Any, stock: str) -> int:
    row = owner.execute(
        "SELECT count(*) FROM (SELECT e164 FROM bench_sale WHERE stock = %s GROUP BY e164 HAVING count(*) > 1) twice",
        [stock],
    ).fetchone()
    return int(row[0])


def _sizes(owner: Any, world: Universe, text: list[str]) -> list[Goal]:
    """Goal 4."""
    from dialtone.base import tenancy
    from dialtone.numbers.inventory import replica

    owner.execute("VACUUM FULL numbers_chunk")
    disk, rows = owner.execute(
        """SELECT pg_total_relation_size('numbers_chunk') + pg_total_relation_size('numbers_area'),
                  pg_total_relation_size('bench_rows')"""
    ).fetchone()
    with tenancy.operator_scope(), replica.REPLICA.current() as inventory:
        memory = inventory.nbytes
    text += ["", f"On disk {disk:,} bytes, in a worker {memory:,}; a row per number takes {rows:,}."]
    return [
        Goal("4. bytes a number on disk", disk / world.size, 1, True),
        Goal("4. bytes a number in a worker", memory / world.size, 0.2, True),
    ]

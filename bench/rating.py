"""Rating call records against the engines that others would use, on the same data in one run (performance.md, section 2).

    ./run bench rating             4 million calls, 100,000 prefixes
    ./run bench rating --quick     200,000 calls

What is measured is what the product calls: `files.rate_file` reads a file of columns, prices each call and sums by account. Every engine
must come to the same sums, to the millionth. Processor time of all threads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import server
from bench.inventory import Goal

HEADING = "## Rating"
MONTH = 30 * 86_400 * 10**6
ACCOUNTS = 20_000
BUCKETS = 64
INCREMENTS = ((60, 60), (30, 6), (1, 1), (60, 1), (6, 6))
PREFIX_PACKAGE = "postgresql-15-prefix"
PREFIX_BIN = Path("/usr/lib/postgresql/15/bin")
NOTES = """
How to read it: destinations are called by Zipf's law, as in life; calls lie in {buckets} files by customer. The peers get the compiled ranges as a table
(DuckDB, polars) or the prefixes (the naive loop, PostgreSQL), and one price a prefix in each half of the month. The naive loop and PostgreSQL
rate a sample of the calls, whose sums are compared with ours of the same sample. A look-up waits for memory: on a machine that others
use, too, their caches are ours only in part, and reading suffers less than looking up."""


@dataclass
class World:
    """A price list that changes in mid-month, and calls in columns."""

    calls: int
    prefixes: int

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(20261125)
        stems = self.random.integers(2, 10, self.prefixes * 2)
        lengths = self.random.choice(
            [2, 3, 4, 5, 6, 7, 8], self.prefixes * 2, p=[0.001, 0.009, 0.04, 0.15, 0.3, 0.3, 0.2]
        )
        tails = self.random.random(self.prefixes * 2)
        drawn = {
            str(s) + f"{int(t * 10 ** (n - 1)):0{n - 1}d}"
            for s, n, t in zip(stems, lengths, tails, strict=True)
        }
        self.names = sorted({*map(str, range(2, 10)), *drawn})[: self.prefixes + 8]
        self.prices = self._prices()

    def _prices(self) -> Any:
        from dialtone.rates.tables import PRICE

        count = len(self.names)
        changed = np.flatnonzero(self.random.random(count) < 0.12)
        rows = np.zeros(count + len(changed), PRICE)
        rows["prefix"] = [*map(int, self.names), *(int(self.names[at]) for at in changed)]
        rows["length"] = [*map(len, self.names), *(len(self.names[at]) for at in changed)]
        rows["since"][count:] = MONTH // 2
        rows["version"][count:] = 1
        rows["row"]["per_minute"] = self.random.integers(10**5, 10**8, len(rows))
        rows["row"]["connection_fee"] = self.random.choice([0, 0, 0, 5 * 10**6], len(rows))
        terms = np.array(INCREMENTS)[self.random.integers(0, len(INCREMENTS), len(rows))]
        rows["row"]["first"], rows["row"]["following"] = terms[:, 0], terms[:, 1]
        return rows

    def tables(self) -> Any:
        from dialtone.rates.tables import compile_tables

        plans = np.array([[0, -1, -1]] * ACCOUNTS)
        return compile_tables(self.prices, 1, plans, np.zeros(ACCOUNTS), np.zeros((1, 1)))

    def write(self, folder: Path) -> list[str]:
        """The calls, a file a bucket of customers."""
        from dialtone.rates import files, kernel

        made, each = [], self.calls // BUCKETS
        order = self.random.permutation(len(self.names))
        for bucket in range(BUCKETS):
            place = order[np.minimum(self.random.zipf(1.2, each) - 1, 10**6) % len(order)]
            stem, length = (
                np.array(list(map(int, self.names)))[place],
                np.array(list(map(len, self.names)))[place],
            )
            digits = np.maximum(length, 11)
            number = stem * 10 ** (digits - length) + self.random.integers(0, 10**9, each) % 10 ** (
                digits - length
            )
            low = bucket * ACCOUNTS // BUCKETS
            calls = kernel.Calls(
                np.sort(self.random.integers(low, low + ACCOUNTS // BUCKETS, each)).astype(np.int32),
                (number * 10 ** (15 - digits) << 4) | digits,
                self.random.integers(0, MONTH, each),
                self.random.integers(1, 900, each).astype(np.int32),
                np.zeros(each, np.int8),
            )
            path = folder / f"{bucket:03d}.parquet"
            files.write_calls(
                path, np.frombuffer(self.random.bytes(16 * each), "V16"), calls, kernel.NOTHING_USED
            )
            made.append(str(path))
        return made


def report(quick: bool) -> str:
    """The section of the page."""
    folder = Path(tempfile.mkdtemp(prefix="bench-rating-"))
    try:
        return _report(folder, quick)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _report(folder: Path, quick: bool) -> str:
    from dialtone.rates import files, kernel

    world = World(200_000 if quick else 4_000_000, 20_000 if quick else 100_000)
    begun = time.process_time()
    tables = world.tables()
    compiling = time.process_time() - begun
    prices = folder / files.TABLES
    tables.save(prices)
    paths = world.write(folder)
    files.rate_file(paths[0], str(prices))  # compiles the kernel, once

    def ours() -> int:
        return sum(int(files.rate_file(path, str(prices))[:, kernel.MICROS].sum()) for path in paths)

    columns = [files.read_calls(Path(path))[0] for path in paths]

    def in_memory() -> int:
        return sum(int(kernel.rate(tables, each).sums[:, kernel.MICROS].sum()) for each in columns)

    def twin() -> int:
        return sum(int(kernel.rate_plainly(tables, each).sums[:, kernel.MICROS].sum()) for each in columns)

    engines = {
        "the product (`rate_file`)": ours,
        "its kernel, columns in memory": in_memory,
        "its twin in numpy": twin,
        "polars join_asof, a half of the month each": lambda: polars_asof(world, tables, paths),
    }
    readers = {
        "pyarrow reads and sums the columns": lambda: arrow_sum(paths),
        "DuckDB reads and sums the columns": lambda: duck_sum(folder),
    }
    in_turn = taken_in_turn({**engines, **readers})
    total = in_turn["the product (`rate_file`)"][0]
    assert {in_turn[name][0] for name in engines} == {total}, "the engines disagree"
    found = {name: (cost, world.calls) for name, (_answer, cost) in in_turn.items()}
    found["DuckDB ASOF join, a half of the month each"] = (
        same(lambda: duck_asof(tables, folder), total, 2),
        world.calls,
    )
    few = columns[0]
    sample = kernel.Calls(*(each[: 3_000 if quick else 50_000] for each in few))
    expected = int(kernel.rate(tables, sample).sums[:, kernel.MICROS].sum())
    tariff = naive_tariff(world)
    found["a loop with a dict and Decimal"] = (
        same(lambda: naive(tariff, sample), expected, 1),
        len(sample.at),
    )
    database, said = prefix_extension(
        world, kernel.Calls(*(each[: 1_000 if quick else 5_000] for each in few)), tables
    )
    if database is not None:
        found["PostgreSQL 15, extension `prefix`, GiST"] = (database, 1_000 if quick else 5_000)
    checked = oracle(world, tables, columns, 2_000 if quick else 1_000_000)
    ranges = int((tables.lines["earlier"] == 0).sum())
    return _written(world, found, compiling, said, checked, ranges, runners(paths, str(prices)))


def _written(
    world: World,
    found: dict[str, tuple[float, int]],
    compiling: float,
    said: str,
    checked: int,
    ranges: int,
    by_clock: tuple[float, float],
) -> str:
    each = {name: cost / calls for name, (cost, calls) in found.items()}
    product, kernel_alone = each["the product (`rate_file`)"], each["its kernel, columns in memory"]
    names = {name.split(",")[0].split(" ")[0]: name for name in found}
    goals = [
        Goal(
            "1. read, rate, sum ÷ DuckDB's scan and sum",
            product / each["DuckDB reads and sums the columns"],
            3.5,
            at_most=True,
        ),
        Goal(
            "1. kernel in memory ÷ pyarrow's read and sum",
            kernel_alone / each["pyarrow reads and sums the columns"],
            2,
            at_most=True,
        ),
        Goal(
            "2. naive loop ÷ kernel in memory",
            each["a loop with a dict and Decimal"] / kernel_alone,
            60,
            at_most=False,
        ),
        Goal("2. polars join_asof ÷ ours, end to end", each[names["polars"]] / product, 2, at_most=False),
        Goal("3. sampled calls equal to the plain rules", checked, 1_000_000, at_most=False),
        Goal("4. Ray ÷ the process pool, by the clock", by_clock[1] / by_clock[0], 2, at_most=True),
    ]
    if "PostgreSQL" in names:
        goals.insert(
            3,
            Goal(
                "2. `prefix` extension ÷ kernel in memory",
                each[names["PostgreSQL"]] / kernel_alone,
                300,
                at_most=False,
            ),
        )
    lines = [
        HEADING,
        "",
        (
            f"{world.calls:,} calls, {len(world.prices):,} dated prices of {len(world.names):,} prefixes: {ranges:,} ranges, compiled in {compiling:.2f} s;"
            f" {server.machine()}. {said}"
        ),
        "",
        "| goal | measured | bound | reached |",
        "| --- | --- | --- | --- |",
        *(goal.row() for goal in goals),
        "",
        "| engine (same sums) | ns a call | million calls a processor-second | ÷ ours |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {cost * 1e9:,.0f} | {1e-6 / cost:.3g} | {cost / product:.3g} |"
            for name, cost in each.items()
        ),
        "",
        (
            f"All files by two processes of a pool: {server.shown(by_clock[0])}; as tasks of Ray on two cores: {server.shown(by_clock[1])} (medians of"
            " three rounds in turn, both begun before; the sums come back, nothing is written)."
        ),
        NOTES.replace("{buckets}", str(BUCKETS)),
    ]
    return "\n".join(lines) + "\n"


def taken_in_turn(engines: dict[str, Callable[[], int]], rounds: int = 5) -> dict[str, tuple[int, float]]:
    """As `best` for several, one round of each after the other, so that a busy minute of the machine is nobody's alone."""
    found: dict[str, tuple[int, float]] = {}
    for _round in range(rounds):
        for name, work in engines.items():
            answer, cost = best(work, 1)
            known, least = found.get(name, (answer, cost))
            assert known == answer, "an engine says something else each time"
            found[name] = (answer, min(cost, least))
    return found


def best(work: Callable[[], int], rounds: int = 3) -> tuple[int, float]:
    """What it answers, and seconds of processor time, the best of some rounds."""
    costs, answers = [], set()
    for _round in range(rounds):
        begun = time.process_time()
        answers.add(work())
        costs.append(time.process_time() - begun)
    assert len(answers) == 1, "an engine says something else each time"
    return answers.pop(), min(costs)


def same(work: Callable[[], int], total: int, rounds: int = 3) -> float:
    """Seconds of an engine that must come to the same total."""
    answer, cost = best(work, rounds)
    assert answer == total, f"{answer} instead of {total}"
    return cost


def arrow_sum(paths: list[str]) -> int:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    names = ["account", "number", "at", "seconds"]
    tables = (pq.read_table(path, columns=names, memory_map=True) for path in paths)
    return sum(int(pc.sum(table[name]).as_py()) for table in tables for name in names)


def duck_sum(folder: Path) -> int:
    import duckdb

    columns = 'sum(account), sum(number), sum("at"), sum(seconds)'
    return int(sum(duckdb.sql(f"SELECT {columns} FROM '{folder}/*.parquet'").fetchall()[0]))


def halves(tables: Any) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """For each half of the month its beginning and end, and the ranges with their prices then, as columns."""
    for begin, end in ((0, MONTH // 2), (MONTH // 2, MONTH)):
        # Of each range the last line that has begun by then; else its first.
        held = np.flatnonzero((tables.lines["since"] <= begin) | (tables.lines["earlier"] == 0))
        held = held[np.append(tables.lines["earlier"][held[1:]] == 0, True)]
        line = tables.lines[held]
        yield (
            begin,
            end,
            {
                "low": tables.low[held],
                "known": line["price"] >= 0,
                **{
                    name: line[name].astype(np.int64)
                    for name in ("per_minute", "connection_fee", "first", "following")
                },
            },
        )


def polars_asof(world: World, tables: Any, paths: list[str]) -> int:
    import polars as pl

    total = 0
    for begin, end, columns in halves(tables):
        prices = pl.DataFrame(columns).sort("low").lazy()
        calls = (
            pl.scan_parquet(paths)
            .select("account", "number", "at", "seconds")
            .filter((pl.col("at") >= begin) & (pl.col("at") < end))
            .sort("number")
        )
        seconds = pl.col("seconds").cast(pl.Int64)
        more = pl.max_horizontal(seconds - pl.col("first"), pl.lit(0, pl.Int64))
        billed = pl.col("first") + (more + pl.col("following") - 1) // pl.col("following") * pl.col(
            "following"
        )
        micros = ((pl.col("connection_fee") * 60 + pl.col("per_minute") * billed) * 2 + 6000) // 12000
        joined = calls.join_asof(prices, left_on="number", right_on="low", strategy="backward").filter(
            "known"
        )
        sums = joined.group_by("account").agg(micros.alias("micros").sum()).select(pl.col("micros").sum())
        total += int(sums.collect().item())
    return total


def duck_asof(tables: Any, folder: Path) -> int:
    import duckdb
    import pyarrow as pa

    total = 0
    for begin, end, columns in halves(tables):
        link = duckdb.connect()
        link.register("held", pa.table(columns))
        link.execute("CREATE TABLE prices AS SELECT * FROM held")
        found = link.execute(
            "SELECT sum(micros) FROM (SELECT account, sum(((connection_fee * 60 + per_minute * (first +"
            " (greatest(seconds - first, 0) + following - 1) // following * following)) * 2 + 6000) // 12000) AS micros"
            f' FROM \'{folder}/*.parquet\' c ASOF JOIN prices p ON c.number >= p.low WHERE c."at" >= {begin} AND c."at" < {end} AND p.known'
            " GROUP BY account)"
        ).fetchall()
        total += int(found[0][0])
    return total


def naive_tariff(world: World) -> dict[str, list[tuple[int, Any]]]:
    from decimal import Decimal

    tariff: dict[str, list[tuple[int, Any]]] = {}
    for row in world.prices:
        terms = row["row"]
        priced = (Decimal(int(terms["per_minute"])).scaleb(-8), Decimal(int(terms["connection_fee"])).scaleb(-8), int(terms["first"]), int(terms["following"]))  # fmt: skip
        tariff.setdefault(str(row["prefix"]), []).append((int(row["since"]), priced))
    return tariff


def naive(tariff: dict[str, list[tuple[int, Any]]], calls: Any) -> int:
    """As it is written first: every prefix of a number looked up, the longest first, and Decimal."""
    from decimal import ROUND_HALF_UP, Decimal

    micro, by_account = Decimal("0.000001"), {}
    longest = max(map(len, tariff))
    for account, number, at, seconds in zip(*(each.tolist() for each in calls[:4]), strict=True):
        digits = str(number >> 4).zfill(15)[: number & 15]
        for length in range(longest, 0, -1):
            dated = tariff.get(digits[:length])
            if dated is not None:
                per_minute, fee, first, following = [priced for since, priced in dated if since <= at][-1]
                billed = first + max(0, -(-(seconds - first) // following)) * following
                cost = (fee + per_minute * billed / 60).quantize(micro, ROUND_HALF_UP)
                by_account[account] = by_account.get(account, Decimal(0)) + cost
                break
    return int(sum(by_account.values()) * 10**6)


def runners(paths: list[str], prices: str) -> tuple[float, float]:
    """Seconds by the clock for all files: of the standard library's process pool, and of Ray (`cluster.on_cluster`), two at a time."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    import ray

    from dialtone.rates import files
    from dialtone.rates.cluster import on_cluster

    def of_pool() -> None:
        list(pool.map(files.rate_file, paths, [prices] * len(paths)))

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=200 * 2**20)
    of_ray, work = on_cluster("auto"), [(each, prices, None) for each in paths]
    times: tuple[list[float], list[float]] = ([], [])
    try:
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            for _round in range(4):  # the first one starts the processes
                for taken, go in zip(times, (of_pool, lambda: of_ray(work)), strict=True):
                    begun = time.perf_counter()
                    go()
                    taken.append(time.perf_counter() - begun)
    finally:
        ray.shutdown()
    return sorted(times[0][1:])[1], sorted(times[1][1:])[1]


def oracle(world: World, tables: Any, columns: list[Any], most: int) -> int:
    """How many sampled calls cost by the plain rules what the kernel says; stops at the first that does not."""
    from dialtone.rates import kernel
    from dialtone.rates.rules import Rate, Tariff, price_call

    names = ("per_minute", "connection_fee", "first", "following")
    tariff = Tariff(
        Rate(
            str(at),
            str(row["prefix"]),
            "",
            *(int(row["row"][name]) for name in names),
            int(row["since"]),
            int(row["version"]),
        )
        for at, row in enumerate(world.prices)
    )
    checked = 0
    for calls in columns:
        found = kernel.rate(tables, calls)
        for number, at, seconds, price, micros in zip(*(each.tolist() for each in (calls.number, calls.at, calls.seconds, found.price, found.micros)), strict=True):  # fmt: skip
            plain = price_call(
                "INTERNATIONAL", "+" + str(number >> 4).zfill(15)[: number & 15], seconds, at, [tariff]
            )
            assert plain is not None
            assert plain.rate is not None
            assert (int(plain.rate.row), plain.micros) == (price, micros)
            checked += 1
            if checked >= most:
                return checked
    return checked


def prefix_extension(world: World, calls: Any, tables: Any) -> tuple[float | None, str]:
    """Seconds of the extension's own way, in a PostgreSQL of its own, or None and why not."""
    from dialtone.rates import kernel

    if not (PREFIX_BIN.parent / "lib" / "prefix.so").exists():
        had = os.geteuid() == 0 and shutil.which("apt-get") and not subprocess.run(
            ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", PREFIX_PACKAGE],
            capture_output=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        ).returncode  # fmt: skip
        if not had or not (PREFIX_BIN.parent / "lib" / "prefix.so").exists():
            return None, f"The peer `{PREFIX_PACKAGE}` could not be had here and is not raced."
    expected = int(kernel.rate(tables, calls).sums[:, kernel.MICROS].sum())
    with _prefix_server() as link, link.cursor() as cursor:
        cursor.execute("CREATE EXTENSION prefix")
        cursor.execute(
            "CREATE TABLE prices (prefix prefix_range, since bigint, per_minute bigint, fee bigint, first int, following int)"
        )
        with cursor.copy("COPY prices FROM STDIN") as copy:
            for row in world.prices:
                copy.write_row((str(row["prefix"]), *map(int, (row["since"], *(row["row"][name] for name in ("per_minute", "connection_fee", "first", "following"))))))  # fmt: skip
        cursor.execute("CREATE INDEX ON prices USING gist (prefix)")
        cursor.execute("CREATE TABLE calls (account int, number text, at bigint, seconds int)")
        with cursor.copy("COPY calls FROM STDIN") as copy:
            for account, number, at, seconds in zip(*(each.tolist() for each in calls[:4]), strict=True):
                copy.write_row((account, str(number >> 4).zfill(15)[: number & 15], at, seconds))
        cursor.execute("VACUUM ANALYZE prices, calls")
        begun = time.perf_counter()
        cursor.execute(
            "SELECT sum(micros) FROM (SELECT account, sum(((fee * 60 + per_minute * (first + (greatest(seconds - first, 0) + following - 1)"
            " / following * following)) * 2 + 6000) / 12000) AS micros FROM calls c CROSS JOIN LATERAL (SELECT * FROM prices p"
            " WHERE p.prefix @> c.number AND p.since <= c.at ORDER BY length(p.prefix) DESC, p.since DESC LIMIT 1) p GROUP BY account) s"
        )
        total = int(cursor.fetchone()[0])
        took = time.perf_counter() - begun
    assert total == expected, f"{total} instead of {expected}"
    return took, "The time of PostgreSQL is of the clock."


@contextmanager
def _prefix_server() -> Iterator[Any]:
    """A PostgreSQL 15 of the system's packages, for this benchmark alone."""
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="bench-prefix-", dir="/tmp"))
    as_user = (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    )
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    run = [*as_user, str(PREFIX_BIN / "pg_ctl"), "-s", "-w", "-D", str(data)]
    subprocess.run(
        [*as_user, str(PREFIX_BIN / "initdb"), "-D", str(data), "-U", "bench", "-A", "trust"],
        check=True,
        capture_output=True,
    )
    options = f"-c listen_addresses='' -k {folder} -c shared_buffers=512MB -c fsync=off"
    subprocess.run([*run, "-o", options, "-l", str(folder / "log"), "start"], check=True, capture_output=True)
    try:
        with psycopg.connect(host=str(folder), user="bench", dbname="postgres", autocommit=True) as link:
            yield link
    finally:
        subprocess.run([*run, "-m", "fast", "stop"], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)

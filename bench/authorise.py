"""May this call be placed, asked half a million callers' worth (performance.md, section 3).

    ./run bench authorise             500,000 callers
    ./run bench authorise --quick     a hundredth of it

What is measured is what the switch asks: `snapshot.Answers.answer` in process, and `server.serve` over its Unix socket and over HTTP,
in a process of its own, asked by 16 connections with one question each under way. The floors: a Python call with one look into a dict of
as many keys; a server on the same event loop that sends back what it got, or the same HTTP answer always. The peers: one parse
with the number library; one row fetched by its key from PostgreSQL, which decides nothing yet. Rates of servers are for each
second of the server's own processor time, so that what else runs on the machine does not count.
"""

from __future__ import annotations

import gc
import json
import random
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import server
from bench.inventory import Goal

HEADING = "## Call authorisation"
CALLERS, EACH = 500_000, 500  # callers, and how many of them one customer has
CONNECTIONS = 16
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
# What people dial, by how often: national in three ways, abroad, toll-free, emergency, refused codes, extensions. Each # is a digit by
# chance, so that nothing is asked twice but the codes.
DIALLED = (
    ["312#######", "1312#######", "+1202#######", "646#######"] * 5
    + ["011442079######", "+493090####", "+81312######"]
    + ["1800#######", "911", "411", "1001", "1900#######"]
)

NOTES = """
Common calls are answered by tables that the ladder of rules fills (`dialtone/calls/common.py`), the ladder of the page "Why?"; emergency calls always climb it.
With half a million callers much of the time is memory that no cache holds: on a machine that others use the lines reached 0.39 to 0.49 of the echo and
HTTP 0.37 to 0.47 of the static reply in runs of the same hours (a virtual machine whose memory answers twice as slowly at times: the row "call and dict").
In a bare loop, without sockets, the same questions take about 2.1 µs as lines and 3.4 µs as requests (3.4 and 6.5 µs before 0.12.0). One call in 26 is an emergency call here.
"""


def report(quick: bool) -> str:
    """The section of the page."""
    size = CALLERS // 100 if quick else CALLERS
    folder = Path(tempfile.mkdtemp(prefix="dialtone-bench-"))
    try:
        written(folder, size)
        asked = questions(size, 2_000 if quick else 200_000)
        alone = in_process(folder, asked)
        row = fetched(asked, 200 if quick else 5_000)
        seconds = 0.5 if quick else 3.0
        kinds = ("echo", "line", "static", "http")
        told = {
            kind: [served(folder, kind, asked, seconds) for _round in range(1 if quick else 3)]
            for kind in kinds
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    middle = {
        kind: sorted(rounds, key=lambda each: each.rate)[len(rounds) // 2] for kind, rounds in told.items()
    }
    return worded(size, alone, row, middle)


@dataclass(frozen=True)
class Alone:
    """Seconds a question, in process."""

    floor: float
    decide: float
    library: float
    late: float


@dataclass(frozen=True)
class Served:
    """Answers a second of the server's processor time, and of the clock; seconds within which 99 of 100 came; megabytes that the
    server then held."""

    rate: float
    by_clock: float
    p50: float
    p99: float
    megabytes: float


def worded(size: int, alone: Alone, row: float, told: dict[str, Served]) -> str:
    line, echo, http, static = told["line"], told["echo"], told["http"], told["static"]
    goals = [
        Goal("a decision ÷ a call with one look into a dict", alone.decide / alone.floor, 3, at_most=True),
        Goal("the number library's parse ÷ a decision", alone.library / alone.decide, 10, at_most=False),
        Goal("a row by its key from PostgreSQL ÷ a decision", row / alone.decide, 50, at_most=False),
        Goal(
            "lines: answers ÷ echoes, for a second of the server", line.rate / echo.rate, 0.5, at_most=False
        ),
        Goal("lines: answers for a second of the server", line.rate, 50_000, at_most=False),
        Goal(
            "HTTP: answers ÷ static replies, for a second of the server",
            http.rate / static.rate,
            0.6,
            at_most=False,
        ),
        Goal("lines: p99 ÷ the echo's p99", line.p99 / echo.p99, 2, at_most=True),
    ]
    rows = "\n".join(goal.row() for goal in goals)
    over = "\n".join(
        f"| {name} | {each.rate:,.0f} | {each.by_clock:,.0f} | {server.shown(each.p50)} | {server.shown(each.p99)} |"
        for name, each in (("echo", echo), ("lines", line), ("static HTTP", static), ("HTTP", http))
    )
    return (
        f"{HEADING}\n\n{size:,} callers of {max(1, size // EACH):,} customers; {server.machine()}.\n\n"
        f"| goal | measured | bound | reached |\n| --- | --- | --- | --- |\n{rows}\n\n"
        f"One decision in process: {server.shown(alone.decide)} (99 % within {server.shown(alone.late)}); call and dict: "
        f"{server.shown(alone.floor)}; library: {server.shown(alone.library)}; PostgreSQL: {server.shown(row)}. The program "
        f"holds {line.megabytes:.0f} MB.\n\n"
        f"| over a socket, {CONNECTIONS} connections | answers a second of the server | by the clock | median | 99 % within |\n"
        f"| --- | --- | --- | --- | --- |\n{over}\n{NOTES}\nMedians of three rounds. uvloop for the program and for the floors; clients and servers share the cores.\n"
    )


def number(index: int) -> str:
    return f"+1212{2_000_000 + index:07}"


def written(folder: Path, size: int) -> None:
    """The picture, as the keeper writes it."""
    from dialtone.calls.permissions import OwnPermissions, Permission, effective
    from dialtone.calls.rules import CallerFacts, Limits, Place
    from dialtone.calls.snapshot import FORMAT, Customer, Line, Snapshot
    from dialtone.plans.rules import AccountFacts

    abroad = effective(OwnPermissions(True, {"INTERNATIONAL": Permission("ALLOW", True)})).actions()
    closed = effective(None).actions()
    lines, own = {}, {}
    for index in range(size):
        customer = f"customer {index // EACH}"
        facts = CallerFacts(
            number(index),
            customer,
            True,
            f"Person {index}",
            abroad if index % 3 else closed,
            "location",
            "350 Fifth Avenue",
        )
        lines[facts.e164] = Line(facts, customer)
        own.setdefault(customer, {})[facts.e164] = facts.e164
    Snapshot(
        format=FORMAT,
        taken_at=NOW,
        ahead_seconds=0,
        lines=lines,
        places={each: Place(each, "Office", "US", "calling_plan", "9", "+12125550100") for each in own},
        customers={
            each: Customer(
                AccountFacts("trial" if index % 7 == 0 else "paid", "active", 5, 3), "US", {"1001": "Somebody"}, numbers,
                Limits(200, 20_000, most_risky_calls_an_hour=20),
            )
            for index, (each, numbers) in enumerate(own.items())
        },
        closed={},
        risky=frozenset({"252", "224", "371"}),
    ).save(folder / "picture.bin")  # fmt: skip


def questions(size: int, count: int) -> list[tuple[str, str]]:
    """(caller, dialled), at random."""
    chance = random.Random(3)
    return [(number(chance.randrange(size)), _dialled(chance)) for _each in range(count)]


def _dialled(chance: random.Random) -> str:
    """By one of the patterns; an exchange begins with 2 to 9 (NANP)."""
    first, more, rest = chance.choice(DIALLED).partition("#")
    return first + "".join(str(chance.randrange(2 if at == 0 else 0, 10)) for at in range(len(more + rest)))


def in_process(folder: Path, asked: Sequence[tuple[str, str]]) -> Alone:
    """The product's function, its floor and the library's parse, each the best of three rounds of processor time."""
    import phonenumbers

    from dialtone.calls.rules import Asked
    from dialtone.calls.snapshot import Answers, load
    from dialtone.numbers.worldplan import world_plan

    answers = Answers(world_plan())
    answers.show(load(folder / "picture.bin"))
    told = [Asked(caller, dialled, "") for caller, dialled in asked]
    known = {each: index for index, each in enumerate(answers.snapshot.lines)}  # type: ignore[union-attr]
    gc.collect()
    gc.freeze()

    def floor(caller: str) -> int | None:
        return known.get(caller)

    def parsed(text: str) -> None:
        found = phonenumbers.parse(text, "US")
        if phonenumbers.is_valid_number(found):
            phonenumbers.region_code_for_number(found)
            phonenumbers.number_type(found)

    callers = [each.caller for each in told]
    dialled = [each.dialled for each in told if len(each.dialled) > 6][:20_000]
    answer = answers.answer

    def decided() -> None:
        for each in told:
            answer(each, NOW)

    def probed() -> None:
        for each in callers:
            floor(each)

    decide = best(decided, len(told))
    times = []
    for each in told[:50_000]:
        begun = time.perf_counter()
        answer(each, NOW)
        times.append(time.perf_counter() - begun)
    return Alone(
        floor=best(probed, len(callers)),
        decide=decide,
        library=best(lambda: [parsed(each) for each in dialled], len(dialled)),
        late=sorted(times)[len(times) * 99 // 100],
    )


def best(work: Callable[[], object], count: int) -> float:
    """Seconds of processor time for one of so many, the best of three after one that warms up."""
    found = []
    for _round in range(4):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found[1:]) / count


def fetched(asked: Sequence[tuple[str, str]], count: int) -> float:
    """Median seconds to fetch a caller's row by its key, prepared, on one connection; as many rows as callers."""
    import psycopg

    sock = server.start("bench_authorise")
    try:
        with psycopg.connect(host=sock, user="owner", dbname="bench_authorise", autocommit=True) as link:
            link.execute("CREATE UNLOGGED TABLE caller (e164 text PRIMARY KEY, customer text, allowed text)")
            callers = sorted({caller for caller, _dialled in asked})
            with link.cursor().copy("COPY caller FROM STDIN") as out:
                for each in callers:
                    out.write_row((each, "customer", "NATIONAL"))
            link.execute("ANALYZE caller")
            times = []
            for caller, _dialled in asked[:count]:
                begun = time.perf_counter()
                link.execute(
                    "SELECT customer, allowed FROM caller WHERE e164 = %s", [caller], prepare=True
                ).fetchone()
                times.append(time.perf_counter() - begun)
    finally:
        server.stop()
    return sorted(times)[len(times) // 2]


# Over a socket

CHILD = """
import sys
from pathlib import Path
from bench.authorise import serve
serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
"""


def serve(kind: str, folder: Path, port: int) -> None:
    """In a process of its own: the program, or a floor on the same event loop."""
    from dialtone.calls.server import Picture, run_loop
    from dialtone.calls.server import serve as program
    from dialtone.calls.snapshot import Answers
    from dialtone.numbers.worldplan import world_plan

    def ready() -> None:
        print("ready", flush=True)

    if kind in ("line", "http"):
        picture = Picture(folder / "picture.bin", Answers(world_plan(), allow_when_old=True))
        run_loop(program(picture, folder / "ask.sock", port if kind == "http" else 0, ready=ready))
    else:
        run_loop(_floor(folder / "ask.sock", port if kind == "static" else 0, ready))


async def _floor(sock: Path, port: int, ready: Callable[[], None]) -> None:
    import asyncio

    reply = b"HTTP/1.1 200 -\r\nContent-Type: application/json\r\nContent-Length: 300\r\n\r\n" + b"x" * 300

    class Back(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(reply if port else data)

    loop = asyncio.get_running_loop()
    if port:
        await loop.create_server(Back, "127.0.0.1", port)
    else:
        sock.unlink(missing_ok=True)
        await loop.create_unix_server(Back, str(sock))
    ready()
    await asyncio.Event().wait()


def served(folder: Path, kind: str, asked: Sequence[tuple[str, str]], seconds: float) -> Served:
    """Ask for so long, after as long to warm up."""
    over_http = kind in ("http", "static")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    written = [
        _http(*each) if over_http else f"ASK\t\t\t{each[0]}\t{each[1]}\n".encode() for each in asked[:50_000]
    ]
    with _child(kind, folder, port) as process:
        address = ("127.0.0.1", port) if over_http else str(folder / "ask.sock")
        links = []
        for _each in range(CONNECTIONS):
            link = socket.socket(socket.AF_INET if over_http else socket.AF_UNIX)
            link.connect(address)
            if over_http:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            links.append(link)
        _ask(links, written, seconds)
        before = _cpu(process.pid)
        times = _ask(links, written, seconds)
        spent = _cpu(process.pid) - before
        megabytes = _megabytes(process.pid)
        for link in links:
            link.close()
    times.sort()
    return Served(
        len(times) / spent,
        len(times) / seconds,
        times[len(times) // 2],
        times[len(times) * 99 // 100],
        megabytes,
    )


def _http(caller: str, dialled: str) -> bytes:
    body = json.dumps({"callId": "", "customerId": "", "caller": caller, "dialled": dialled}).encode()
    return b"POST /decision HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def _ask(links: Sequence[socket.socket], written: Sequence[bytes], seconds: float) -> list[float]:
    """One question under way on each connection, the next one after the answer; the seconds that each took. An answer comes in one
    piece: it is shorter than a segment."""
    times: list[float] = []
    clock = time.perf_counter
    index, many = 0, len(written)
    with selectors.EpollSelector() as waiting:
        sent = {}
        for link in links:
            waiting.register(link, selectors.EVENT_READ)
            sent[link.fileno()] = clock()
            link.sendall(written[index % many])
            index += 1
        until = clock() + seconds
        while clock() < until:
            for key, _events in waiting.select(1):
                link: Any = key.fileobj
                if not link.recv(65536):
                    raise ConnectionError("the server closed the connection")
                now = clock()
                times.append(now - sent[key.fd])
                sent[key.fd] = now
                link.sendall(written[index % many])
                index += 1
        for link in links:  # what is still under way
            link.recv(65536)
    return times


def _cpu(pid: int) -> float:
    import psutil

    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def _megabytes(pid: int) -> float:
    import psutil

    return float(psutil.Process(pid).memory_info().rss) / 2**20


@contextmanager
def _child(kind: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-c", CHILD, kind, str(folder), str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, cwd=server.REPO)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.wait()

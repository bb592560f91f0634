"""`./run soak [--gate]`: what is too long for the tests. Buyers hammer one inventory; the processes are killed in mid-order.

The gate runs at the figures of the reliability programme for what exists: T5 (32 buyers, 1,000 numbers, 5 rounds, with a negative
control that must sell twice) and T6 (5 kills each of web, worker and PostgreSQL; no acknowledged order lost, none stuck).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

REPO = Path(__file__).resolve().parents[1]
BUYERS = 32
NUMBERS = 1000
KILLS = 5


def main(arguments: list[str]) -> int:
    told = argparse.ArgumentParser(prog="./run soak", description=__doc__)
    told.add_argument("--gate", action="store_true", help="the figures of the gate (the default)")
    told.add_argument("--rounds", type=int, default=5)
    told.parse_args(arguments)
    rounds = told.parse_args(arguments).rounds
    passed = failed = 0
    for name, step in (("hammer", lambda: hammer(rounds)), ("kills", kills)):
        begun = time.monotonic()
        problems = step()
        print(
            f"{name}: {'ok' if not problems else 'FAILED'} after {time.monotonic() - begun:.0f} s", flush=True
        )
        for problem in problems:
            print(f"  {problem}", flush=True)
        passed, failed = (passed + 1, failed) if not problems else (passed, failed + 1)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def hammer(rounds: int) -> list[str]:
    """T5: buyers in threads of their own buy the same numbers at once; each may be sold once. The control reads, then writes."""
    from tests import cluster

    sock, name = cluster.template("soak")
    os.environ |= {
        "DIALTONE_SANDBOX": "1",
        "DIALTONE_DB_AS": "app",
        "DATABASE_URL": f"postgresql://dialtone_app@/{name}?host={sock}",
        "DIALTONE_DATA_DIR": tempfile.mkdtemp(prefix="dialtone-soak-"),
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
    }
    try:
        return _hammer(sock, name, rounds)
    finally:
        cluster.drop(sock, name)
        shutil.rmtree(os.environ["DIALTONE_DATA_DIR"], ignore_errors=True)


def _hammer(sock: str, name: str, rounds: int) -> list[str]:
    import django

    django.setup()
    import psycopg
    from django.db import connections

    from dialtone.base import clock, tenancy
    from dialtone.numbers.inventory import claims, load
    from tests.plugins.world import build_world

    lines = ["first,last,country,state,area_code,city,rate_center,kind,carrier"]
    lines += [
        f"1212{200 + r}0000,1212{200 + r}0999,US,NY,212,New York,NY Z1,standard,sandbox"
        for r in range(rounds + 1)
    ]
    with tenancy.operator_scope():
        world = build_world()
        load.apply(load.plan_load("\n".join(lines).encode(), "soak"), simulated=True)
    customers = [world.alice, world.bob, world.charlie]

    def buy(customer: Any, some: list[str]) -> list[str]:
        with tenancy.customer_scope(customer.id, customer.partner_id):
            return sorted(
                claims.own(
                    some, customer_id=customer.id, reservation_id=None, order_id=uuid4(), now=clock.now()
                )
            )

    def buyer(round_: int, index: int, sold: list[str]) -> None:
        chance = random.Random(round_ * 1000 + index)
        wanted = [f"+1212{200 + round_}{number:04}" for number in range(NUMBERS)]
        chance.shuffle(wanted)
        customer = customers[index % 3]
        for start in range(0, NUMBERS, 10):
            some = wanted[start : start + 10]
            free = buy(customer, some)
            if len(free) == len(some):
                sold += free
                continue
            # All or none: what is still free of the ten is bought one by one.
            for number in free:
                sold += buy(customer, [number])
        connections.close_all()

    found = []
    for round_ in range(rounds):
        sold = _race(lambda index, bag, r=round_: buyer(r, index, bag))
        with psycopg.connect(host=sock, user="owner", dbname=name) as owner:
            owned = owner.execute(
                "SELECT count(*), count(DISTINCT e164) FROM numbers_claim WHERE state = 'o' AND e164 / 10000 = %s",
                [int(f"1212{200 + round_}")],
            ).fetchone()
        twice = [number for number, count in Counter(sold).items() if count > 1]
        if owned != (NUMBERS, NUMBERS):
            found.append(f"round {round_}: {owned} owned of {NUMBERS}")
        if twice:
            found.append(f"round {round_}: {len(twice)} numbers were sold twice")
    doubles = _control(sock, name)
    print(
        f"  hammer: {rounds} rounds of {BUYERS} buyers; the negative control sold {doubles} of 200 numbers twice",
        flush=True,
    )
    if not doubles:
        found.append("the negative control sold nothing twice, so this test proves nothing")
    return found


def _race(work: Callable[[int, list[str]], None]) -> list[str]:
    bags: list[list[str]] = [[] for _ in range(BUYERS)]
    threads = [threading.Thread(target=work, args=(index, bags[index])) for index in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [number for bag in bags for number in bag]


def _control(sock: str, name: str) -> int:
    """The unguarded way: look for a free row, then write it."""
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
        owner.execute("CREATE TABLE control (n int, buyer int)")
        owner.execute("INSERT INTO control SELECT n, NULL FROM generate_series(1, 200) n")

    def buyer(index: int, sold: list[str]) -> None:
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as link:
            while True:
                row = link.execute("SELECT n FROM control WHERE buyer IS NULL ORDER BY n LIMIT 1").fetchone()
                if row is None:
                    return
                link.execute("UPDATE control SET buyer = %s WHERE n = %s", [index, row[0]])
                sold.append(str(row[0]))

    return sum(1 for count in Counter(_race(buyer)).values() if count > 1)


def kills() -> list[str]:
    """T6: kill web, worker and PostgreSQL while orders are placed; afterwards every acknowledged order is there and done."""
    folder = Path(tempfile.mkdtemp(prefix="dialtone-kills-"))
    served = _Served(folder / "data")
    try:
        served.start()
        return _kills(served)
    finally:
        served.stop()
        shutil.rmtree(folder, ignore_errors=True)


class _Served:
    """A sandbox of its own, served by `dialtone run`."""

    def __init__(self, data_dir: Path) -> None:
        from tests.plugins.served import free_port

        self.data_dir = data_dir
        self.url = f"http://127.0.0.1:{free_port()}"
        gone = ("DIALTONE_", "DATABASE_")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(gone)}
        self.environment |= {
            "DIALTONE_DATA_DIR": str(data_dir),
            "DIALTONE_SANDBOX": "1",
            "DIALTONE_BASE_URL": self.url,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [
            sys.executable,
            "-m",
            "dialtone.cli",
            "run",
            "--port",
            self.url.rsplit(":", 1)[1],
            "--data-dir",
            str(self.data_dir),
        ]
        self.process = subprocess.Popen(
            words, cwd=REPO, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.await_ready(120)

    def await_ready(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("the sandbox did not become ready")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def dialtone(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=REPO,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        known = json.loads((self.data_dir / "sandbox.json").read_text())
        headers = {
            "Authorization": f"Bearer {known['customer_admin']['token']}",
            "Content-Type": "application/json",
        }
        if key:
            headers["Idempotency-Key"] = key
        content = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}/v1{path}", data=content, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, None
        except OSError:
            return 0, None

    def pids(self, what: str) -> list[int]:
        """The processes of this sandbox that have `what` in their command line."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            mine = str(self.data_dir) in words or f"DIALTONE_DATA_DIR={self.data_dir}\0" in environment
            if mine and what in words and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return sorted(found)


OFFICE = """
import django; django.setup()
from dialtone.base import ids, tenancy
from dialtone.people.models import Organisation, Person
from tests.plugins.office import open_office
with tenancy.operator_scope():
    org = Organisation._base_manager.get(name="Acme Instruments")
    admin = Person.objects.get(email="ada@acme.example")
print(ids.outside("LOCATION", open_office(org, admin, name="Soak office").id))
"""


def _kills(served: _Served) -> list[str]:
    served.environment["DJANGO_SETTINGS_MODULE"] = "dialtone.config.settings"
    served.environment["PYTHONPATH"] = str(REPO)
    made = served.dialtone("-c", OFFICE)
    if made.returncode:
        return [made.stderr[-1500:]]
    location = made.stdout.strip().splitlines()[-1]
    acknowledged: list[str] = []
    stop = threading.Event()

    def order_on(thread: int) -> None:
        for count in range(10_000):
            if stop.is_set():
                return
            body = {"locationId": location, "quantity": 1, "areaCode": "212"}
            key = f"{thread}-{count}"
            for _try in range(40):  # the same key again until there is an answer: one order, however often
                status, answer = served.call("POST", "/telephony/pstn/orders", body, key)
                if status == 201:
                    acknowledged.append(answer["id"])
                    break
                if status in (409, 422, 429):
                    break
                time.sleep(0.5)
            time.sleep(0.2)

    threads = [threading.Thread(target=order_on, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    found: list[str] = []
    for round_ in range(KILLS):
        for what in ("dialtone.cli web", "dialtone.cli worker", "postgres"):
            time.sleep(2.0)
            pids = served.pids(what)
            patience = time.monotonic() + 20  # it may still be on its way up from the last kill
            while not pids and time.monotonic() < patience:
                time.sleep(0.2)
                pids = served.pids(what)
            if not pids:
                found.append(f"round {round_}: nothing to kill for {what}")
            for pid in pids[:1] if what == "postgres" else pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
    time.sleep(4)
    stop.set()
    for thread in threads:
        thread.join()
    served.await_ready(60)
    until = time.monotonic() + 60
    left = set(acknowledged)
    while left and time.monotonic() < until:
        for order in list(left):
            status, answer = served.call("GET", f"/telephony/pstn/orders/{order}")
            if status == 200 and answer["status"] == "PROVISIONED":
                left.discard(order)
            elif status == 404:
                found.append(f"an acknowledged order is lost: {order}")
                left.discard(order)
        time.sleep(0.5)
    print(
        f"  kills: {3 * KILLS} kills, {len(acknowledged)} orders acknowledged, {len(left)} not done after 60 s",
        flush=True,
    )
    if not acknowledged:
        found.append("no order was acknowledged, so this test proves nothing")
    found += [f"stuck: {order}" for order in list(left)[:5]]
    audited = served.dialtone("-m", "dialtone.cli", "audit")
    if audited.returncode:
        found.append(audited.stdout[-1500:] + audited.stderr[-1500:])
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

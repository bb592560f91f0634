"""T17: what the service stands on goes away while orders are placed, one thing after the other, and comes back.

The database stands still (SIGSTOP, as on a machine that is frozen); the disk is full; carrier, mail server and the authority of addresses
are away; ten times as many clients come. Meanwhile a switch asks for emergency calls without a break. Nothing is answered with a 5xx but 503
(come again), every emergency call is allowed and shown with its address, and afterwards all that was acknowledged is there and done, all
letters are sent, every address is decided, and the auditor finds nothing.

The disk is a small file system in memory, which only root may mount: where that cannot be, this part is left out, and that is said. The control
takes an acknowledged order away behind the product's back: the same questions have to notice it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tools.soak.shared import OFFICE, REPO, Served, await_so

CORES = 2
OUTAGE, OUTAGE_FULL = 6.0, 30.0  # seconds, of each
CLIENTS, MORE_CLIENTS = 2, 20
DISK = 1024**3
RESUMED_WITHIN = 120  # seconds
SLOWEST_EMERGENCY = 2.0  # seconds: the machine is busy; T18 measures the speed itself
LOGS = Path(tempfile.gettempdir()) / "dialtone-outages-log"
NO_ANSWER = "no answer in 20 s"
ADDRESS = {"city": "Chicago", "state": "IL", "postalCode": "60606", "country": "US"}


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    folder = Path(tempfile.mkdtemp(prefix="dialtone-outages-"))
    with ExitStack() as later:
        later.callback(shutil.rmtree, folder, ignore_errors=True)
        is_small = later.enter_context(_small_disk(folder))
        mail = later.enter_context(MailServer())
        served = Served(folder / "data")
        served.environment |= {
            "DIALTONE_MAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "DJANGO_SETTINGS_MODULE": "tools.soak.outages_world",
            "PYTHONPATH": str(REPO),
        }
        served.data_dir.mkdir()
        shutil.rmtree(LOGS, ignore_errors=True)
        LOGS.mkdir()
        (served.data_dir / "log").symlink_to(
            LOGS
        )  # beside the small disk, so that it can be read what happened
        later.callback(served.stop)
        served.start()
        made = served.dialtone("-c", OFFICE)
        if made.returncode:
            return [made.stderr[-1500:]]
        life = Life(served, made.stdout.strip().splitlines()[-1])
        return _outages(life, mail, OUTAGE_FULL if full else OUTAGE, folder if is_small else None)


def _outages(life: Life, mail: MailServer, seconds: float, disk: Path | None) -> list[str]:
    begun = time.monotonic()
    if not life.begin():
        said = life._shown()[1]
        return [
            f"no number was ever shown to emergency services with its address, so this test proves nothing: {said}"
        ]
    parts: dict[str, Callable[[], Any]] = {
        "database paused": lambda: _database_paused(life.served),
        "disk full": lambda: _disk_full(disk),
        "carrier, mail and validator away": lambda: _others_away(life.served, mail),
        "ten times the load": lambda: life.more(MORE_CLIENTS - CLIENTS),
    }
    if disk is None:
        del parts["disk full"]
        print("  outages: no right to mount a file system here: the full disk was left out", flush=True)
    for name, outage in parts.items():
        life.phase = name
        with outage():
            time.sleep(seconds)
        life.phase = f"after {name}"
        enough = len(life.acknowledged) + 3
        await_so(partial(life.has_ordered, enough), RESUMED_WITHIN)
    life.end()
    found = life.resumed()
    for name in life.answers:
        print(f"  outages: {name}: {_told(life.answers[name])}", flush=True)
    print(
        f"  outages: {len(life.acknowledged)} orders and {len(life.addresses)} addresses acknowledged, {mail.taken} mails;"
        f" {life.asked} emergency calls asked for, the slowest {life.slowest * 1000:.0f} ms; {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    return [*found, *_control(life)]


@dataclass
class Life:
    """Clients that order and change addresses, and a switch with emergency calls, until they are told to stop."""

    served: Served
    location: str
    phase: str = "before"
    acknowledged: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    answers: dict[str, Counter[str]] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)
    asked: int = 0
    slowest: float = 0.0
    caller: str = ""
    customer: str = ""
    threads: list[threading.Thread] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> bool:
        """The first number is in service and shown with its address; then everybody starts. False if it never was."""
        _status, order = self.call("POST", "/telephony/pstn/orders", self._order(), "first")
        self.acknowledged.append(order["id"])
        self.caller = order["lines"][0]["phoneNumbers"][0]
        self.customer = self.served.dialtone("-c", CUSTOMER).stdout.strip()
        if not await_so(lambda: self._shown()[0], RESUMED_WITHIN):
            return False
        work = [self._orders, self._orders, self._changes_addresses, self._asks_for_help]
        for nth, each in enumerate(work):
            self._start(each, self.stop, nth)
        return await_so(lambda: len(self.acknowledged) > 3, RESUMED_WITHIN)

    @contextmanager
    def more(self, clients: int) -> Iterator[None]:
        """So many more clients."""
        stop = threading.Event()
        for nth in range(clients):
            self._start(self._orders, stop, 100 + nth)
        try:
            yield
        finally:
            stop.set()

    def has_ordered(self, enough: int) -> bool:
        return len(self.acknowledged) >= enough

    def end(self) -> None:
        self.stop.set()
        for each in self.threads:
            each.join()

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        status, answer = self.served.call(method, path, body, key)
        codes = [each["code"] for each in (answer or {}).get("errors", [])] if status >= 400 else []
        self.answers.setdefault(self.phase, Counter())[" ".join([str(status or NO_ANSWER), *codes[:1]])] += 1
        return status, answer

    def resumed(self) -> list[str]:
        """What is wrong once everything had time to go on."""
        found = [
            f"{phase}: {count} answers were {said}"
            for phase, answers in self.answers.items()
            for said, count in answers.items()
            if said.startswith("5") and not said.startswith("503")
        ]
        if found:
            found.append(f"the logs are in {LOGS}")
        self.phase = "afterwards"
        begun = time.monotonic()
        await_so(self._is_quiet, RESUMED_WITHIN)
        print(f"  outages: all was done {time.monotonic() - begun:.0f} s after the last one", flush=True)
        found += [*self.denied[:5], *self.unfinished()]
        audited = self.served.dialtone("-m", "dialtone.cli", "audit")
        return found if not audited.returncode else [*found, audited.stdout[-1500:] + audited.stderr[-1500:]]

    def unfinished(self) -> list[str]:
        """What was acknowledged and is lost or not done, and what else still waits."""
        with self.owner() as owner:
            done = {
                str(row[0]): row[1] for row in owner.execute("SELECT id, status FROM orders_order").fetchall()
            }
            waiting = [
                f"{count} {what}" for what, sql in WAITING.items() for (count,) in owner.execute(sql) if count
            ]
            known = {str(row[0]) for row in owner.execute("SELECT id FROM emergency_emergencyaddress")}
        orders = {each: done.get(_inside(each)) for each in self.acknowledged}
        lost = [f"an acknowledged order is lost: {each}" for each, status in orders.items() if status is None]
        lost += [f"an acknowledged address is lost: {each}" for each in self.addresses if each not in known]
        stuck = Counter(status for status in orders.values() if status not in (None, "provisioned"))
        return [*lost[:5], *(f"{count} orders are {status}" for status, count in stuck.items()), *waiting]

    def _is_quiet(self) -> bool:
        """Nothing waits, and nothing new has come of what was done last."""
        if self.unfinished():
            return False
        time.sleep(2)
        return not self.unfinished()

    def owner(self) -> Any:
        """The superuser's connection."""
        import psycopg

        from dialtone.config.postgres import socket_directory

        sock = socket_directory(self.served.data_dir / "postgres")
        return psycopg.connect(host=str(sock), user="owner", dbname="dialtone", autocommit=True)

    def _start(self, work: Callable[..., None], stop: threading.Event, nth: int) -> None:
        thread = threading.Thread(target=work, args=(stop, nth))
        thread.start()
        self.threads.append(thread)

    def _orders(self, stop: threading.Event, nth: int) -> None:
        """One client: an order after the other, each asked with the same key until there is an answer."""
        count = 0
        while not stop.is_set():
            count += 1
            for _try in range(60):
                status, answer = self.call("POST", "/telephony/pstn/orders", self._order(), f"{nth}-{count}")
                if status == 201:
                    self.acknowledged.append(answer["id"])
                if 0 < status < 500 and status != 429:
                    break
                time.sleep(0.5)
            time.sleep(0.2)

    def _changes_addresses(self, stop: threading.Event, nth: int) -> None:
        """An administrator who corrects the floor all the time."""
        count = 0
        while not stop.is_set():
            count += 1
            body = {**ADDRESS, "address1": "233 South Wacker Drive", "floor": str(count)}
            place = f"/telephony/pstn/locations/{self.location}/emergencyAddress"
            status, answer = self.call("POST", place, body, f"address-{count}")
            if status == 201:
                self.addresses.append(answer["id"])
            time.sleep(1)

    def _asks_for_help(self, stop: threading.Event, nth: int) -> None:
        """A switch that asks for an emergency call ten times a second."""
        while not stop.is_set():
            begun = time.monotonic()
            is_good, said = self._shown()
            took = time.monotonic() - begun
            self.asked, self.slowest = self.asked + 1, max(self.slowest, took)
            if not is_good or took > SLOWEST_EMERGENCY:
                self.denied.append(
                    f"{self.phase}: an emergency call was answered {said!r} after {took:.1f} s"
                )
            time.sleep(0.1)

    def _shown(self) -> tuple[bool, str]:
        """Whether an emergency call of the first number is allowed and told to call back that number at its address; the program's answer."""
        door = self.served.data_dir / "authorise" / "ask.sock"
        try:
            with socket.socket(socket.AF_UNIX) as switch:
                switch.settimeout(5)
                switch.connect(str(door))
                switch.sendall(f"ASK\tsoak-{time.time_ns()}\t{self.customer}\t{self.caller}\t911\n".encode())
                said = switch.recv(4000).decode().rstrip("\n")
        except OSError as error:
            return False, str(error)
        words = said.split("\t")
        return len(words) == 8 and words[0] == "YES" and words[4] == self.caller and bool(words[5]), said

    def _order(self) -> dict[str, Any]:
        return {"locationId": self.location, "quantity": 1, "areaCode": "212"}


# What waits when nobody does anything any more: nothing.
WAITING = {
    "commands wait for the carrier": "SELECT count(*) FROM carriers_command WHERE heard_at IS NULL",
    "letters are not sent": "SELECT count(*) FROM base_letter WHERE sent_at IS NULL",
    "addresses are not decided": "SELECT count(*) FROM emergency_emergencyaddress WHERE state = 'entered'",
}
CUSTOMER = """
import django; django.setup()
from dialtone.base import tenancy
from dialtone.people.models import Organisation
with tenancy.operator_scope():
    print(Organisation._base_manager.get(name="Acme Instruments").id)
"""


class MailServer:
    """A mail server that takes everything, and can be away."""

    def __init__(self) -> None:
        self.taken = 0
        self.is_away = False
        server = self

        class Talk(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                if server.is_away:
                    return  # the line is dead before a word is said
                self.wfile.write(b"220 soak\r\n")
                for line in self.rfile:
                    word = line[:4].upper()
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        while self.rfile.readline() not in (b".\r\n", b""):
                            pass
                        server.taken += 1
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                    if word == b"QUIT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self) -> MailServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A file system of its own for the data; False where nobody lets us make one."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "dialtone-soak", str(folder)], capture_output=True
    )
    try:
        yield made.returncode == 0
    finally:
        if made.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def _disk_full(folder: Path | None) -> Iterator[None]:
    """Not a byte is left, and what somebody gives back is taken at once."""
    assert folder is not None
    ballast, over = folder / "ballast", threading.Event()

    def fill() -> None:
        with ballast.open("wb", buffering=0) as file:
            while True:
                free = os.statvfs(folder)
                for size in (free.f_bavail * free.f_frsize, free.f_frsize):
                    with suppress(OSError):
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size or 1)
                if over.wait(0.05):
                    return

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        yield
    finally:
        over.set()
        filling.join()
        ballast.unlink()


@contextmanager
def _database_paused(served: Served) -> Iterator[None]:
    """The server and all its processes stand still."""
    lines = (served.data_dir / "postgres" / "pgdata" / "postmaster.pid").read_text().splitlines()
    first = int(lines[0])
    os.kill(first, signal.SIGSTOP)
    all_of_it = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]
    try:
        for pid in all_of_it:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(all_of_it):
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                continue


@contextmanager
def _others_away(served: Served, mail: MailServer) -> Iterator[None]:
    """Nobody outside answers."""
    outage = served.data_dir / "outage"
    outage.touch()
    mail.is_away = True
    try:
        yield
    finally:
        mail.is_away = False
        outage.unlink()


def _control(life: Life) -> list[str]:
    """An acknowledged order that is gone is noticed."""
    with life.owner() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM orders_order WHERE id = %s", [_inside(life.acknowledged[-1])])
    noticed = any("order is lost" in each for each in life.unfinished())
    return [] if noticed else ["control: an order was taken away, and nobody noticed"]


def _inside(id: str) -> str:
    from dialtone.base import ids

    return str(ids.inside(id, "ORDER"))


def _told(answers: Counter[str]) -> str:
    return ", ".join(f"{count} x {said}" for said, count in sorted(answers.items()))

"""A switch on loopback for tests: the authorisation program with a picture and no database, Kamailio, and SIPp on both sides."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from dialtone.cli import sip_command
from tests.calls.test_program import PROGRAM
from tests.plugins.served import REPO, free_port

SIPP = REPO / "deploy" / "sipp"
PATIENCE = 30.0
CALL = 100  # milliseconds that a call is spoken


@dataclass
class Calls:
    """A running switch, and what its sides have seen."""

    folder: Path
    ports: sip_command.Ports
    phone: int
    program: subprocess.Popen[bytes]
    answering: dict[str, Path] = field(default_factory=dict)

    @property
    def spool(self) -> Path:
        return self.folder / "call-records" / "switch"

    def dial(self, caller: str, dialled: str, *, from_carrier: bool = False) -> str:
        """Calls, speaks for a moment if it is answered, and answers everything that came back."""
        to = self.ports.carriers if from_carrier else self.ports.phones
        self._sipp("call.xml", to, "-s", dialled, "-key", "caller", caller, "-d", str(CALL))
        return (self.folder / "call.log").read_text()

    def register(self, line: str, at: int) -> None:
        self._sipp("register.xml", self.ports.phones, "-s", line, "-key", "at", str(at))

    def is_fresh(self) -> bool:
        """What the program says about its picture."""
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(PATIENCE)
            asked.connect(str(self.folder / "authorise" / "ask.sock"))
            asked.sendall(b"JSON\t/healthz\t{}\n")
            return bool(json.loads(asked.makefile().readline())["fresh"])

    def invites(self, who: str) -> list[str]:
        """The INVITEs that one side has received, whole; a retransmission counts once."""
        found = re.split(r"^-{10,}.*\n", self.answering[who].read_text(errors="replace"), flags=re.MULTILINE)
        received = [text.partition("\n\n")[2].strip("\n") for text in found if "message received" in text]
        return list(dict.fromkeys(text for text in received if text.startswith("INVITE")))

    def records(self) -> list[str]:
        """The lines of all records that were handed over."""
        return [
            line for file in sorted(self.spool.glob("*.csv")) for line in file.read_text().splitlines()[1:]
        ]

    def _sipp(self, scenario: str, port: int, *words: str) -> None:
        log = self.folder / f"{Path(scenario).stem}.log"
        done = subprocess.run(
            [
                "sipp", "-sf", str(SIPP / scenario), "-i", "127.0.0.1", "-p", str(self.phone), "-m", "1", "-nostdin",
                "-timeout", "15s", "-timeout_error", "-trace_msg", "-message_file", str(log), "-message_overwrite", "true",
                *words, f"127.0.0.1:{port}",
            ],
            cwd=self.folder,
            capture_output=True,
            timeout=PATIENCE,
        )  # fmt: skip
        assert done.returncode == 0, (
            done.stdout[-1500:].decode() + done.stderr.decode() + log.read_text()[-3000:]
        )


def missing() -> str:
    """What is not installed; "" when all is there."""
    lacking = [name for name in ("kamailio", "sipp") if not shutil.which(name)]
    if not any(Path("/").glob(sip_command.MODULES)):
        lacking.append("kamailio-python3-modules")
    return ", ".join(lacking)


@contextmanager
def running(folder: Path) -> Iterator[Calls]:
    """A switch whose program answers from the picture in `folder/authorise`."""
    ports, phone = _ports()
    authorise = folder / "authorise"
    with _child(
        [sys.executable, "-c", PROGRAM, str(authorise), str(free_port())], folder / "program.log", cwd=REPO
    ) as program:
        words, variables = sip_command.kamailio(folder, ports)
        until(lambda: "ready" in (folder / "program.log").read_text(), "the program")
        with _child(words, folder / "kamailio.log", env=variables):
            made = Calls(folder, ports, phone, program)
            with (
                made_to_answer(made, "carrier", ports.carrier),
                made_to_answer(made, "emergency", ports.emergency),
            ):
                for port in (ports.phones, ports.carriers, ports.carrier, ports.emergency):
                    until(lambda port=port: _is_taken(port), f"port {port}")
                yield made


@contextmanager
def made_to_answer(calls: Calls, who: str, port: int) -> Iterator[None]:
    """Somebody who answers calls at this port."""
    log = calls.folder / f"{who}.log"
    words = [
        "sipp", "-sf", str(SIPP / "answer.xml"), "-i", "127.0.0.1", "-p", str(port), "-nostdin",
        "-trace_msg", "-message_file", str(log), "-message_overwrite", "true",
    ]  # fmt: skip
    with _child(words, calls.folder / f"{who}.out", cwd=calls.folder):
        calls.answering[who] = log
        until(lambda: _is_taken(port), who)
        yield


@contextmanager
def _child(
    words: list[str], log: Path, *, cwd: Path | None = None, env: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            words, cwd=cwd, env={**os.environ, "PYTHONPATH": str(REPO), **(env or {})},
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _ports() -> tuple[sip_command.Ports, int]:
    """Five ports in a row and one more that nobody has at the moment."""
    for first in range(20_000 + os.getpid() % 5000 * 8, 65_000, 8):
        if not any(_is_taken(first + step) for step in range(6)):
            return sip_command.Ports.beginning_at(first), first + 5
    raise RuntimeError("no ports are free")


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for it; fails after `PATIENCE` seconds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)

"""Keep the processes of one installation running: start them, start again what dies, stop all in order.

What we start must not outlive us, however we end: on SIGTERM, SIGINT and SIGHUP we stop it; if we are killed
outright, the kernel tells our children (PR_SET_PDEATHSIG). Standard library only.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dialtone.config.postgres import CannotRun, Embedded, shutdown_with_parent

LONGEST_PAUSE = 30.0  # seconds before a child that keeps dying is started again
STEADY_AFTER = 60.0  # seconds after which an earlier death no longer counts
STOPPED_WITHIN = 25.0
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside at the next start of its child

_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class AlreadyServed(RuntimeError):
    """Another process serves this data directory; the text names it."""


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Be the one that serves this data directory. Raises AlreadyServed.

    Inside, a signal to stop ends the program by way of SystemExit, so that everything opened is closed.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / "serving").open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            raise AlreadyServed(
                f"Dialtone is served from {data_dir} already (process {held.read().strip() or 'unknown'})."
                " Stop that one, or choose another --data-dir."
            ) from None
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        before = {number: signal.signal(number, _leave) for number in _STOPPING}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def may_listen(host: str, port: int) -> bool:
    """Whether the port is free: asked before anything is started, because the answer decides what to say."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return False
    for family, kind, protocol, _, address in found[:1]:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError:
                return False
    return True


def check_call(words: Sequence[str]) -> None:
    """Run one preparing step; ends the program with its status when it fails."""
    ended(begun(words))


def begun(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """A preparing step that runs beside others until `ended` is asked for it; it does not outlive us."""
    return subprocess.Popen(list(words), preexec_fn=shutdown_with_parent(signal.SIGTERM))


def ended(step: subprocess.Popen[bytes]) -> None:
    """Wait for a preparing step; ends the program with its status when it failed."""
    try:
        status = step.wait()
    except BaseException:
        step.terminate()
        step.wait()
        raise
    if status:
        raise SystemExit(status)


@dataclass
class _Child:
    """One process that is to run all the time, and what became of it so far."""

    name: str
    words: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    deaths: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.begun = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for us; and its group is ours to end
                preexec_fn=shutdown_with_parent(signal.SIGTERM),
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> None:
        """Start it again if it has died, after a pause that doubles with every early death."""
        now = time.monotonic()
        if self.alive():
            return
        if self.process is not None:
            status = self.process.returncode
            self._end_group()
            self.process = None
            self.deaths = 1 if now - self.begun > STEADY_AFTER else self.deaths + 1
            pause = min(2.0 ** (self.deaths - 1), LONGEST_PAUSE)
            self.again_at = now + pause
            _say(f"{self.name} ended with {status}; it is started again in {pause:.0f} s (see {self.log})")
        if now >= self.again_at:
            self.start()

    def stop(self, until: float) -> None:
        """Ask it to end; what has not ended by then is killed."""
        if self.process is None:
            return
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                _say(f"{self.name} did not stop in time and is killed")
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        """What the child started itself ends with it; else a dead server's workers would keep its port."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        with self.log.open(errors="replace") as log:
            return "".join(deque(log, maxlen=8))


def serve(
    commands: Mapping[str, Sequence[str]],
    *,
    log_dir: Path,
    ready_url: str,
    on_ready: Callable[[], None],
    wait: float = 90,
    cluster: Embedded | None = None,
) -> int:
    """Run the commands until SIGTERM, SIGINT or SIGHUP; answers the exit status.

    Each child writes to `log_dir/NAME.log`. `on_ready` is called when `ready_url` answers 200, within `wait`
    seconds. They are stopped in reverse order. A `cluster` that dies is started again, too; stopping it is for
    whoever started it.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()

    def ask_to_stop(number: int, frame: object) -> None:
        if not stop.is_set():
            _say(f"Stopping ({signal.Signals(number).name}) …")
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in _STOPPING}
    children = [_Child(name, words, log_dir / f"{name}.log") for name, words in commands.items()]
    try:
        for child in children:
            child.start()
        if not _await(ready_url, stop, wait, children):
            return 0 if stop.is_set() else 1
        on_ready()
        while not stop.wait(0.25):
            if cluster is not None and not cluster.running():
                _revive(cluster)
            for child in children:
                child.tend()
    finally:
        until = time.monotonic() + STOPPED_WITHIN
        for child in reversed(children):
            child.stop(until)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _await(url: str, stop: threading.Event, wait: float, children: Sequence[_Child]) -> bool:
    """Whether the address answered in time, while all children lived."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + wait
    while time.monotonic() < until and not stop.wait(0.1):
        for child in children:
            if not child.alive():
                _say(f"{child.name} could not start:\n{child.last_words()}")
                return False
        try:
            with direct.open(url, timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            continue
    if not stop.is_set():
        _say(
            f"{url} did not answer within {wait:.0f} s. The last lines of its log:\n{children[0].last_words()}"
        )
    return False


def _revive(cluster: Embedded) -> None:
    _say(f"PostgreSQL has stopped; it is started again (see {cluster.log})")
    try:
        cluster.start(dies_with_us=True)
    except CannotRun as error:
        _say(str(error))
        time.sleep(1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

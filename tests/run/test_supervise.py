"""The supervisor: starts again what dies, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from dialtone.config import supervise
from dialtone.config.postgres import Embedded

REPO = Path(__file__).resolve().parents[2]

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
# It starts a process of its own, which must not be left behind either, and takes its time to hear SIGTERM.
WORKER = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)", "grandchild"])
time.sleep(300)
"""
PROGRAM = """
import sys
from pathlib import Path
from dialtone.config import supervise
port, data, server, worker = sys.argv[1:]
with supervise.only_one(Path(data)):
    sys.exit(supervise.serve(
        {"web": [sys.executable, "-c", server, port], "worker": [sys.executable, "-c", worker]},
        log_dir=Path(data) / "log", ready_url=f"http://127.0.0.1:{port}/healthz",
        on_ready=lambda: print("ready", flush=True), wait=20))
"""


def soon(true: Callable[[], object], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, port: int) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def start(server: str = SERVER, worker: str = WORKER) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", PROGRAM, str(port), str(tmp_path / "data"), server, worker]
        process = subprocess.Popen(
            words, cwd=REPO, text=True, stdout=subprocess.PIPE, stderr=(tmp_path / "said").open("a")
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait for it; answers all it has started, and what they have."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    family = psutil.Process(process.pid)
    assert soon(lambda: len(family.children(recursive=True)) == 3)
    return family.children(recursive=True)


def words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # or a zombie
        return []


def gone(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(start: Start, number: int) -> None:
    process = start()
    children = ready(process)
    process.send_signal(number)
    assert process.wait(15) == 0
    assert gone(children)


def test_killed_outright_it_leaves_no_child(start: Start) -> None:
    process = start()
    children = [child for child in ready(process) if "grandchild" not in words(child)]
    process.kill()
    assert soon(lambda: gone(children))


def test_a_child_that_dies_is_started_again(start: Start, tmp_path: Path) -> None:
    process = start()
    before = ready(process)
    worker = next(each for each in before if WORKER in words(each))
    grandchild = next(each for each in before if "grandchild" in words(each))
    worker.kill()
    family = psutil.Process(process.pid)
    assert soon(lambda: any(WORKER in words(each) and each.pid != worker.pid for each in family.children()))
    assert "worker ended with -9; it is started again in 1 s" in (tmp_path / "said").read_text()
    assert gone([grandchild])


def test_a_child_that_cannot_start_ends_the_start_with_its_last_words(start: Start, tmp_path: Path) -> None:
    process = start(worker="raise SystemExit('no queue here')")
    assert process.wait(15) == 1
    said = (tmp_path / "said").read_text()
    assert "worker could not start" in said
    assert "no queue here" in said


def test_only_one_serves_a_data_directory(start: Start, tmp_path: Path) -> None:
    process = start()
    ready(process)
    with (
        pytest.raises(supervise.AlreadyServed, match=rf"\(process {process.pid}\)"),
        supervise.only_one(tmp_path / "data"),
    ):
        pass
    process.kill()
    process.wait()
    with supervise.only_one(tmp_path / "data"):
        pass


def test_a_signal_before_serving_closes_what_is_open(tmp_path: Path) -> None:
    closed = []

    def prepare() -> None:
        with supervise.only_one(tmp_path):
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(5)
            finally:
                closed.append(True)

    with pytest.raises(SystemExit) as ended:
        prepare()
    assert closed
    assert ended.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_taken_port_is_known_beforehand(port: int) -> None:
    assert supervise.may_listen("127.0.0.1", port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert not supervise.may_listen("127.0.0.1", port)
    assert not supervise.may_listen("no.such.host.invalid", port)


def test_a_preparing_step_that_fails_ends_the_program() -> None:
    supervise.check_call([sys.executable, "-c", ""])
    with pytest.raises(SystemExit) as ended:
        supervise.check_call([sys.executable, "-c", "raise SystemExit(3)"])
    assert ended.value.code == 3


def test_postgresql_that_dies_is_started_again(tmp_path: Path, port: int) -> None:
    cluster = Embedded(tmp_path / "postgres", durable=False)
    cluster.init()
    cluster.start()

    def kill_then_stop() -> None:
        """Called when all is ready: kill the server, and let a child end us when it is back."""
        os.kill(cluster._child.pid, signal.SIGKILL)  # type: ignore[union-attr]

    waiter = (
        "import sys, time, os, signal\n"
        "until = time.monotonic() + 20\n"
        "first = open(sys.argv[1]).read().split()[0]\n"
        "while time.monotonic() < until:\n"
        "    time.sleep(0.1)\n"
        "    try:\n"
        "        words = open(sys.argv[1]).read().split()\n"
        "    except FileNotFoundError:\n"
        "        continue\n"
        "    if words and words[0] != first and words[-1] == 'ready':\n"
        "        break\n"
        "os.kill(int(sys.argv[2]), signal.SIGTERM)\n"
        "time.sleep(60)\n"
    )
    lock = str(cluster.data / "postmaster.pid")
    try:
        status = supervise.serve(
            {
                "web": [sys.executable, "-c", SERVER, str(port)],
                "waiter": [sys.executable, "-c", waiter, lock, str(os.getpid())],
            },
            log_dir=tmp_path / "log",
            ready_url=f"http://127.0.0.1:{port}/healthz",
            on_ready=kill_then_stop,
            cluster=cluster,
        )
        assert status == 0
        assert cluster.running()
    finally:
        cluster.stop()

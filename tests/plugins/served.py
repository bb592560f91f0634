"""A served installation: PostgreSQL, web and worker as `./run` starts them, for journeys in the browser and over the API."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
HELPER = (sys.executable, "-m", "tests.plugins.helper")


class Helper:
    """A process that is there already: it makes newcomers and offices in the served database by the same verbs as the
    command line, without a Django of its own for each (`tests/plugins/helper.py`)."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def ask(self, what: str, **how: Any) -> Any:
        """What the helper answers to one line of JSON."""
        if self._process is None:
            self._process = subprocess.Popen(
                HELPER,
                cwd=REPO,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"what": what, **how}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"wrong": "the helper ended"}')
        assert "wrong" not in answer, answer["wrong"]
        return answer["made"]

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=30)  # its input ends, and so does it


@dataclass
class Served:
    """A running sandbox: where it is, who may sign in, and its command line."""

    url: str
    data_dir: Path
    known: dict[str, Any]
    environment: dict[str, str]

    @cached_property
    def helper(self) -> Helper:
        return Helper(self.environment)

    def dialtone(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "dialtone.cli", *words],
            cwd=REPO,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def newcomer(self, name: str, *, trial: bool = False) -> str:
        """A customer of this test alone, without anything yet: `known[answer]` is its administrator, `known[answer +
        "_person"]` somebody who works there. What other tests left in the sandbox does not touch it."""
        made = self.helper.ask("newcomer", name=name, trial=trial)
        key = f"newcomer_{made['admin']['email']}"
        self.known |= {key: made["admin"], f"{key}_person": made["person"]}
        return key

    def offices(self, who: str, *countries: str, name: str = "") -> list[str]:
        """An office of the administrator's company in each of these countries, ready for numbers; answers their ids. The contract
        and the terms, which only people can give on the pages, are given by the verbs beside the running server."""
        email = self.known[who]["email"]
        made: list[str] = self.helper.ask("offices", email=email, countries=countries, name=name)
        return made

    def wait(self, seconds: int) -> None:
        """Let so much time pass on the sandbox clock: the simulated carrier takes seconds, which nobody need sit through."""
        self.helper.ask("wait", seconds=seconds)

    def call(
        self, who: str, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, Any]:
        """(status, parsed body, headers) of an API call with the token of `who`."""
        content = None if body is None else json.dumps(body).encode()
        told = {"Authorization": f"Bearer {self.known[who]['token']}", **headers}
        if content is not None:
            told.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(f"{self.url}/v1{path}", data=content, method=method, headers=told)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None, answer.headers
        except urllib.error.HTTPError as refused:
            text = refused.read()
            return refused.code, json.loads(text) if text else None, refused.headers


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One sandbox for all journeys of this worker."""
    data_dir = tmp_path_factory.mktemp("served") / "data"
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DIALTONE_", "DATABASE_"))
    }
    environment |= {"DIALTONE_DATA_DIR": str(data_dir), "DIALTONE_SANDBOX": "1", "DIALTONE_BASE_URL": url}
    environment |= {"DIALTONE_QUICK_PASSWORDS": "1"}
    with running(port, data_dir, environment):
        known = json.loads((data_dir / "sandbox.json").read_text())
        found = Served(url, data_dir, known, environment)
        yield found
        found.helper.close()


@contextmanager
def running(port: int, data_dir: Path, environment: dict[str, str]) -> Iterator[None]:
    """`dialtone run`, from when it is ready until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dialtone.cli", "run", "--port", str(port), "--data-dir", str(data_dir)],
        cwd=REPO, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        _await(f"http://127.0.0.1:{port}/healthz", process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if process.poll() is not None:
            assert process.stdout is not None
            raise RuntimeError(process.stdout.read().decode()[-4000:])
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the sandbox did not become ready")

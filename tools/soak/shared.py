"""What several soak tests need: a database of their own, a served sandbox of their own, an office in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]


def await_so(so: Callable[[], bool], seconds: float) -> bool:
    """Wait until it is so, at most so long; whether it ever was."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if so():
            return True
        time.sleep(0.2)
    return False


@contextmanager
def database(label: str) -> Iterator[tuple[str, str]]:
    """A migrated database of this test alone, with Django set up to reach it as the runtime login does.

    Answers (socket directory, name of the database), for connections as the owner.
    """
    from tests import cluster

    sock, name = cluster.template(label)
    os.environ |= {
        "DIALTONE_SANDBOX": "1",
        "DIALTONE_DB_AS": "app",
        "DATABASE_URL": f"postgresql://dialtone_app@/{name}?host={sock}",
        "DIALTONE_DATA_DIR": tempfile.mkdtemp(prefix="dialtone-soak-"),
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
    }
    try:
        import django

        django.setup()
        yield sock, name
    finally:
        cluster.drop(sock, name)
        shutil.rmtree(os.environ["DIALTONE_DATA_DIR"], ignore_errors=True)


class Served:
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
            return refused.code, _read(refused)
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


def _read(refused: urllib.error.HTTPError) -> Any:
    """The body of a refusal, if it is one of ours."""
    try:
        return json.loads(refused.read())
    except (OSError, ValueError):
        return None


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

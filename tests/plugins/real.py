"""A real installation, set up by `dialtone setup` on a server of its own (the tests'), as an operator would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

REPO = Path(__file__).resolve().parents[2]
PASSWORD = "seventeen-otters-juggle"
ANSWERS = {
    "operator": "Nordic Lines",
    "country": "DK",
    "time-zone": "Europe/Copenhagen",
    "admin-email": "olga@nordic.example",
    "admin-name": "Olga Operator",
    "base-url": "http://127.0.0.1:8000",
    "mail-url": "files:",
    "carriers": "desk",
    "mail-from": "Nordic Lines <phone@nordic.example>",
}


@dataclass
class Installation:
    """A data directory with its own command line. `variables` are added to its environment."""

    data_dir: Path
    variables: dict[str, str]

    def dialtone(
        self, *words: str, told: str = "", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command; `told` is its standard input. The caller looks at the status."""
        return subprocess.run(
            [sys.executable, "-m", "dialtone.cli", *words],
            cwd=REPO,
            env={**self.environment, **(variables or {})},
            input=told,
            capture_output=True,
            text=True,
            timeout=240,
        )

    def set_up(self, *more: str, told: str = PASSWORD, **changed: str) -> subprocess.CompletedProcess[str]:
        """`dialtone setup` with the usual answers, some of them changed; an empty one is left out."""
        answers = {**ANSWERS, **{name.replace("_", "-"): value for name, value in changed.items()}}
        given = [word for name, value in answers.items() if value for word in (f"--{name}", value)]
        return self.dialtone(
            "setup", *given, "--admin-password-file", "-", "--non-interactive", *more, told=told
        )

    @property
    def environment(self) -> dict[str, str]:
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DIALTONE_", "DATABASE_"))
        }
        return {**own, "DIALTONE_DATA_DIR": str(self.data_dir), **self.variables}


def addresses(sock: str, name: str) -> dict[str, str]:
    """The environment variables that name a database of the tests' cluster."""
    return {
        variable: f"postgresql://{login}@/{quote(name)}?host={quote(sock, safe='/')}"
        for variable, login in (("DATABASE_URL", "dialtone_app"), ("DATABASE_OWNER_URL", "dialtone_migrator"))
    }


@contextmanager
def database(purpose: str) -> Iterator[dict[str, str]]:
    """An empty, migrated database on the tests' server, by its addresses."""
    from tests import cluster

    sock, name = cluster.template(f"{purpose}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    try:
        yield addresses(sock, name)
    finally:
        cluster.drop(sock, name)


@pytest.fixture
def nothing_yet(tmp_path: Path) -> Iterator[Installation]:
    """A data directory and a database, before anybody has set anything up."""
    with database("real") as variables:
        yield Installation(tmp_path / "data", variables)


@pytest.fixture
def real(nothing_yet: Installation) -> Installation:
    """An installation that `dialtone setup` has made."""
    made = nothing_yet.set_up()
    assert made.returncode == 0, made.stdout + made.stderr
    return nothing_yet


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The same, once for all tests of a module: they leave it as they found it."""
    with database("installed") as variables:
        found = Installation(tmp_path_factory.mktemp("installed") / "data", variables)
        made = found.set_up()
        assert made.returncode == 0, made.stdout + made.stderr
        yield found

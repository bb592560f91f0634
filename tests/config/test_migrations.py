"""T13 at a small scale: every migration of ours goes back and forward again, and leaves the very same schema behind.

And what a migration writes, it writes: forced row-level security would hide rows from the owner of the tables, and a data
migration would silently change nothing (reliability, section 6).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dialtone.config.postgres import find_binaries
from tests import cluster
from tests.plugins.real import addresses

REPO = Path(__file__).resolve().parents[2]

BACK_AND_FORTH = """
import django
django.setup()
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
ours = [label for label, _ in executor.loader.graph.leaf_nodes() if apps.get_app_config(label).name.startswith("dialtone.")]
executor.migrate([(label, None) for label in ours])
assert not [name for name in connection.introspection.table_names() if name.split("_")[0] in ours]
executor = MigrationExecutor(connection)
executor.migrate(executor.loader.graph.leaf_nodes())
print(len(ours))
"""


@dataclass
class Seeded:
    """A sandbox's database on the tests' server."""

    sock: str
    name: str
    environment: dict[str, str]

    def python(self, code: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPO,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def schema(self) -> list[str]:
        """Every object, right and policy; not in which order it was made, nor the order of a table's columns."""
        dump = subprocess.run(
            [find_binaries() / "pg_dump", "--schema-only", "-h", self.sock, "-U", "owner", self.name],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        lines = (line.rstrip(",").strip() for line in dump.splitlines())
        return sorted(line for line in lines if line and not line.startswith(("--", "\\")))

    def connect(self, login: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=self.sock, user=login, dbname=self.name, autocommit=True)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    """The small world of a sandbox: organisations, people, plans, ranges."""
    sock, name = cluster.template(f"migrations-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DIALTONE_", "DATABASE_"))}
    environment = {
        **own,
        **addresses(sock, name),
        "DIALTONE_SANDBOX": "1",
        "DIALTONE_DATA_DIR": str(tmp_path_factory.mktemp("migrations")),
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
        "DIALTONE_DB_AS": "migrator",
    }
    try:
        seeding = [sys.executable, "-m", "dialtone.cli", "demo"]
        done = subprocess.run(seeding, cwd=REPO, env=environment, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
        yield Seeded(sock, name, environment)
    finally:
        cluster.drop(sock, name)


@pytest.fixture
def seeded(sandbox: Seeded) -> Iterator[Seeded]:
    """A copy of it, to be taken apart."""
    name = f"{sandbox.name}_copy"
    cluster.drop(sandbox.sock, name)
    making = f'CREATE DATABASE "{name}" TEMPLATE "{sandbox.name}" OWNER dialtone_migrator'
    cluster._sql(sandbox.sock, "postgres", making)
    yield Seeded(sandbox.sock, name, {**sandbox.environment, **addresses(sandbox.sock, name)})
    cluster.drop(sandbox.sock, name)


@pytest.mark.soak
def test_back_and_forward_leaves_the_same_schema(seeded: Seeded) -> None:
    before = seeded.schema()
    assert int(seeded.python(BACK_AND_FORTH)) >= 9
    after = seeded.schema()
    assert [line for line in after if line not in before] == []
    assert [line for line in before if line not in after] == []


def forced(link: psycopg.Connection[Any]) -> list[str]:
    rows = link.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relforcerowsecurity ORDER BY 1"
    ).fetchall()
    return [row[0] for row in rows]


def test_the_owner_of_the_tables_sees_and_changes_every_row(seeded: Seeded) -> None:
    with seeded.connect("owner") as mighty, seeded.connect("dialtone_migrator") as migrator:
        tables = forced(mighty)
        assert len(tables) > 20
        for table in tables:
            count = f'SELECT count(*) FROM "{table}"'
            assert migrator.execute(count).fetchone() == mighty.execute(count).fetchone(), table
        changed = migrator.execute("UPDATE people_organisation SET search_name = search_name || ''")
        assert changed.rowcount == 7
        # The control: without policies the same change silently does nothing.
        for (policy,) in mighty.execute(
            "SELECT polname FROM pg_policy WHERE polrelid = 'people_organisation'::regclass"
        ):
            mighty.execute(f"DROP POLICY {policy} ON people_organisation")
        assert migrator.execute("UPDATE people_organisation SET search_name = ''").rowcount == 0

"""The PostgreSQL of the tests: an embedded cluster without fsync, one migrated template, one copy per worker.

The tests connect as the runtime login `dialtone_app`, or row security would not be tested. Set DIALTONE_TEST_POSTGRES to the
socket directory of a running cluster to use that one (handy while developing).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
WORK = REPO / ".test"


def migrations_stamp() -> str:
    """A hash over all migrations: a new template is made when one changes."""
    digest = hashlib.sha256()
    for file in sorted((REPO / "dialtone").rglob("*.py")):
        if "migrations" in file.parts or file.name == "protection.py" or file.name.startswith("sql"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def template(worker: str) -> tuple[str, str]:
    """Make sure that the cluster runs and a template exists; answer (socket directory, name of this worker's database)."""
    WORK.mkdir(exist_ok=True)
    with (WORK / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sock = _socket()
        stamp = migrations_stamp()
        name = f"dialtone_test_{stamp}"
        if not _exists(sock, name):
            _build(sock, name)
        copy = f"{name}_{worker}_{os.getpid()}"
        drop(sock, copy)  # of a run that was killed, whose process had the same number
        _sql(sock, "postgres", f'CREATE DATABASE "{copy}" TEMPLATE "{name}" OWNER dialtone_migrator')
    return sock, copy


def drop(sock: str, name: str) -> None:
    """Remove a worker's database."""
    _sql(sock, "postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _socket() -> str:
    given = os.environ.get("DIALTONE_TEST_POSTGRES")
    if given:
        return given
    from dialtone.config.postgres import Embedded

    cluster = Embedded(WORK / "postgres", durable=False)
    cluster.init()
    if not cluster.running():
        cluster.start()
    cluster.ensure_roles()
    return str(cluster.sock)


def _exists(sock: str, name: str) -> bool:
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname="postgres") as connection:
        return (
            connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
        )


def _sql(sock: str, database: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=database, autocommit=True) as connection:
        connection.execute(sql)


def _build(sock: str, name: str) -> None:
    """Migrate a fresh database under a temporary name, then rename: a killed build leaves no half template."""
    making = f"{name}_making"
    drop(sock, making)
    _sql(sock, "postgres", f'CREATE DATABASE "{making}" OWNER dialtone_migrator')
    for statement in (
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "ALTER SCHEMA public OWNER TO dialtone_migrator",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ):
        _sql(sock, making, statement)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
        "DIALTONE_DB_AS": "migrator",
        "DIALTONE_SANDBOX": "1",
        "DIALTONE_DATA_DIR": str(WORK / "data"),
        "DATABASE_OWNER_URL": f"postgresql://dialtone_migrator@/{making}?host={sock}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v", "0", "--skip-checks"],
        cwd=REPO,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(
            f"the test template could not be migrated:\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        )
    _sql(sock, "postgres", f'ALTER DATABASE "{making}" RENAME TO "{name}"')

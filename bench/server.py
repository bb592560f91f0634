"""A PostgreSQL of the benchmarks' own: durable as in production, one database with all migrations, kept in `.bench/`."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
WORK = REPO / ".bench"
OPTIONS = {
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "512MB",
    "max_connections": "60",
}


def start(database: str) -> str:
    """Start the server, make the database anew with all migrations, and answer the socket directory.

    Sets this process's environment, so that Django connects as the runtime login. Call it before `django.setup()`.
    """
    from dialtone.config.postgres import Embedded

    WORK.mkdir(exist_ok=True)
    cluster = Embedded(WORK / "postgres", options=OPTIONS)
    cluster.init()
    if not cluster.running():
        cluster.start()
    cluster.ensure_roles()
    cluster.psql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    cluster.create_database(database)
    sock = str(cluster.sock)
    environment(sock, database)
    owner = {
        "DIALTONE_DB_AS": "migrator",
        "DATABASE_OWNER_URL": f"postgresql://dialtone_migrator@/{database}?host={sock}",
    }
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v", "0"], cwd=REPO, env=os.environ | owner, check=True
    )
    return sock


def environment(sock: str, database: str) -> None:
    """What Django's settings read, for this process and those it starts."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="dialtone.config.settings",
        DIALTONE_SANDBOX="1",  # keys are made by themselves
        DIALTONE_DATA_DIR=str(WORK / "data"),
        DIALTONE_DB_AS="app",
        DATABASE_URL=f"postgresql://dialtone_app@/{database}?host={sock}",
    )


def stop() -> None:
    """Stop the server; its data stay until the next run."""
    from dialtone.config.postgres import Embedded

    Embedded(WORK / "postgres", options=OPTIONS).stop()


def median(job: Callable[[], object], *, rounds: int = 200, seconds: float = 3.0) -> float:
    """Median seconds of a job, over so many rounds or so many seconds."""
    job()
    times: list[float] = []
    until = time.perf_counter() + seconds
    while len(times) < rounds and (time.perf_counter() < until or len(times) < 3):
        began = time.perf_counter()
        job()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]


def shown(seconds: float) -> str:
    """A duration for people.

    >>> shown(0.0000871), shown(0.0123), shown(4.2)
    ('87.1 µs', '12.3 ms', '4.2 s')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def commit() -> str:
    """What was measured, as git names it."""
    named = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPO, capture_output=True, text=True
    ).stdout.strip()
    return f"commit {named}" if named else "not a git checkout"


def machine() -> str:
    """What this ran on, in one line."""
    import numba
    import numpy

    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"Python {platform.python_version()}, numpy {numpy.__version__}, numba {numba.__version__}, "
        f"{os.cpu_count()} cores, load {load} at the end; {date.today():%-d %B %Y}, {commit()}"
    )

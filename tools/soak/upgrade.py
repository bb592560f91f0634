"""T13, D6: the code before the newest migration goes on working while and after the schema is brought up to date under it.

A database of the version before is made with the code of that version (out of git), and lives: customers, an order. Then today's
migrations run, and a watcher looks at every lock that keeps everybody from a table: none may last two seconds. After them the old
code does the rest of its work on the new schema (an order, an address, numbers given back, papers, a port-out, every list of the
API), and today's auditor finds nothing. Controls: a column is renamed, which the old code has to notice; a table is
locked for longer, which the watcher has to notice.

What it cannot show: how long a lock lasts on ten million rows (`./run check lints` refuses the operations that would rewrite
or scan a table under such a lock). Without git history there is no old code, and it says so.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.soak import shared

LONGEST = 2.0  # seconds that a lock may keep everybody from a table
WITHIN = 600  # seconds for one step, of which making the old schema is one
ALONE = "SELECT pid, relation::regclass::text FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND locktype = 'relation' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"

# In the old tree: what its own steps do (crashes_jobs.py), in two parts that hand over what is known.
WORK = """
import pickle, sys
from pathlib import Path
if __name__ == "__main__":
    import django; django.setup()
    from tools.soak import crashes_jobs as jobs
    jobs.prepare()
    from dialtone.base import clock
    part, kept = sys.argv[1], Path(sys.argv[2])
    state, now = pickle.loads(kept.read_bytes()) if part != "begin" else ({}, jobs.START)
    steps = {"begin": ("order",), "go on": ("emergency address", "release", "case order", "port out"), "again": ("port",)}[part]
    with clock.frozen(now):
        if part == "begin":
            jobs.found(state, False)
        for name in steps:
            for step in jobs.JOBS[name]:
                state["begun"] = clock.now()
                step(state, False)
        kept.write_bytes(pickle.dumps((state, clock.now())))
        if part == "go on":
            from tests.api.conftest import Caller
            who = Caller(state["tokens"]["alice_admin"])
            lists = [path for path, verbs in who.get("/openapi.json").body["paths"].items() if "get" in verbs and "{" not in path]
            for path in lists:
                answer = who.client.get(path if path.startswith("/v1") else f"/v1{path}", headers=who.headers)
                assert answer.status_code < 500, (path, answer.content)
            assert len(lists) > 40, lists
            print(f"{len(lists)} lists read")
"""
MIGRATE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    newest = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", "dialtone/*/migrations/0*.py").strip()
    if not newest:
        print("  upgrade: there is no history here, so nothing was tried", flush=True)
        return []
    before = _version_before(newest)
    with tempfile.TemporaryDirectory(prefix="dialtone-upgrade-") as folder:
        old = Path(folder) / "old"
        with tarfile.open(fileobj=io.BytesIO(_archive(before))) as archive:
            archive.extractall(old, filter="data")
        (old / "work.py").write_text(WORK)
        return _upgraded(old, Path(folder), before[:12])


def _upgraded(old: Path, folder: Path, before: str) -> list[str]:
    import psycopg

    from tests import cluster

    sock, own = cluster.template("upgrade")  # which starts the server, one soak at a time
    cluster.drop(sock, own)
    os.environ["DIALTONE_TEST_POSTGRES"] = sock
    making = 'from tests import cluster; print(cluster.template("upgrade")[1])'
    name = _run(old, {}, "-c", making).strip().splitlines()[-1]
    environment = {
        "DIALTONE_SANDBOX": "1",
        "DIALTONE_DB_AS": "app",
        "DATABASE_URL": f"postgresql://dialtone_app@/{name}?host={sock}",
        "DIALTONE_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
    }
    (folder / "data").mkdir()
    kept = str(folder / "kept")
    found: list[str] = []
    try:
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
            _run(old, environment, "work.py", "begin", kept)
            applied = _applied(owner)
            with _watched(sock, name) as locks:
                _run(shared.REPO, {**environment, **_as_migrator(sock, name)}, "-c", MIGRATE)
            longest = max(locks.values(), default=0.0)
            found += [
                f"{table} was locked for {held:.1f} s" for table, held in locks.items() if held > LONGEST
            ]
            new = _applied(owner) - applied
            if not new:
                found.append(f"nothing was migrated since {before}")
            read = _run(old, environment, "work.py", "go on", kept).strip()
            found += _audited(owner)
            print(
                f"  upgrade: from {before}, {len(new)} migrations, the longest lock of all {longest:.2f} s;"
                f" the old code went on, {read.splitlines()[-1]}",
                flush=True,
            )
            found += _controls(owner, sock, name, old, environment, kept)
    except subprocess.CalledProcessError as failed:
        found.append(f"{failed.cmd[1:]}: {(failed.stderr or '')[-1500:]}")
    finally:
        cluster.drop(sock, name)
    return found


def _controls(owner: Any, sock: str, name: str, old: Path, environment: dict[str, str], kept: str) -> list[str]:  # fmt: skip
    found = []
    with _watched(sock, name) as locks, owner.transaction():
        owner.execute("LOCK TABLE base_letter IN ACCESS EXCLUSIVE MODE")
        time.sleep(LONGEST + 0.5)
    if max(locks.values(), default=0.0) <= LONGEST:
        found.append("control: a table was locked for long, and the watcher did not notice")
    owner.execute("ALTER TABLE porting_portorder RENAME COLUMN wished_on TO wished_for")
    try:
        _run(old, environment, "work.py", "again", kept)
        found.append("control: a column was renamed, and the old code did not notice")
    except subprocess.CalledProcessError as failed:
        if "wished_on" not in failed.stderr:
            found.append(f"control: it failed of something else: {failed.stderr[-500:]}")
    return found


@contextmanager
def _watched(sock: str, name: str) -> Iterator[dict[str, float]]:
    """How long each table was closed to everybody, in seconds, while this is open; to a twentieth of a second."""
    import psycopg

    held: dict[str, float] = {}
    since: dict[tuple[int, str], float] = {}
    done = threading.Event()

    def look() -> None:
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as link:
            while not done.wait(0.02):
                now = time.monotonic()
                there = {(pid, table) for pid, table in link.execute(ALONE)}
                for each in there:
                    held[each[1]] = max(held.get(each[1], 0.0), now - since.setdefault(each, now))
                for gone in since.keys() - there:
                    del since[gone]

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield held
    finally:
        done.set()
        watch.join()


def _as_migrator(sock: str, name: str) -> dict[str, str]:
    from tests.plugins.real import addresses

    return {**addresses(sock, name), "DIALTONE_DB_AS": "migrator"}


def _applied(owner: Any) -> set[tuple[str, str]]:
    return set(owner.execute("SELECT app, name FROM django_migrations").fetchall())


def _audited(owner: Any) -> list[str]:
    from tools.soak.crashes import audited

    os.environ |= {"DIALTONE_SANDBOX": "1", "DJANGO_SETTINGS_MODULE": "dialtone.config.settings"}
    import django

    django.setup()
    return [f"after the upgrade: {each}" for each in audited(owner)]


def _run(tree: Path, environment: dict[str, str], *words: str) -> str:
    """What a Python of that tree says. Raises CalledProcessError."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DIALTONE_", "DATABASE_"))}
    own |= {"DIALTONE_TEST_POSTGRES": os.environ["DIALTONE_TEST_POSTGRES"], "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env={**own, **environment},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=True,
    )
    return done.stdout


def _version_before(newest: str) -> str:
    """The commit that numbered the version before the newest migration: what stands between two versions nobody has installed."""
    numbered = _git("log", "--format=%H", f"{newest}^", "--", "dialtone/__init__.py").split()
    return numbered[0] if numbered else _git("rev-parse", f"{newest}^").strip()


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=shared.REPO, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def _archive(commit: str) -> bytes:
    return subprocess.run(["git", "archive", commit], cwd=shared.REPO, capture_output=True, check=True).stdout

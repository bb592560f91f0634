"""For the few tests that need real commits (other roles, other connections): the database is emptied afterwards."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests.plugins.world import START, World, build_world


def owner_connection() -> psycopg.Connection[Any]:
    """The superuser's connection: what an intruder with the database's password could do."""
    from django.db import connection

    told = connection.settings_dict
    return psycopg.connect(host=told["HOST"], user="owner", dbname=told["NAME"], autocommit=True)


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    """All tables, by name."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
    )
    return [row[0] for row in rows]


def _filled(connection: psycopg.Connection[Any]) -> set[str]:
    """The tables with rows, asked at once."""
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in _tables(connection))
    return {row[0] for row in connection.execute(" UNION ALL ".join(asked))}


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, committed, with the clock standing still."""
    from dialtone.base import clock

    with owner_connection() as owner:
        kept = _filled(owner)
    with django_db_blocker.unblock():
        try:
            with clock.frozen(START):
                yield build_world()
        finally:
            from django.db import connection

            connection.close()
            with owner_connection() as owner:
                owner.execute("SET session_replication_role = replica")
                # TRUNCATE makes each table and index anew, which took a second of the processor for all.
                owner.execute("; ".join(f'DELETE FROM "{table}"' for table in _filled(owner) - kept))
            for name in ("anchors", "documents", "mail"):
                shutil.rmtree(settings.DATA_DIR / name, ignore_errors=True)


@pytest.fixture
def tamper() -> Callable[..., int]:
    """Change the database behind everybody's back, past triggers and rights; answers how many rows it touched."""

    def run(sql: str, *values: Any) -> int:
        with owner_connection() as owner:
            owner.execute("SET session_replication_role = replica")
            return owner.execute(sql, values).rowcount

    return run


def at_once(jobs: list[Callable[[], None]]) -> list[BaseException]:
    """Run jobs in threads that begin together at START, each on a connection of its own; answers what went wrong."""
    from django.db import connection

    from dialtone.base import clock

    gate, wrong = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        try:
            with clock.frozen(START):
                gate.wait()
                job()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong

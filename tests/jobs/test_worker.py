"""The real worker against the real queue: transactions, killed workers, and what tasks defer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from dialtone.base import clock, jobs, mail, tenancy
from dialtone.base.models import Letter
from dialtone.jobs import queue, sweeper, tasks, worker
from tests.plugins.world import World, as_customer, as_operator

FACTS = {"number": "ORD-1", "waits_for": "terms", "quantity": 3, "location": "Office", "order_id": "x"}
Tamper = Callable[..., int]


def work() -> None:
    """Let a worker empty the queue."""
    with clock.frozen(clock.now()):
        asyncio.run(asyncio.wait_for(worker.work(2, wait=False), 30))


def count(status: str = "todo") -> int:
    with as_operator(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = %s", [status])
        return int(cursor.fetchone()[0])


def write(world: World) -> None:
    with as_customer(world.alice):
        mail.write("order_waits", to="a@example.com", facts=FACTS)


def test_a_job_is_done_and_forgotten(committed: World) -> None:
    write(committed)
    assert count() == 1
    work()
    with as_operator():
        assert Letter.objects.get().sent_at is not None
    assert (count(), count("succeeded"), count("failed")) == (0, 0, 0)


def test_what_was_rolled_back_leaves_no_job(committed: World) -> None:
    with pytest.raises(RuntimeError), as_customer(committed.alice):
        mail.write("order_waits", to="a@example.com", facts=FACTS)
        raise RuntimeError
    assert count() == 0


def test_what_a_task_defers_is_in_the_tasks_transaction(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the usual application's connector replaced by the worker's, the second job would survive the rollback."""

    ran = []

    def defer_and_fail(letter_id: object, reader: object) -> None:
        ran.append(letter_id)
        with tenancy.operator_scope():
            jobs.defer("carriers.send", code="none", reference="none")
            raise RuntimeError("rolled back")

    write(committed)
    monkeypatch.setattr(mail, "send", defer_and_fail)
    work()
    assert ran
    with as_operator(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'carriers.send'")
        assert cursor.fetchone() == (0,)


def test_a_killed_workers_job_comes_back(committed: World, tamper: Tamper) -> None:
    write(committed)
    tamper(
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - interval '1 hour') RETURNING id)"
        " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
    )
    work()
    assert count("doing") == 1, "nobody else takes it by itself"
    assert queue.free_stalled() == 1
    work()
    with as_operator():
        assert Letter.objects.get().sent_at is not None


def test_a_living_workers_job_is_left_alone(committed: World, tamper: Tamper) -> None:
    write(committed)
    tamper(
        "WITH alive AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id)"
        " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM alive)"
    )
    assert queue.free_stalled() == 0
    assert count("doing") == 1


def test_old_failures_are_forgotten(committed: World, tamper: Tamper) -> None:
    write(committed)
    tamper("UPDATE procrastinate_jobs SET status = 'failed'")
    tamper(
        "INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'failed', now() FROM procrastinate_jobs"
    )
    assert queue.remove_finished() == 0
    tamper("UPDATE procrastinate_events SET at = now() - interval '8 days'")
    assert queue.remove_finished() == 1


def test_the_loop_and_a_worker_do_everything_by_themselves(committed: World) -> None:
    stop = threading.Event()
    # The thread reads the real clock, whatever it says: this is due long ago.
    with clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        write(committed)
    with tenancy.operator_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'dialtone_worker', true)")
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("SELECT set_config('role', 'dialtone_operator', true)")
    thread = threading.Thread(target=sweeper.loop, args=(stop, 0.2), daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while count() == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert count() == 1
        work()
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    with as_operator():
        assert Letter.objects.get().sent_at is not None


def test_a_job_carries_ids_only(world: World) -> None:
    write(world)
    with as_operator(), connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        assert "example.com" not in cursor.fetchone()[0]


def test_defer_needs_a_transaction(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), pytest.raises(RuntimeError, match="transaction"):
        assert not transaction.get_connection().in_atomic_block
        jobs.defer("mail.send", letter_id="x")


def test_tasks_are_listed() -> None:
    assert {
        "mail.send",
        "webhooks.deliver",
        "carriers.send",
        "orders.advance",
        "emergency.check_address",
    } <= set(tasks.TASKS)

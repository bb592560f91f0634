"""What is due is found and done, whatever became of its job (D4); the clock of the sandbox may jump."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dialtone.base import clock, mail
from dialtone.base.models import Letter
from dialtone.jobs import due, sweeper, tasks
from tests.plugins.world import START, World, as_customer, as_operator

FACTS = {"number": "ORD-1", "waits_for": "terms", "quantity": 3, "location": "Office", "order_id": "x"}


def write(world: World, to: str = "a@example.com") -> Letter:
    with as_customer(world.alice):
        mail.write("order_waits", to=to, facts=FACTS)
        return Letter.objects.get(to=to)


def waiting_jobs() -> list[str]:
    with as_operator(), connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def forget_jobs() -> None:
    from dialtone.base.roles import acting_as

    with acting_as("dialtone_worker"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_work_without_its_job_is_done(world: World) -> None:
    letter = write(world)
    forget_jobs()
    assert sweeper.run_due() == 1
    with as_operator():
        assert Letter.objects.get(id=letter.id).sent_at == START
    assert sweeper.run_due() == 0


def test_nothing_is_done_before_its_time(world: World) -> None:
    letter = write(world)
    with as_operator():
        Letter.objects.filter(id=letter.id).update(due_at=START + timedelta(hours=3))
    assert sweeper.run_due() == 0
    assert sweeper.next_due() == START + timedelta(hours=3)
    with clock.frozen(START + timedelta(hours=3)):
        assert sweeper.run_due() == 1


def test_the_clock_goes_from_due_time_to_due_time(world: World) -> None:
    for hours in (30, 2, 7):
        letter = write(world, f"{hours}@example.com")
        with as_operator():
            Letter.objects.filter(id=letter.id).update(due_at=START + timedelta(hours=hours))
    assert sweeper.run_due(until=START + timedelta(days=1)) == 2
    with as_operator():
        sent = Letter.objects.exclude(sent_at=None).order_by("sent_at").values_list("to", "sent_at")
        assert list(sent) == [
            ("2@example.com", START + timedelta(hours=2)), ("7@example.com", START + timedelta(hours=7)),
        ]  # fmt: skip


def test_one_failure_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = write(world, "1@example.com"), write(world, "2@example.com")

    def fail(letter_id: str) -> None:
        if letter_id == str(first.id):
            raise RuntimeError("a bug")
        tasks.mail_send(letter_id)

    monkeypatch.setitem(tasks.TASKS, "mail.send", fail)
    assert sweeper.run_due() == 2
    with as_operator():
        assert Letter.objects.get(id=second.id).sent_at == START
        assert Letter.objects.get(id=first.id).sent_at is None


def test_the_sweep_queues_what_is_due_once(world: World) -> None:
    write(world)
    forget_jobs()
    sweep = sweeper.Sweep()
    assert sweep.queue_due() == 1
    assert sweep.queue_due() == 0
    assert waiting_jobs() == ["mail.send"]
    assert sweeper.Sweep().queue_due() == 1, "another sweeper does not know, but the queue's lock does"
    assert waiting_jobs() == ["mail.send"]


def test_work_that_stays_due_is_queued_less_and_less_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(world)
    now = [1000.0]
    monkeypatch.setattr(sweeper.time, "monotonic", lambda: now[0])
    sweep = sweeper.Sweep()
    times = []
    for second in range(120):
        now[0] = 1000.0 + second
        if sweep.queue_due():
            times.append(second)
    assert times == [0, 5, 15, 35, 75]


def test_a_new_due_time_is_new_work_at_once(world: World) -> None:
    """A jump of the sandbox clock makes the row due again within the same second."""
    letter = write(world)
    sweep = sweeper.Sweep()
    assert sweep.queue_due() == 1
    with as_operator():
        Letter.objects.filter(id=letter.id).update(due_at=START + timedelta(days=1))
    with clock.frozen(START + timedelta(days=1)):
        assert sweep.queue_due() == 1


def test_every_due_row_has_a_task_with_its_columns(world: World) -> None:
    for kind in due.DUE:
        wanted = set(inspect.signature(tasks.TASKS[kind.name]).parameters)
        with as_operator(), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({kind.sql}) due LIMIT 0")
            assert {column[0] for column in cursor.description} == {*wanted, "at"}, kind.name


def test_every_task_that_a_room_defers_exists() -> None:
    source = Path(__file__).resolve().parents[2] / "dialtone"
    named = {
        name
        for file in source.rglob("*.py")
        for name in re.findall(r'jobs\.defer\(\s*"([a-z_.]+)"', file.read_text())
    }
    assert named, "the search itself works"
    assert named <= set(tasks.TASKS)


def test_one_part_of_the_sweep_that_fails_does_not_stop_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(sweeper.events, "place", fail)
    write(world)
    forget_jobs()
    sweeper.Sweep()()
    assert waiting_jobs() == ["mail.send"]


def test_tidying_runs(world: World) -> None:
    sweeper.tidy()

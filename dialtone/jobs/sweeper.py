"""Nothing is lost with a job: what is due stands in a row, and this loop finds it (D4).

Every second, and at once when somebody says so (`base.jobs.wake`), it gives events their positions and queues
whatever is due by our own clock, so that a jump of the sandbox clock is honoured at once. Every ten seconds it
seals the audit trail, every thirty it frees the jobs of dead workers, every hour it tidies up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

import psycopg
from django.db import close_old_connections

from dialtone.base import audit, clock, documents, events, jobs, keeping, tenancy
from dialtone.calls import spool
from dialtone.emergency import drop_registrations
from dialtone.jobs import queue
from dialtone.jobs.due import Piece, due_now, next_due
from dialtone.jobs.tasks import TASKS

__all__ = ["loop", "next_due", "run_due"]

log = logging.getLogger("dialtone.sweeper")
MOST_ROUNDS = 20
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0


def run_due(until: datetime | None = None) -> int:
    """Carry out everything that is due now, in this process; answers how many pieces of work. One failure stops
    no other.

    With `until`, the clock goes on to each next due time up to that instant (for tests and demonstrations).
    """
    count = _run_now()
    instant = clock.now()
    while until is not None and (due := next_due(instant)) is not None and due <= until:
        instant = due
        with clock.frozen(instant):
            count += _run_now()
    return count


def _run_now() -> int:
    """Work makes work: rounds, until nothing new is due. The same piece is tried once."""
    tried: set[Piece] = set()
    for _round in range(MOST_ROUNDS):
        events.place()
        fresh = [piece for piece in due_now() if piece not in tried]
        if not fresh:
            break
        tried.update(fresh)
        for piece in fresh:
            try:
                TASKS[piece.name](**dict(piece.ids))
            except Exception:
                log.exception("due work failed", extra={"task": piece.name})
    return len(tried)


class Sweep:
    """What the loop remembers between its rounds: which due work it has queued already, and when it did what."""

    def __init__(self) -> None:
        self._queued: dict[Piece, tuple[float, float]] = {}
        self._done: dict[str, float] = {}

    def __call__(self) -> None:
        """One round. Each part by itself: one that fails does not keep the others from their work."""
        self._every(0, "events", events.place)
        self._every(0, "due", self.queue_due)
        self._every(10, "seal", lambda: audit.seal(everything=False))
        self._every(1, "call_records", queue_call_records)
        self._every(30, "stalled", queue.free_stalled)
        self._every(3600, "tidy", tidy)

    def _every(self, seconds: float, name: str, part: Callable[[], object]) -> None:
        now = time.monotonic()
        if now - self._done.get(name, -seconds) < seconds:
            return
        self._done[name] = now
        try:
            part()
        except Exception:
            log.exception("a part of the sweep failed; it goes on", extra={"task": name})

    def queue_due(self) -> int:
        """Queue what is due; answers how many. Work that stays due (because it fails) is queued less and less often."""
        now = time.monotonic()
        pieces = due_now()
        before, self._queued = self._queued, {}
        fresh = []
        for piece in pieces:
            again_at, pause = before.get(piece, (now, FIRST_PAUSE))
            if again_at <= now:
                fresh.append(piece)
                again_at, pause = now + pause, min(pause * 2, LONGEST_PAUSE)
            self._queued[piece] = (again_at, pause)
        if fresh:
            with tenancy.operator_scope():
                for piece in fresh:
                    jobs.defer(piece.name, once=piece.lock, **dict(piece.ids))
        return len(fresh)


def queue_call_records() -> None:
    """A switch or carrier has left files: they are work for the queue, as they may be long."""
    if spool.waiting():
        with tenancy.operator_scope():
            jobs.defer("calls.take_in", once="calls.take_in")


def tidy() -> None:
    """What need not be done often."""
    audit.seal()
    spool.tidy()
    queue.remove_finished()
    with tenancy.operator_scope():
        keeping.forget_old()
        drop_registrations.drop_registrations()
    documents.sweep()


def loop(stop: threading.Event, every: float = 1.0) -> None:
    """Sweep until told to stop."""
    sweep = Sweep()
    while not stop.is_set():
        try:
            with psycopg.connect(**queue.connection_arguments(), autocommit=True) as ear:
                ear.execute("LISTEN dialtone_wake")
                while not stop.is_set():
                    sweep()
                    close_old_connections()
                    for _woken in ear.notifies(timeout=every, stop_after=1):
                        pass
        except psycopg.Error:
            log.exception("the database is away; the sweep tries again")
            close_old_connections()
            stop.wait(every)

"""The only source of the present instant for business code (invariant D8).

In a sandbox the clock can be moved: one database row holds how far it stands ahead of real time, and web,
worker and sweeper all read it. In a real installation that row is never read, so it cannot be moved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_ahead: ContextVar[timedelta | None] = ContextVar("ahead", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    real = datetime.now(UTC)
    return real + ahead() if settings.SANDBOX else real


def ahead() -> timedelta:
    """How far the sandbox clock stands ahead of real time; read once per scope (`remembered`)."""
    known = _ahead.get()
    if known is not None:
        return known
    return _read()


def today(zone: str) -> date:
    """The civil date in a place such as "America/New_York"."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def remembered() -> Iterator[None]:
    """Within one request or job the sandbox offset is read once, so that one piece of work sees one time line. A frozen
    clock needs no offset."""
    if not settings.SANDBOX or _frozen.get() is not None:
        yield
        return
    token = _ahead.set(_read())
    try:
        yield
    finally:
        _ahead.reset(token)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """For tests and pure replays: `now()` answers this instant."""
    if instant.tzinfo is None:
        raise ValueError("the frozen instant needs a time zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def frozen_at() -> datetime | None:
    """Where the clock is frozen, for a process that is started meanwhile; None where it is not."""
    return _frozen.get()


def advance(by: timedelta) -> datetime:
    """Move the sandbox clock of this installation forward; answers the new present. Raises outside sandbox mode."""
    if not settings.SANDBOX:
        raise RuntimeError("the clock can be moved in a sandbox only")
    if by < timedelta(0):
        raise ValueError("the clock only moves forward")
    with connection.cursor() as cursor:
        cursor.execute("SELECT base_advance_clock(make_interval(secs => %s))", [by.total_seconds()])
        cursor.execute(
            "NOTIFY dialtone_wake, 'due'"
        )  # what became due by it need not wait for the next sweep
    if _ahead.get() is not None:
        _ahead.set(_read())
    return now()


def _read() -> timedelta:
    with connection.cursor() as cursor:
        cursor.execute("SELECT base_clock_ahead()")
        row = cursor.fetchone()
    return row[0] if row else timedelta(0)

"""Take numbers from the free inventory and give them back, for the tenant of the open scope, in its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dialtone.base.problems import Problem

MOST_HELD = 200  # H11


def hold(
    e164s: Sequence[str], *, customer_id: UUID, reservation_id: UUID, until: datetime, now: datetime
) -> set[str]:
    """Those of the numbers that could be held. Raises numbers.too_many_held when the customer would hold more than 200."""
    held = _rows("SELECT inventory_held(%s, %s)", [customer_id, now])[0][0]
    if held + len(e164s) > MOST_HELD:
        raise Problem("numbers.too_many_held", field="/numbers", values={"limit": MOST_HELD, "held": held})
    return _e164s(
        "SELECT inventory_hold(%s, %s, %s, %s, %s)", [_digits(e164s), customer_id, reservation_id, until, now]
    )


def extend(reservation_id: UUID, *, customer_id: UUID, until: datetime, now: datetime) -> None:
    """Hold what is still held for longer."""
    _rows("SELECT inventory_extend(%s, %s, %s, %s)", [customer_id, reservation_id, until, now])


def drop(reservation_id: UUID, *, customer_id: UUID) -> None:
    """Let everything of a reservation go."""
    _rows("SELECT inventory_drop(%s, %s)", [customer_id, reservation_id])


def own(
    e164s: Sequence[str], *, customer_id: UUID, reservation_id: UUID | None, order_id: UUID, now: datetime
) -> set[str]:
    """Those of the numbers that are now the customer's: held by this reservation and in time, or free."""
    return _e164s(
        "SELECT inventory_own(%s, %s, %s, %s, %s)",
        [_digits(e164s), customer_id, reservation_id, order_id, now],
    )


def release(e164s: Sequence[str], *, customer_id: UUID, until: datetime, now: datetime) -> None:
    """Give numbers back; nobody else gets them before `until` (N4)."""
    _rows("SELECT inventory_release(%s, %s, %s, %s)", [_digits(e164s), customer_id, until, now])


def free(e164s: Sequence[str], *, customer_id: UUID, now: datetime) -> None:
    """Give numbers back that were never in use: free at once."""
    release(e164s, customer_id=customer_id, until=now, now=now)


def _digits(e164s: Sequence[str]) -> list[int]:
    return [int(e164[1:]) for e164 in e164s]


def _e164s(sql: str, arguments: list[Any]) -> set[str]:
    return {f"+{row[0]}" for row in _rows(sql, arguments)}


def _rows(sql: str, arguments: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()

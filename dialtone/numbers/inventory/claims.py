"""Take numbers from the free inventory and give them back, in the open transaction (N1, N3, N4; decision H11).

Every answer is about numbers as E.164 texts. What is not among them is "not available", and nobody is told why: unknown, held,
owned and ageing look alike (measured: 0.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dialtone.base.problems import Problem
from dialtone.numbers.inventory import replica

MOST_HELD = 200  # H11
SWEPT_AT_ONCE = 10_000


def hold(
    e164s: Sequence[str], *, customer_id: UUID, reservation_id: UUID, until: datetime, now: datetime
) -> set[str]:
    """Hold all of the numbers for a reservation, or none; answers those that can be had.

    Numbers that the reservation holds already stay held as long as they were. Raises numbers.too_many_held when the
    customer would hold more than 200.
    """
    available, holding = _call(
        "SELECT * FROM inventory_hold(%s, %s, %s, %s, %s, %s)",
        [_digits(e164s), customer_id, reservation_id, until, now, MOST_HELD],
    )
    if holding + len(set(e164s)) > MOST_HELD:
        raise Problem("numbers.too_many_held", field="/numbers", values={"limit": MOST_HELD, "held": holding})
    return _e164s(available)


def extend(reservation_id: UUID, *, customer_id: UUID, until: datetime, now: datetime) -> int:
    """Hold what is still held for longer; answers how many numbers that were."""
    return int(_call("SELECT inventory_extend(%s, %s, %s, %s)", [customer_id, reservation_id, until, now])[0])


def drop(reservation_id: UUID, *, customer_id: UUID, now: datetime) -> None:
    """Let everything that a reservation holds go."""
    _call("SELECT inventory_drop(%s, %s, %s)", [customer_id, reservation_id, now])


def own(
    e164s: Sequence[str], *, customer_id: UUID, reservation_id: UUID | None, order_id: UUID, now: datetime
) -> set[str]:
    """Make all of the numbers the customer's, or none; answers those that can be had.

    With a reservation: those that it holds and whose time has not passed. Without: those that are free, and those that
    the customer gave back and nobody else has had since.
    """
    return _e164s(
        _call(
            "SELECT inventory_own(%s, %s, %s, %s, %s)",
            [_digits(e164s), customer_id, reservation_id, order_id, now],
        )[0]
    )


def own_ported(e164s: Sequence[str], *, customer_id: UUID, order_id: UUID, now: datetime) -> set[str]:
    """As `own`, for numbers that come by porting and need not have been delivered to us."""
    return _e164s(
        _call("SELECT inventory_own_ported(%s, %s, %s, %s)", [_digits(e164s), customer_id, order_id, now])[0]
    )


def release(e164s: Sequence[str], *, customer_id: UUID, until: datetime, now: datetime) -> None:
    """Give owned numbers back; nobody else gets them before `until` (N4, H10)."""
    _call("SELECT inventory_release(%s, %s, %s, %s)", [_digits(e164s), customer_id, until, now])


def leave(e164s: Sequence[str], *, customer_id: UUID, now: datetime) -> None:
    """Owned numbers have gone to another carrier: nobody can order them, and whoever ports them back has them again."""
    _call("SELECT inventory_leave(%s, %s, %s)", [_digits(e164s), customer_id, now])


def free(e164s: Sequence[str], *, customer_id: UUID, now: datetime) -> None:
    """Give held or owned numbers back that were never in use: free at once."""
    _call("SELECT inventory_free(%s, %s, %s)", [_digits(e164s), customer_id, now])


def taken(e164s: Sequence[str]) -> set[str]:
    """Those of the numbers that somebody holds, owns or lets rest; everybody may know that, and no more. One that has gone to
    another carrier is nobody's here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e164 FROM numbers_claim WHERE e164 = ANY (%s) EXCEPT SELECT inventory_gone(%s)",
            [_digits(e164s)] * 2,
        )
        return _e164s([row[0] for row in cursor.fetchall()])


def sweep(now: datetime) -> int:
    """End the holds and rests whose time has passed, in an operator's scope; answers how many. Due work of the sweeper."""
    return int(_call("SELECT inventory_sweep(%s, %s)", [now, SWEPT_AT_ONCE])[0])


def _digits(e164s: Sequence[str]) -> list[int]:
    return [int(e164[1:]) for e164 in e164s]


def _e164s(numbers: Sequence[int]) -> set[str]:
    return {f"+{number}" for number in numbers}


def _call(sql: str, arguments: list[Any]) -> tuple[Any, ...]:
    replica.look_again()
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        row: tuple[Any, ...] = cursor.fetchone() or ()
    return row

"""Buyers for the inventory benchmark: processes that order numbers in one of several ways until told to stop.

All ways write the same: the numbers taken, a sale row per number in a table without any unique key (so that a double sale
would show), an order, an audit record and an outbox row; one commit per order, or two with a reservation first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any
from uuid import UUID, uuid4

SIZES = ((1, 0.8), (10, 0.1), (50, 0.07), (100, 0.03))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TRIES = 20


class Gone(Exception):
    """Somebody else was quicker, or nothing fits."""


@dataclass
class Done:
    """What one buyer did."""

    orders: int = 0
    numbers: int = 0
    conflicts: int = 0
    failures: int = 0


@dataclass
class Buyer:
    """One client with its own connection, its own taste for areas, and its own customer."""

    area_codes: list[str]
    firsts: dict[str, list[int]]
    seed: int
    customer: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.weights = [1 / (rank + 1) for rank in range(len(self.area_codes))]  # zipf

    def wish(self) -> tuple[str, int]:
        """Which area, and how many numbers."""
        size = self.chance.choices([size for size, _ in SIZES], [share for _, share in SIZES])[0]
        return self.chance.choices(self.area_codes, self.weights)[0], size

    def buy(self, way: str, until: float) -> Done:
        """Order again and again."""
        one: Callable[[str, int], int] = getattr(self, way)
        done = Done()
        while time.monotonic() < until:
            area_code, size = self.wish()
            for _ in range(TRIES):
                try:
                    done.numbers += one(area_code, size)
                    done.orders += 1
                    break
                except Gone:
                    done.conflicts += 1
            else:
                done.failures += 1
        return done

    # The ways. Each answers how many numbers it sold.

    def any(self, area_code: str, size: int) -> int:
        """Ours: what the search offers."""
        with self._transaction():
            return self._own(self._found(area_code, size))

    def named(self, area_code: str, size: int) -> int:
        """Ours: the buyer names a number of the area, or the first of a block."""
        with self._transaction():
            return self._own(self._dream(area_code, size))

    def reserved(self, area_code: str, size: int) -> int:
        """Ours: hold, commit, own, commit."""
        from dialtone.numbers.inventory import claims

        cart, order, until = uuid4(), uuid4(), NOW + timedelta(minutes=30)
        with self._transaction():
            wanted = self._found(area_code, size)
            held = claims.hold(wanted, customer_id=self.customer, reservation_id=cart, until=until, now=NOW)
            if len(held) < size:
                raise Gone
        with self._transaction():
            owned = claims.own(
                wanted, customer_id=self.customer, reservation_id=cart, order_id=order, now=NOW
            )
            assert len(owned) == size
            self._write(order, [int(number[1:]) for number in wanted])
        return size

    def floor(self, area_code: str, size: int) -> int:
        """The same rows, without search and without claim."""
        order = uuid4()
        first = self.chance.randrange(10**14, 9 * 10**14)
        numbers = list(range(first, first + size))
        with self._transaction():
            self._run(
                """WITH told AS (INSERT INTO bench_floor_change (e164s, area_ids, is_free) VALUES (%s, %s, false))
                   INSERT INTO bench_floor (e164, state, area_id, customer_id, order_id)
                   SELECT n, 'o', 1, %s, %s FROM unnest(%s) n""",
                [numbers, [1] * size, self.customer, order, numbers],
            )
            self._write(order, numbers, "floor")
        return size

    def rows_any(self, area_code: str, size: int) -> int:
        """A row per number: any that is free, past the locked ones."""
        one = "SELECT e164 FROM bench_rows WHERE area_code = %s AND is_free ORDER BY e164 LIMIT 1 FOR UPDATE SKIP LOCKED"
        run = """SELECT e164 FROM (SELECT e164, lead(e164, %s) OVER (ORDER BY e164) AS ends FROM bench_rows
                 WHERE area_code = %s AND is_free) run WHERE ends = e164 + %s LIMIT 1"""
        with self._transaction():
            found = (
                self._rows(one, [area_code])
                if size == 1
                else self._rows(run, [size - 1, area_code, size - 1])
            )
            if not found:
                raise Gone
            return self._update(found[0], size)

    def rows_named(self, area_code: str, size: int) -> int:
        """A row per number: the buyer names it."""
        with self._transaction():
            return self._update(int(self._dream(area_code, size)[0][1:]), size)

    def rows_unguarded(self, area_code: str, size: int) -> int:
        """A row per number as open-source billers do it: read, then update, single numbers only. Sells twice."""
        first = "SELECT e164 FROM bench_rows WHERE area_code = %s AND is_free ORDER BY e164 LIMIT 1"
        sell = "UPDATE bench_rows SET is_free = false, customer_id = %s WHERE e164 = %s"
        with self._transaction():
            found = self._rows(first, [area_code])
            if not found:
                raise Gone
            self._run(sell, [self.customer, found[0]])
            self._write(uuid4(), found, "unguarded")
        return 1

    # What the ways are made of.

    def _found(self, area_code: str, size: int) -> list[str]:
        from dialtone.numbers.inventory.search import Wish, find

        offers = find(Wish(area_code=area_code, consecutive=size, page=5)).offers
        if not offers:
            raise Gone
        return self.chance.choice(offers).e164s

    def _dream(self, area_code: str, size: int) -> list[str]:
        first = self.chance.choice(self.firsts[area_code]) + self.chance.randrange(1000 // size) * size
        return [f"+{first + step}" for step in range(size)]

    def _own(self, wanted: list[str]) -> int:
        from dialtone.numbers.inventory import claims

        order = uuid4()
        owned = claims.own(wanted, customer_id=self.customer, reservation_id=None, order_id=order, now=NOW)
        if len(owned) < len(wanted):
            raise Gone
        self._write(order, [int(number[1:]) for number in wanted])
        return len(wanted)

    def _update(self, first: int, size: int) -> int:
        locked = self._rows(
            "SELECT e164 FROM bench_rows WHERE e164 BETWEEN %s AND %s AND is_free ORDER BY e164 FOR UPDATE SKIP LOCKED",
            [first, first + size - 1],
        )
        if len(locked) < size:
            raise Gone
        order = uuid4()
        self._run(
            "UPDATE bench_rows SET is_free = false, customer_id = %s, order_id = %s WHERE e164 = ANY (%s)",
            [self.customer, order, locked],
        )
        self._write(order, locked, "rows")
        return size

    def _write(self, order: UUID, numbers: list[int], stock: str = "ours") -> None:
        self._run("INSERT INTO bench_sale SELECT n, %s, %s FROM unnest(%s) n", [order, stock, numbers])
        self._run(
            """WITH placed AS (INSERT INTO bench_order VALUES (%s, %s, %s)),
               audited AS (INSERT INTO bench_audit VALUES (%s, %s, 'order_placed', %s))
               INSERT INTO bench_outbox VALUES (%s, 'order.placed', %s)""",
            [order, self.customer, len(numbers), uuid4(), order, "{}", uuid4(), order],
        )

    def _run(self, sql: str, arguments: list[object]) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)

    def _rows(self, sql: str, arguments: list[object]) -> list[int]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql, arguments)
            return [row[0] for row in cursor.fetchall()]

    def _transaction(self) -> Any:
        from dialtone.base import tenancy

        return tenancy.customer_scope(self.customer, UUID(int=1))


def serve(pipe: Connection, area_codes: list[str], firsts: dict[str, list[int]], seed: int) -> None:
    """A buyer's process: (way, seconds) comes in, what was done goes out; None ends it."""
    import django

    django.setup()
    buyer = Buyer(area_codes, firsts, seed)
    with buyer._transaction():
        buyer._found(area_codes[0], 1)  # reads the inventory
    pipe.send("ready")
    while (order := pipe.recv()) is not None:
        way, seconds = order
        try:
            pipe.send(buyer.buy(way, time.monotonic() + seconds))
        except Exception as error:
            pipe.send(error)

"""T5: buyers in threads of their own buy the same numbers at once; each may be sold once. The control reads, then writes.

32 buyers, 1,000 numbers, 5 rounds at the gate; the negative control must sell some twice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from tools.soak import shared

BUYERS = 32
NUMBERS = 1000


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    with shared.database("hammer") as (sock, name):
        from django.conf import settings

        # A connection for each, which they keep: by the pool of a web process half of them would wait for the other half.
        settings.DATABASES["default"]["OPTIONS"]["pool"] |= {"max_size": BUYERS, "timeout": 60}
        return _hammer(sock, name, 50 if full else 5)


def _hammer(sock: str, name: str, rounds: int) -> list[str]:
    import psycopg
    from django.db import connections

    from dialtone.base import clock, tenancy
    from dialtone.numbers.inventory import claims, load
    from tests.plugins.world import build_world

    lines = ["first,last,country,state,area_code,city,rate_center,kind,carrier"]
    lines += [
        f"1212{200 + r}0000,1212{200 + r}0999,US,NY,212,New York,NY Z1,standard,sandbox"
        for r in range(rounds + 1)
    ]
    with tenancy.operator_scope():
        world = build_world()
        load.apply(load.plan_load("\n".join(lines).encode(), "soak"), simulated=True)
    customers = [world.alice, world.bob, world.charlie]

    def buy(customer: Any, some: list[str]) -> list[str]:
        with tenancy.customer_scope(customer.id, customer.partner_id):
            return sorted(
                claims.own(
                    some, customer_id=customer.id, reservation_id=None, order_id=uuid4(), now=clock.now()
                )
            )

    def buyer(round_: int, index: int, sold: list[str]) -> None:
        chance = random.Random(round_ * 1000 + index)
        wanted = [f"+1212{200 + round_}{number:04}" for number in range(NUMBERS)]
        chance.shuffle(wanted)
        customer = customers[index % 3]
        for start in range(0, NUMBERS, 10):
            some = wanted[start : start + 10]
            free = buy(customer, some)
            if len(free) == len(some):
                sold += free
                continue
            # All or none: what is still free of the ten is bought one by one.
            for number in free:
                sold += buy(customer, [number])
        connections.close_all()

    found = []
    for round_ in range(rounds):
        sold = _race(lambda index, bag, r=round_: buyer(r, index, bag))
        with psycopg.connect(host=sock, user="owner", dbname=name) as owner:
            owned = owner.execute(
                "SELECT count(*), count(DISTINCT e164) FROM numbers_claim WHERE state = 'o' AND e164 / 10000 = %s",
                [int(f"1212{200 + round_}")],
            ).fetchone()
        twice = [number for number, count in Counter(sold).items() if count > 1]
        if owned != (NUMBERS, NUMBERS):
            found.append(f"round {round_}: {owned} owned of {NUMBERS}")
        if twice:
            found.append(f"round {round_}: {len(twice)} numbers were sold twice")
    doubles = _control(sock, name)
    print(
        f"  hammer: {rounds} rounds of {BUYERS} buyers; the negative control sold {doubles} of 200 numbers twice",
        flush=True,
    )
    if not doubles:
        found.append("the negative control sold nothing twice, so this test proves nothing")
    return found


def _race(work: Callable[[int, list[str]], None]) -> list[str]:
    """All buyers at once; answers what was sold. Whatever ends one of them is raised."""
    bags: list[list[str]] = [[] for _ in range(BUYERS)]
    with ThreadPoolExecutor(BUYERS) as threads:
        done = [threads.submit(work, index, bags[index]) for index in range(BUYERS)]
    for each in done:
        each.result()
    return [number for bag in bags for number in bag]


def _control(sock: str, name: str) -> int:
    """The unguarded way: look for a free row, then write it."""
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
        owner.execute("CREATE TABLE control (n int, buyer int)")
        owner.execute("INSERT INTO control SELECT n, NULL FROM generate_series(1, 200) n")

    def buyer(index: int, sold: list[str]) -> None:
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as link:
            while True:
                row = link.execute("SELECT n FROM control WHERE buyer IS NULL ORDER BY n LIMIT 1").fetchone()
                if row is None:
                    return
                link.execute("UPDATE control SET buyer = %s WHERE n = %s", [index, row[0]])
                sold.append(str(row[0]))

    return sum(1 for count in Counter(_race(buyer)).values() if count > 1)

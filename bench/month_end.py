"""What a customer costs in a month-end run, and how much of that is COMMIT: charged calls checked once a statement (migration 0013), and
checked by four foreign keys a row as until 0.7.0, in turns in one run.

The server is the tests' one, without fsync, so COMMIT is checks and no waiting for a disk. The calls are those of `./run soak month`.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from tools.soak.month_data import IN_NOVEMBER, MonthData, fill
from tools.soak.shared import database

TURN = 20  # customers invoiced in one way before the other has its turn
KEYS = {
    "known_tenant": "(partner_id, customer_id) REFERENCES people_organisation (partner_id, customer_id)",
    "bench_transaction": "(transaction_id) REFERENCES billing_transaction (id) DEFERRABLE INITIALLY DEFERRED",
    "bench_customer": "(customer_id, transaction_id) REFERENCES billing_transaction (customer_id, id)"
    " DEFERRABLE INITIALLY DEFERRED",
    "bench_call": "(customer_id, call_id) REFERENCES calls_callrecord (customer_id, id) DEFERRABLE INITIALLY DEFERRED",
}
TRIGGER = "ALTER TABLE billing_chargedcall {} TRIGGER billing_chargedcall_of_its_customer"
WAYS = {
    "once a statement": [
        *(f"ALTER TABLE billing_chargedcall DROP CONSTRAINT IF EXISTS {name}" for name in KEYS),
        TRIGGER.format("ENABLE"),
    ],
    "four keys a row": [
        TRIGGER.format("DISABLE"),
        *(
            f"ALTER TABLE billing_chargedcall ADD CONSTRAINT {n} FOREIGN KEY {t} NOT VALID"
            for n, t in KEYS.items()
        ),
    ],
}


@dataclass
class Spent:
    """Seconds of one way, for so many customers."""

    customers: int = 0
    whole: float = 0.0
    commit: float = 0.0


def report(quick: bool) -> str:
    """The section of docs/benchmarks.md."""
    data = MonthData(customers=60, calls=60_000) if quick else MonthData(customers=420, calls=840_000)
    with database("bench-month-end") as (sock, name):
        fill(data, sock, name)
        spent = _run(data, sock, name)
    rows = [
        f"| {way} | {each.whole / each.customers * 1000:.0f} | {each.commit / each.customers * 1000:.1f} |"
        for way, each in spent.items()
    ]
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return "\n".join(
        [
            "## The month-end run, a customer",
            "",
            (
                f"{data.customers} customers with {data.calls / data.customers:,.0f} calls each (seven in ten are charged), in turns of"
                f" {TURN}; {os.cpu_count()} cores that others may use, load {load} at the end; PostgreSQL without fsync."
            ),
            "",
            "| charged calls are checked | a customer, ms | of it COMMIT, ms |",
            "| --- | --- | --- |",
            *rows,
        ]
    )


def _run(data: MonthData, sock: str, name: str) -> dict[str, Spent]:
    import psycopg
    from django.db.backends.postgresql.base import DatabaseWrapper

    from dialtone.base import clock, tenancy
    from dialtone.billing import run
    from dialtone.billing.days import Month
    from dialtone.calls import charge

    spent = {way: Spent() for way in WAYS}
    commit = DatabaseWrapper._commit
    waited = 0.0

    def timed(self: DatabaseWrapper) -> object:
        nonlocal waited
        begun = time.monotonic()
        try:
            return commit(self)
        finally:
            waited += time.monotonic() - begun

    charge.BUCKET = min(charge.BUCKET, data.calls // 4)
    DatabaseWrapper._commit = timed
    try:
        with (
            clock.frozen(IN_NOVEMBER),
            psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner,
        ):
            charge.charge(processes=2)
            with tenancy.operator_scope():
                made = run.begin(Month(2026, 10))
            run.carry_on(made.id, most=TURN)  # neither way pays for the first plans
            for turn in range(data.customers // TURN - 1):
                way = list(WAYS)[turn % 2]
                for statement in WAYS[way]:
                    owner.execute(statement)
                waited, begun = 0.0, time.monotonic()
                run.carry_on(made.id, most=TURN)
                each = spent[way]
                each.whole, each.commit = each.whole + time.monotonic() - begun, each.commit + waited
                each.customers += TURN
    finally:
        DatabaseWrapper._commit = commit
    return spent

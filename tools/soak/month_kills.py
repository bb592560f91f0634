"""The month's run, rating and invoices, two processes at it and both killed for real (SIGKILL) at 20 random points: it goes on each time, the
ledger is balanced, and calls, charges and invoices are the same to the byte as those of a run that nobody disturbed (M1, M2, M4, M7, D3)."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import numpy as np

from tools.soak.month_data import IN_NOVEMBER, MonthData, fill
from tools.soak.shared import database

KILLS = 20
WITHIN = 300  # seconds for a run that nobody disturbs
# Calls and customers of a transaction: few, so that there are many points to be killed at.
BUCKET, TURN = 200, 3
_SAME = (
    "SELECT series, number, content_hash, id, content::text FROM billing_invoice ORDER BY 1, 2",
    "SELECT id, call_id, billed_seconds, free_seconds, basis, amount, price_id FROM rates_ratedcall ORDER BY 1",
    "SELECT id, subject_id, kind, during::text, amount, exact FROM billing_charge ORDER BY 1",
    "SELECT transaction_id, account, amount, charge_id FROM billing_entry ORDER BY 1, 2, 3, 4",
    "SELECT call_id, transaction_id FROM billing_chargedcall ORDER BY 1",
    "SELECT id, call_id, billed_seconds, free_seconds, amount, price_id FROM rates_wholesalecall ORDER BY 1",
    "SELECT id, customer_id, subject_id, kind, during::text, amount, exact FROM billing_wholesalecharge ORDER BY 1",
    "SELECT call_id, transaction_id FROM billing_wholesalechargedcall ORDER BY 1",
)
_UNEVEN = "SELECT transaction_id FROM billing_entry GROUP BY 1, currency HAVING sum(amount) <> 0"


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    from tests import cluster

    with database("kills") as (sock, name):
        # In a process of its own: a database that somebody is connected to cannot be copied.
        data = MonthData(customers=40, calls=8_000, numbers=100, durations=30, free_minutes=True)
        filling = get_context("fork").Process(
            target=fill, args=(data, sock, name), kwargs={"wholesale": True}
        )
        filling.start()
        filling.join()
        _warm()
        undisturbed = f"{name}_undisturbed"
        _copied(sock, name, undisturbed)
        try:
            return _kills(sock, name, undisturbed, 100 if full else KILLS)
        finally:
            cluster.drop(sock, undisturbed)


def _kills(sock: str, name: str, undisturbed: str, most: int) -> list[str]:
    """Copies of the same database are run to their ends, each broken off again and again, until there were enough kills."""
    from tests import cluster

    begun = time.monotonic()
    child = _started(undisturbed)
    child.join(WITHIN)
    took = time.monotonic() - begun
    if child.exitcode != 0:
        return [f"the undisturbed run ended with {child.exitcode} after {took:.0f} s"]
    chance = random.Random(time.time_ns())
    steps: list[tuple[int, int]] = []
    found: list[str] = []
    copies = 0
    while len(steps) < most and not found:
        killed = f"{name}_killed_{copies}"
        _copied(sock, name, killed)
        try:
            steps += _killed_on_the_way(sock, killed, took, most - len(steps), chance)
            found += _differences(sock, undisturbed, killed)
        finally:
            cluster.drop(sock, killed)
        copies += 1
    points = ", ".join(f"{rated}/{invoices}" for rated, invoices in steps)
    print(
        f"  month_kills: {took:.1f} s undisturbed; {len(steps)} kills of {copies} runs, at (calls rated/invoices) {points}",
        flush=True,
    )
    if len(set(steps)) < most // 4:
        found.append(f"kills at {len(set(steps))} different points prove too little")
    return found


def _killed_on_the_way(
    sock: str, killed: str, took: float, most: int, chance: random.Random
) -> list[tuple[int, int]]:
    """Kill both at most so many times, then let one end; answers how far it was each time."""
    steps: list[tuple[int, int]] = []
    while len(steps) < most:
        both = [_started(killed), _started(killed)]
        both[0].join(chance.uniform(0.02, 0.35) * took)
        if any(child.exitcode is not None for child in both):
            both[1].join(WITHIN)
            break
        for child in both:
            os.kill(child.pid, signal.SIGKILL)
            child.join()
        steps.append(_step(sock, killed))
    child = _started(killed)
    child.join(WITHIN)
    if child.exitcode != 0:
        raise RuntimeError(f"the last run ended with {child.exitcode}")
    return steps


def _differences(sock: str, undisturbed: str, killed: str) -> list[str]:
    found = []
    for query in _SAME:
        first, second = _rows(sock, undisturbed, query), _rows(sock, killed, query)
        if not first or first != second:
            found.append(f"{len(first)} rows undisturbed, {len(second)} killed, not the same: {query}")
    return found + [f"the ledger is uneven at {row}" for row in _rows(sock, killed, _UNEVEN)]


def _copied(sock: str, name: str, copy: str) -> None:
    from tests import cluster

    cluster._sql(sock, "postgres", f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')


def _warm() -> None:
    """What every child would have to load first, so that kills meet the work and not its start."""
    from dialtone.billing import run  # noqa: F401
    from dialtone.rates import kernel, rate_calls
    from dialtone.rates.tables import PRICE, compile_tables

    tables = compile_tables(np.zeros(0, PRICE), 0, np.full((1, 3), -1), np.zeros(1), np.zeros((1, 1)))
    none = kernel.Calls(*(np.zeros(0, kind) for kind in ("i4", "i8", "i8", "i4", "i1")))
    kernel.rate(tables, none)
    rate_calls._month_starts("America/New_York")


def _started(database_name: str) -> Any:
    child = get_context("fork").Process(target=_month, args=(database_name,))
    child.start()
    return child


def _month(database_name: str) -> None:
    """Begin the month's run in this database, or go on with it."""
    from django.db import connections

    from dialtone.base import clock, tenancy
    from dialtone.billing import run, states
    from dialtone.billing.days import Month
    from dialtone.billing.models import Run
    from dialtone.calls import charge

    connections["default"].settings_dict["NAME"] = database_name
    charge.BUCKET = BUCKET
    run.TURN = TURN
    with clock.frozen(IN_NOVEMBER):
        with tenancy.operator_scope():
            made = run.begin(Month(2026, 10))

        def is_done() -> bool:
            run.carry_on(made.id)
            with tenancy.operator_scope():
                return bool(Run.objects.get(id=made.id).state == states.DONE)

        _await(is_done)  # the server may not have noticed yet that a killed one is gone


def _await(so: Callable[[], bool]) -> None:
    while not so():
        time.sleep(0.05)


def _step(sock: str, name: str) -> tuple[int, int]:
    counted = _rows(
        sock, name, "SELECT (SELECT count(*) FROM rates_ratedcall), (SELECT count(*) FROM billing_invoice)"
    )
    return counted[0][0], counted[0][1]


def _rows(sock: str, name: str, query: str) -> list[Any]:
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=name) as owner:
        return owner.execute(query).fetchall()

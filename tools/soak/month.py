"""Story 5: a month's call records rated and invoiced, against a computation of its own; run again, nothing is charged twice.

    ./run soak month                       50,000 calls
    ./run soak month --calls 10000000      the story's size: two cores and 24 GB

What each kind of call costs is worked out with fractions (`tests/independent/one_call.py`); PostgreSQL counts the calls of each kind,
and every customer's invoice must say their sums to the cent.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tools.soak.month_data import CHANGE, IN_NOVEMBER, MonthData, fill
from tools.soak.shared import database

CENT = Decimal("0.01")


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    calls = int(os.environ.get("DIALTONE_SOAK_CALLS") or (10_000_000 if full else 50_000))
    data = MonthData(customers=max(40, min(5000, calls // 500)), calls=calls)
    with database("month") as (sock, name):
        _timed(f"{calls:,} call records of {data.customers:,} customers made", lambda: fill(data, sock, name))
        return _month(data, sock, name)


def _month(data: MonthData, sock: str, name: str) -> list[str]:
    from dialtone.base import clock
    from dialtone.calls import charge

    found = []
    charge.BUCKET = min(charge.BUCKET, data.calls // 4)  # enough of them for both processes
    with clock.frozen(IN_NOVEMBER):
        done = _timed("rated, two processes", lambda: charge.charge(processes=2))
        if (done.rated, done.parked) != (data.calls, 0):
            found.append(f"{done.rated} calls rated and {done.parked} parked of {data.calls}")
        first = _timed("invoiced, two processes", _invoiced)
        again = (charge.charge().rated, _invoiced())
    if again != (0, first):
        found.append("run again, something was charged")
    expected = _timed("worked out independently", lambda: _expected(data, sock, name))
    found += _timed("compared", lambda: _compare(expected, sock, name))
    return found + _timed("a paper, and the auditor", _papers)


def _timed(what: str, work: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    answer = work()
    print(f"  {what}: {time.monotonic() - begun:.1f} s", flush=True)
    return answer


def _invoiced() -> list[tuple[int, str]]:
    """October's run, which charges September's calls: each invoice's number and hash."""
    from dialtone.base import tenancy
    from dialtone.billing import run
    from dialtone.billing.days import Month
    from dialtone.billing.models import Invoice

    with tenancy.operator_scope():
        made = run.begin(Month(2026, 10))
    run.carry_on(made.id, processes=2)
    with tenancy.operator_scope():
        return list(Invoice.objects.order_by("number").values_list("number", "content_hash"))


def _expected(data: MonthData, sock: str, name: str) -> dict[str, dict[str, Decimal]]:
    """By customer the exact sum of each destination, from the records and the uploaded prices alone."""
    import psycopg

    from tests.independent import one_call

    def rows_of(digits: str) -> list[dict[str, Any]]:
        found = []
        for each in data.prices:
            if digits.startswith(each["prefix"]):
                first, following = map(int, each["increment"].split("/"))
                found.append({**each, "first": first, "following": following, "ended": False})
        return found

    with psycopg.connect(host=sock, user="owner", dbname=name) as owner:
        owner.execute(
            "CREATE TEMP TABLE costs (called text, seconds int, late bool, zone text, cost numeric)"
        )
        with owner.cursor() as cursor, cursor.copy("COPY costs FROM STDIN") as copy:
            for called in set(data.called):
                rows = rows_of(called[1:])
                for late, at in ((False, CHANGE.replace(day=1)), (True, CHANGE)):
                    for seconds in data.seconds:
                        cost = one_call.cost(rows, called[1:], seconds, at)
                        copy.write_row((called, seconds, late, f"Zone {called[1]}", cost))
        sums = owner.execute(
            "SELECT r.customer_id::text, c.zone, sum(c.cost) FROM calls_callrecord r JOIN costs c ON c.called = r.called"
            " AND c.seconds = r.seconds AND c.late = (r.started_at >= %s) WHERE r.call_type = 'INTERNATIONAL' GROUP BY 1, 2",
            [CHANGE],
        ).fetchall()
    found: dict[str, dict[str, Decimal]] = {}
    for customer, zone, exact in sums:
        found.setdefault(customer, {})[zone] = exact
    return found


def _compare(expected: dict[str, dict[str, Decimal]], sock: str, name: str) -> list[str]:
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=name) as owner:
        invoices = owner.execute("SELECT customer_id::text, content FROM billing_invoice").fetchall()
        uneven = owner.execute(
            "SELECT transaction_id FROM billing_entry GROUP BY 1, currency HAVING sum(amount) <> 0"
        ).fetchall()
    found = [f"{len(uneven)} transactions of the ledger do not add up to zero"] if uneven else []
    seen = {}
    for customer, content in invoices:
        lines = content["lines"]
        usage = {each["name"]: each for each in lines if each["kind"] == "usage"}
        seen[customer] = {zone: Decimal(each["exact"]) for zone, each in usage.items()}
        for zone, each in usage.items():
            exact = expected.get(customer, {}).get(zone, Decimal(0))
            if Decimal(each["amount"]) != exact.quantize(CENT, ROUND_HALF_UP):
                found.append(f"{customer}: {zone} is {each['amount']} and should be {exact}")
        total = sum(Decimal(each["amount"]) for each in (*lines, *content["taxes"]))
        if total != Decimal(content["total"]):
            found.append(f"{customer}: the lines do not add up to the total")
    found += [
        f"{customer}: {seen.get(customer)} instead of {expected.get(customer)}"
        for customer in expected.keys() | seen.keys()
        if expected.get(customer, {}) != seen.get(customer, {})
    ]
    print(f"  {len(invoices):,} invoices", flush=True)
    if len(invoices) < len(expected):
        found.append(f"{len(invoices)} invoices for {len(expected)} customers with calls")
    return found[:20]


def _papers() -> list[str]:
    from dialtone.base import invariants, tenancy
    from dialtone.billing import paper
    from dialtone.billing.models import Invoice

    with tenancy.operator_scope():
        one = Invoice.objects.order_by("-total")[0]
    with tenancy.customer_scope(one.customer_id, one.partner_id):
        found = [] if paper.pdf(one, "en").startswith(b"%PDF") else ["no paper of an invoice"]
    # The made-up records are of no number, so M6-owner has nothing to look at.
    return found + [str(each)[:500] for each in invariants.run() if each.invariant.id != "M6-owner"]

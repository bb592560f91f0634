"""What the soaks of the month's end work on: customers, prices that change in mid-month, call records; the same for the same sizes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

BEFORE = datetime(2026, 8, 20, 12, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 1, 4, tzinfo=UTC)  # where the customers are
CHANGE = datetime(2026, 9, 16, tzinfo=UTC)  # of the prices, in the middle of the calls
IN_NOVEMBER = datetime(2026, 11, 2, 12, tzinfo=UTC)
SECONDS = 30 * 86_400
CHARGES = b"kind,country,number_type,amount,from\nplan_monthly,,,12.00,\nnumber_monthly,,,2.00,\n"
CHUNK = 500_000
_INCREMENTS = ("60/60", "30/6", "1/1", "60/1", "6/6")


@dataclass
class MonthData:
    """How many customers, calls and called numbers; with or without free minutes."""

    customers: int
    calls: int
    numbers: int = 400
    durations: int = 40
    free_minutes: bool = False
    prices: list[dict[str, Any]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.customers * 7 + self.calls)
        prefixes = sorted({str(chance.randint(20, 99999)) for _ in range(self.numbers // 2)})
        for prefix in prefixes:
            self._price(chance, prefix, BEFORE)
            if chance.random() < 0.3:
                self._price(chance, prefix, CHANGE)
        for _ in range(self.numbers):
            stem = chance.choice(prefixes)
            self.called.append(f"+{stem}{chance.randrange(10 ** (11 - len(stem))):0{11 - len(stem)}d}")
        self.seconds = sorted(chance.sample(range(1, 900), self.durations))

    def _price(self, chance: random.Random, prefix: str, since: datetime) -> None:
        self.prices.append(
            {
                "prefix": prefix,
                "per_minute": Decimal(chance.randint(1, 3_000_000)).scaleb(-6),
                "fee": Decimal(chance.choice([0, 0, 5])).scaleb(-2),
                "increment": chance.choice(_INCREMENTS),
                "from": since,
                "free": chance.choice([0, 0, 30]) if self.free_minutes else 0,
            }
        )

    def csv(self) -> bytes:
        """The price list as an operator would upload it."""
        lines = ["prefix,destination,per_minute,connection_fee,increment,free_minutes,from"]
        lines += [
            f"{each['prefix']},Zone {each['prefix'][:1]},{each['per_minute']:f},{each['fee']:f},{each['increment']},"
            f"{each['free']},{each['from'].isoformat() if each['from'] > BEFORE else ''}"
            for each in self.prices
        ]
        return "\n".join(lines).encode()


def fill(data: MonthData, sock: str, name: str, *, wholesale: bool = False) -> None:
    """Put all of it into the database that Django is set up for, `name` of the cluster at `sock`; with `wholesale`, the operator sells
    through the partner of these customers."""
    from dialtone.base import clock
    from dialtone.rates import load
    from dialtone.rates.sell_through import sell_through
    from tests.plugins.world import as_operator, build_world

    with clock.frozen(BEFORE):
        with as_operator():
            world = build_world()
        _customers(data, world)
        with as_operator():
            load.load_first(load.create_list("House", "USD"), CHARGES, data.csv())
            if wholesale:
                bought = load.create_list("P buys", "USD", world.p, is_wholesale=True)
                load.load_first(bought, CHARGES.replace(b"12.00", b"7.00"), data.csv())
                sell_through(world.p.id, BEFORE.date().replace(day=1), is_on=True)
    _records(data, sock, name)


def _customers(data: MonthData, world: Any) -> None:
    """A tenth of the customers, at most fifty, have plans besides calls."""
    from dialtone.people.models import Organisation
    from dialtone.plans import subscribe
    from tests.plugins.world import as_customer, as_operator

    made = []
    for at in range(data.customers):
        id = UUID(int=(0x01F0 << 112) | 0x7 << 76 | 0b10 << 62 | at)
        name = f"Customer {at:05d}"
        made.append(
            Organisation(
                id=id, kind="customer", name=name, search_name=name.lower(), partner_id=world.p.id, customer_id=id, country="US",
                time_zone="America/New_York", created_at=BEFORE,
            )
        )  # fmt: skip
    with as_operator():
        Organisation.objects.bulk_create(made, batch_size=1000)
    for each in made[: min(50, max(1, data.customers // 10))]:
        with as_customer(each):
            subscribe.start_paid()
            subscribe.buy_licence("outbound_calling_plan", 3, BEFORE.date())


def _records(data: MonthData, sock: str, name: str) -> None:
    """Calls over the whole of September, 30 % of them national, spread over all customers, numbers and durations.

    As the superuser and without triggers and indexes, which are built once at the end: row by row they take nine tenths of the time,
    and what is tried here is not how records come in.
    """
    import psycopg

    with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("SET maintenance_work_mem = '512MB'")
        build = _without_indexes(owner)
        owner.execute("CREATE TEMP TABLE soak_called (at int, called text)")
        owner.execute(
            "INSERT INTO soak_called SELECT o - 1, c FROM unnest(%s::text[]) WITH ORDINALITY u (c, o)",
            [data.called],
        )
        owner.execute("CREATE TEMP TABLE soak_seconds (at int, seconds int)")
        owner.execute(
            "INSERT INTO soak_seconds SELECT o - 1, s FROM unnest(%s::int[]) WITH ORDINALITY u (s, o)",
            [data.seconds],
        )
        owner.execute("CREATE TEMP TABLE soak_customers AS SELECT row_number() OVER (ORDER BY id) - 1 AS at, id, partner_id"
                      " FROM people_organisation WHERE kind = 'customer' AND name LIKE 'Customer %'")  # fmt: skip
        owner.execute("ANALYZE soak_called, soak_seconds, soak_customers")
        sizes = [data.customers, data.numbers, data.durations]
        for begin, end in _chunks(data.calls):
            owner.execute(_MAKE, [SEPTEMBER, SECONDS, begin, end - 1, *sizes])
        for statement in build:
            owner.execute(statement)
        owner.execute("ANALYZE calls_callrecord")


def _without_indexes(owner: Any) -> list[str]:
    """Drop the indexes of the records but those that other tables refer to; the statements that make them again."""
    rows = owner.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname, pg_get_constraintdef(c.oid)"
        " FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'u'"
        " WHERE i.indrelid = 'calls_callrecord'::regclass AND NOT i.indisprimary"
        " AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = i.indexrelid AND f.contype = 'f')"
    ).fetchall()
    build = []
    for index, indexed, constraint, constrained in rows:
        if constraint:
            owner.execute(f"ALTER TABLE calls_callrecord DROP CONSTRAINT {constraint}")
            build.append(f"ALTER TABLE calls_callrecord ADD CONSTRAINT {constraint} {constrained}")
        else:
            owner.execute(f"DROP INDEX {index}")
            build.append(indexed)
    return build


# Spread by multiplication with primes, so that every run makes the same.
_MAKE = """
INSERT INTO calls_callrecord (id, partner_id, customer_id, source, call_id, direction, started_at, answered_at, ended_at, seconds,
 caller, called, other_country, call_type, owner_kind, owner_name, outcome, taken_at)
SELECT (lpad(to_hex(1788000000000 + n / 4), 12, '0') || '7' || lpad(to_hex(n %% 4), 3, '0') || '8' || substr(md5(n::text), 1, 15))::uuid,
 c.partner_id, c.id, 'soak', n::text, 'outbound', at.start, at.start, at.start + make_interval(secs => s.seconds), s.seconds,
 '+12125550100', d.called, '', CASE WHEN n %% 10 < 7 THEN 'INTERNATIONAL' ELSE 'NATIONAL' END, '', '', 'answered', at.start
FROM (SELECT n, %s::timestamptz + make_interval(secs => (n * 2654435761 %% %s)::int) AS start FROM generate_series(%s::bigint, %s) n) at
JOIN soak_customers c ON c.at = at.n * 7919 / 64 %% %s
JOIN soak_called d ON d.at = at.n * 104729 / 16 %% %s
JOIN soak_seconds s ON s.at = at.n * 1299709 / 128 %% %s
ORDER BY 1"""


def _chunks(calls: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, calls, CHUNK):
        yield begin, min(calls, begin + CHUNK)

"""Rate calls: each once in a rating version, at the price in force when it began; what has no price is parked, never zero.

Who the customer is, and which number and place, came with the call (calls/take_in.py: as at its start). The room above puts the calls
that wait into a table of its transaction (`WAITING`) and calls, bucket by bucket,

    rating = prepare(version, buyers, folder, now)         once: price lists compiled, and written where every process reads them
    rating.export(path)                                    the calls as a file by column
    files.rate_file(path, rating.prices, result)           what they cost; anywhere (performance.md, section 2)
    rating.store(result)                                   rated and parked calls, those that are there already left out

A call is rated for each of its buyers: its customer, and the partner through which the operator sells (`Side`). Sources: M1, M6, M7, M11.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
from django.db import connection

from dialtone.base import bulk
from dialtone.base.period import EARLIEST_YEAR, LATEST_YEAR, midnight
from dialtone.people.models import Organisation
from dialtone.rates import files, kernel
from dialtone.rates.kernel import Calls, Used
from dialtone.rates.models import PriceList, RatedCall, UnpricedCall, WholesaleCall, WholesaleParked
from dialtone.rates.prices import nearest, price_rows
from dialtone.rates.rules import FREE, PRICED, UNANSWERED, microseconds
from dialtone.rates.tables import NONE, Array, compile_tables

WAITING = "rates_waiting"
WAITING_COLUMNS = (
    "id, partner_id, customer_id, location_id, number_id, started_at, called, call_type, seconds"
)
FREE_KINDS = (*FREE.values(), UNANSWERED)
_PARKED, _PRICED = 0, 1  # then the places of FREE_KINDS
# A called number as `tables.key_of` knows it.
_KEY = (
    "(rpad(substring(ltrim(called, '+') FROM '^[0-9]{0,15}'), 15, '0')::bigint << 4)"
    " | length(substring(ltrim(called, '+') FROM '^[0-9]{0,15}'))"
)
_CALLS = {"id": "V16", "account": ">i4", "number": ">i8", "at": ">i8", "seconds": ">i4", "kind": ">i2"}
_RATED = {"id": "V16", "call_id": "V16", "price_id": "V16", "basis": ">i2", "billed": ">i4", "free": ">i4", "micros": ">i8"}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """How many calls were rated, and how many wait for a price."""

    rated: int = 0
    parked: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.rated + other.rated, self.parked + other.parked)


@dataclass(frozen=True)
class Side:
    """For whom calls are rated: the column that names the buyer, and the tables of what is rated and parked for it."""

    buyer: str
    rated: str
    parked: str


CUSTOMERS = Side("customer_id", RatedCall._meta.db_table, UnpricedCall._meta.db_table)
PARTNERS = Side("partner_id", WholesaleCall._meta.db_table, WholesaleParked._meta.db_table)


@dataclass(frozen=True)
class Rating:
    """One run, as every process of it knows it. `accounts` are the buyers in the order of the tables' accounts; `pools` which
    destinations of which lists have free minutes, by their place."""

    version: int
    now: datetime
    prices: str
    accounts: tuple[UUID, ...]
    pools: dict[tuple[UUID, str], int]
    side: Side = CUSTOMERS

    def export(self, path: Path) -> int:
        """Write the waiting calls into a file; answers how many. In the transaction that made their table."""
        kinds = "".join(f" WHEN '{kind}' THEN {place}" for place, kind in enumerate(FREE, 1))
        found = bulk.fetch(
            f"SELECT w.id, a.account, {_KEY}, w.started_at, w.seconds, (CASE w.call_type{kinds} ELSE 0 END)::int2"
            f" FROM {WAITING} w JOIN unnest(%s::uuid[]) WITH ORDINALITY listed (id, place) ON listed.id = w.{self.side.buyer}"
            " CROSS JOIN LATERAL (SELECT (listed.place - 1)::int4 AS account) a ORDER BY w.id",
            [list(self.accounts)],
            _CALLS,
        )
        calls = Calls(
            found["account"],
            found["number"],
            found["at"] + bulk.EPOCH_US,
            found["seconds"],
            found["kind"].astype(np.int8),
        )
        files.write_calls(path, found["id"], calls, self._used(calls))
        return len(calls.at)

    def store(self, result: Path) -> Done:
        """Keep what the calls of a file came to. In a transaction in which their table is there."""
        found = files.read_rated(result)
        ids = files.price_ids(self.prices)
        price_id = np.zeros(len(found.price), "V16")
        priced = found.price != NONE
        price_id[priced] = ids[found.price[priced]]
        free_kind = np.where(found.kind > 0, found.kind + _PRICED, _PRICED + len(FREE_KINDS))
        is_free = (found.kind > 0) | (found.seconds <= 0)
        rows = {
            "id": rated_ids(found.call_id, self.version),
            "call_id": found.call_id,
            "price_id": price_id,
            "basis": np.where(priced, _PRICED, np.where(is_free, free_kind, _PARKED)),
            "billed": found.billed,
            "free": found.free,
            "micros": found.micros,
        }
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE rates_new (id uuid, call_id uuid, price_id uuid, basis int2, billed int4, free int4,"
                " micros int8) ON COMMIT DROP"
            )
            bulk.fill("rates_new", rows, _RATED)
            cursor.execute("ANALYZE rates_new")
            names = vars(self.side)
            cursor.execute(_INSERT_RATED.format(**names), [[PRICED, *FREE_KINDS], self.version])
            rated = int(cursor.rowcount)
            cursor.execute(_INSERT_PARKED.format(**names), [self.version, self.now])
            cursor.execute(_SETTLE.format(**names), [self.now, self.version])
            cursor.execute("DROP TABLE rates_new")
        return Done(rated, int((rows["basis"] == _PARKED).sum()))

    def _used(self, calls: Calls) -> Used:
        """What these buyers have used of their free minutes, from the month of the earliest call on."""
        if not self.pools or not len(calls.at):
            return kernel.NOTHING_USED
        since = int(calls.at.min()) - 32 * 86_400 * 10**6
        accounts = [self.accounts[each] for each in np.unique(calls.account)]
        lists, destinations = zip(*self.pools, strict=True)
        found = bulk.fetch(
            "SELECT (a.place - 1)::int4, pool.place::int4, r.started_at, r.free_seconds"
            f" FROM {self.side.rated} r JOIN rates_callprice p ON p.id = r.price_id"
            f" JOIN unnest(%s::uuid[]) WITH ORDINALITY a (id, place) ON a.id = r.{self.side.buyer}"
            " JOIN unnest(%s::uuid[], %s::text[], %s::int[]) pool (list, destination, place)"
            " ON pool.list = p.price_list_id AND pool.destination = p.destination"
            f" WHERE r.rating_version = %s AND r.free_seconds > 0 AND r.{self.side.buyer} = ANY(%s)"
            " AND r.started_at >= to_timestamp(%s / 1000000.0)",
            [
                list(self.accounts),
                list(lists),
                list(destinations),
                list(self.pools.values()),
                self.version,
                accounts,
                since,
            ],
            {"account": ">i4", "pool": ">i4", "at": ">i8", "seconds": ">i4"},
        )
        account = found["account"].astype(np.int64)
        month = files.month_of(self.prices, account, found["at"] + bulk.EPOCH_US)
        key = kernel.pool_key(account, found["pool"].astype(np.int64), month)
        keys, place = np.unique(key, return_inverse=True)
        return Used(keys, np.bincount(place, found["seconds"], len(keys)).astype(np.int64))


# Those of a customer lie beside each other, as its invoice reads them.
_INSERT_RATED = f"""
INSERT INTO {{rated}} (id, partner_id, customer_id, call_id, location_id, number_id, started_at, called, destination,
 seconds, billed_seconds, free_seconds, basis, amount, currency, price_id, rating_version)
SELECT n.id, w.partner_id, w.customer_id, w.id, w.location_id, w.number_id, w.started_at, w.called,
 coalesce(p.destination, ''), w.seconds, n.billed, n.free, (%s::text[])[n.basis], n.micros::numeric / 1000000, o.currency,
 p.id, %s
FROM rates_new n JOIN {WAITING} w ON w.id = n.call_id JOIN people_organisation o ON o.id = w.{{buyer}}
LEFT JOIN rates_callprice p ON p.id = n.price_id
WHERE n.basis > 0 ORDER BY w.customer_id, n.id
ON CONFLICT (call_id, rating_version) DO NOTHING"""
_INSERT_PARKED = f"""
INSERT INTO {{parked}} (id, partner_id, customer_id, call_id, started_at, called, currency, rating_version, parked_at)
SELECT n.id, w.partner_id, w.customer_id, w.id, w.started_at, w.called, o.currency, %s, %s
FROM rates_new n JOIN {WAITING} w ON w.id = n.call_id JOIN people_organisation o ON o.id = w.{{buyer}}
WHERE n.basis = 0 ORDER BY n.id
ON CONFLICT (call_id, rating_version) DO NOTHING"""
_SETTLE = """
UPDATE {parked} u SET settled_at = %s FROM rates_new n
WHERE n.basis > 0 AND u.call_id = n.call_id AND u.rating_version = %s AND u.settled_at IS NULL"""


def prepare(
    version: int,
    buyers: Sequence[UUID],
    folder: Path,
    now: datetime,
    *,
    called: Iterable[str] | None = None,
    side: Side = CUSTOMERS,
) -> Rating:
    """Compile the lists that hold for some buyers, and write them into a folder. With `called`, only what those numbers need.
    Operator's scope."""
    lists = list(PriceList.objects.order_by("id"))
    rows, destinations = price_rows(lists, called)
    by_id = {each.id: each for each in Organisation.objects.filter(id__in=buyers)}
    place = {each.id: at for at, each in enumerate(lists)}
    plans = np.full((len(buyers), kernel.LISTS), NONE)
    for account, buyer_id in enumerate(buyers):
        for near, each in enumerate(nearest(lists, by_id[buyer_id])):
            plans[account, near] = place[each.id]
    pools = _number_pools(rows, lists, destinations)
    zones = sorted({each.time_zone for each in by_id.values()}) if pools else []
    months = np.array([zones.index(by_id[each].time_zone) if pools else 0 for each in buyers], np.int64)
    starts = np.array([_month_starts(zone) for zone in zones] or [[0]], np.int64)
    path = folder / files.TABLES
    compile_tables(rows, len(lists), plans, months, starts).save(path)
    return Rating(version, now, str(path), tuple(buyers), pools, side)


def rated_ids(call_id: Array, version: int) -> Array:
    """Ids of rated calls: they follow from call and rating version, so that rating again makes the same rows, and sort as the calls."""
    words = np.frombuffer(call_id.tobytes(), ">u4").reshape(-1, 4).copy()
    words[:, 3] ^= version
    return np.frombuffer(words.tobytes(), "V16")


def _number_pools(
    rows: Array, lists: Sequence[PriceList], destinations: Sequence[str]
) -> dict[tuple[UUID, str], int]:
    """Number the destinations with free minutes, and write the numbers into their rows."""
    pools: dict[tuple[UUID, str], int] = {}
    for at in np.flatnonzero(rows["row"]["free_seconds"]).tolist():
        key = (lists[rows["place"][at]].id, destinations[at])
        rows["row"]["pool"][at] = pools.setdefault(key, len(pools))
    return pools


@cache
def _month_starts(zone: str) -> list[int]:
    return [
        microseconds(midnight(date(year, month, 1), zone))
        for year in range(EARLIEST_YEAR + 1, LATEST_YEAR)
        for month in range(1, 13)
    ]

"""Have call records rated: all that are not in a rating version yet, and those parked for want of a price; for their customers, and for the
partners through which the operator sells.

Buyers are gathered into buckets; each bucket is one file by column, one call of `rates.files.rate_file`, and one transaction that
stores what came of it: broken off anywhere, the next run does what is left (M1). Nobody rates beside a run: free minutes are counted.
Opens its own scopes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import django
from django.db import connection

from dialtone.base import clock, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.calls.models import RecordFile
from dialtone.rates import files, rate_calls, resale
from dialtone.rates.models import PriceList, Resale
from dialtone.rates.rate_calls import CUSTOMERS, PARTNERS, Done, Rating, Side
from dialtone.rates.resale import Sold
from dialtone.rates.rules import FREE

BUCKET = 200_000  # calls of one transaction, or one buyer's when it has more
FEW_NUMBERS = 2_000  # up to so many called numbers only their prices are read, not whole lists
JOB = tenancy.Actor(kind="job", name="Dialtone")
_ALONE = 0x52617465  # the key of the lock: "Rate"
_WAITS = "FROM calls_callrecord c WHERE NOT EXISTS (SELECT FROM {rated} r WHERE r.call_id = c.id AND r.rating_version = %s)"
_PARKED = "SELECT call_id FROM {parked} WHERE rating_version = %s AND settled_at IS NULL"
# Calls that cost something, of customers whose partner is sold through in the month of the call, where they are.
_SOLD = (
    " AND c.seconds > 0 AND c.call_type <> ALL(%s) AND c.partner_id = ANY(%s) AND EXISTS (SELECT FROM people_organisation o"
    " JOIN unnest(%s::uuid[], %s::date[], %s::date[]) sold (partner_id, since, until) ON sold.partner_id = o.partner_id"
    " WHERE o.id = c.customer_id AND (c.started_at AT TIME ZONE o.time_zone)::date >= sold.since"
    " AND (sold.until IS NULL OR (c.started_at AT TIME ZONE o.time_zone)::date < sold.until))"
)

RateFiles = Callable[[Sequence[tuple[str, str, str]]], None]
"""Has `files.rate_file(source, prices, result)` called with each of these, somewhere."""


@dataclass(frozen=True)
class Which:
    """Which calls: all that wait in a rating version; or those taken in since some record, with those parked for want of a price
    when prices were added. With `sold` they wait to be rated for the partners through which the operator sells, else for their
    customers."""

    version: int = 1
    since: UUID | None = None
    only_parked: bool = False
    with_parked: bool = True
    sold: tuple[Sold, ...] = ()

    @property
    def side(self) -> Side:
        return PARTNERS if self.sold else CUSTOMERS

    def sql(self, what: str, buyers: Sequence[UUID] | None = None) -> tuple[str, list[Any]]:
        """A query of the calls that wait, of all buyers or of some."""
        values: list[Any] = [self.version]
        sql = f"SELECT {what} {_WAITS.format(**vars(self.side))}"
        parked = _PARKED.format(**vars(self.side))
        if self.sold:
            sql += _SOLD
            partners, since, until = (list(each) for each in zip(*self.sold, strict=True))
            values += [list(FREE), partners, partners, since, until]
        narrowed = []
        if self.since is not None:
            narrowed.append("c.id >= %s")
            values.append(self.since)
        if narrowed or self.only_parked:
            if self.with_parked or self.only_parked:
                narrowed.append(f"c.id IN ({parked})")
                values.append(self.version)
            sql += f" AND ({' OR '.join(narrowed)})"
        if buyers is not None:
            sql += f" AND c.{self.side.buyer} = ANY(%s)"
            values.append(list(buyers))
        return sql, values


class Busy(Exception):
    """Somebody else rates calls at this moment."""


def charge(
    version: int = 1,
    *,
    processes: int = 1,
    which: Which | None = None,
    elsewhere: RateFiles | None = None,
    folder: Path | None = None,
    told: Callable[[Done], None] = lambda _done: None,
) -> Done:
    """Rate what is not rated. Run again, or after a run that broke off, it does only what is left.

    With `processes` above one, buckets are spread over the standard library's process pool, each with a connection of its own. With
    `elsewhere` (a cluster, `rates.cluster`) all files are made first and rated there; `folder` is then where all of it can be read.
    `told` hears how far it is. Raises Busy.
    """
    which = which or Which(version)
    done = Done()
    with _alone(), tempfile.TemporaryDirectory(prefix="dialtone-rating-", dir=folder) as made:
        for each in _for_each_buyer(which):
            own = Path(made) / each.side.buyer
            own.mkdir()
            rating, buckets = _prepared(each, own)
            for part in _all(rating, each, buckets, own, processes, elsewhere):
                done += part
                told(done)
    return done


def _for_each_buyer(which: Which) -> list[Which]:
    """The same calls for their customers, and for the partners through which the operator sells."""
    if which.sold:
        return [which]
    with tenancy.operator_scope(JOB):
        sold = resale.sold()
    return [which, replace(which, sold=sold)] if sold else [which]


def charge_due() -> Done:
    """What the scheduled job does: the records of files taken in, and parked ones for which there may be a price now; all calls of a
    partner through which the operator sells since lately. Leaves it due when somebody else is at it."""
    now = clock.now()
    with tenancy.operator_scope(JOB):
        rows = RecordFile.objects.filter(rate_due_at__lte=now)
        taken = {each.id: each.rate_from or each.id for each in rows}
        lists = list(PriceList.objects.filter(charge_due_at__lte=now).values_list("id", flat=True))
        resales = list(Resale.objects.filter(charge_due_at__lte=now).values_list("id", flat=True))
        sold = resale.sold() if resales else ()
    if not taken and not lists and not resales:
        return Done()
    which = Which(
        since=min(taken.values()) if taken else None, only_parked=not taken, with_parked=bool(lists)
    )
    try:
        done = charge(which=which) if taken or lists else Done()
        done += charge(which=Which(sold=sold)) if sold else Done()
    except Busy:
        return Done()
    with tenancy.operator_scope(JOB):
        RecordFile.objects.filter(id__in=taken, rate_due_at__lte=now).update(rate_due_at=None)
        PriceList.objects.filter(id__in=lists, charge_due_at__lte=now).update(charge_due_at=None)
        Resale.objects.filter(id__in=resales, charge_due_at__lte=now).update(charge_due_at=None)
    return done


def waiting(version: int = 1) -> int:
    """How many calls are neither rated nor parked for their customers (operator's scope)."""
    sql, values = Which(version).sql("count(*)")
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} AND c.id NOT IN ({_PARKED.format(**vars(CUSTOMERS))})", [*values, version])
        return int(cursor.fetchone()[0])


def _prepared(which: Which, folder: Path) -> tuple[Rating, list[list[UUID]]]:
    """The prices of the run, and its buyers by bucket."""
    with tenancy.operator_scope(JOB), connection.cursor() as cursor:
        sql, values = which.sql(f"c.{which.side.buyer}, count(*)")
        cursor.execute(f"{sql} GROUP BY 1 ORDER BY 1", values)
        counts = cursor.fetchall()
        called = None
        if 0 < sum(count for _buyer, count in counts) <= FEW_NUMBERS:
            cursor.execute(*which.sql("DISTINCT c.called"))
            called = [row[0] for row in cursor.fetchall()]
        buyers = [buyer for buyer, _count in counts]
        rating = rate_calls.prepare(
            which.version, buyers, folder, clock.now(), called=called, side=which.side
        )
    buckets: list[list[UUID]] = []
    held = BUCKET
    for buyer, count in counts:
        if held + count > BUCKET:
            buckets.append([])
            held = 0
        buckets[-1].append(buyer)
        held += count
    return rating, buckets


def _all(
    rating: Rating,
    which: Which,
    buckets: Sequence[list[UUID]],
    folder: Path,
    processes: int,
    elsewhere: RateFiles | None,
) -> Iterator[Done]:
    work = [(rating, which, each, str(folder / f"{at:06d}")) for at, each in enumerate(buckets)]
    if elsewhere is not None:
        for each in work:
            _export(*each)
        elsewhere([(_calls(each[3]), rating.prices, _rated(each[3])) for each in work])
        yield from (_store(*each) for each in work)
    elif processes > 1 and len(work) > 1 and not connection.in_atomic_block:
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=django.setup) as pool:
            yield from pool.map(_whole, *zip(*work, strict=True))
    else:
        yield from (_whole(*each) for each in work)


def _whole(rating: Rating, which: Which, buyers: list[UUID], path: str) -> Done:
    """A bucket from the database and back, in one transaction."""
    with _table(which, buyers):
        rating.export(Path(_calls(path)))
        files.rate_file(_calls(path), rating.prices, _rated(path))
        done = rating.store(Path(_rated(path)))
        crashpoint("rates.before_commit")
    _forget(path)
    return done


def _export(rating: Rating, which: Which, buyers: list[UUID], path: str) -> None:
    with _table(which, buyers):
        rating.export(Path(_calls(path)))


def _store(rating: Rating, which: Which, buyers: list[UUID], path: str) -> Done:
    with _table(which, buyers):
        done = rating.store(Path(_rated(path)))
    _forget(path)
    return done


@contextmanager
def _table(which: Which, buyers: Sequence[UUID]) -> Iterator[None]:
    """A transaction with these buyers' waiting calls in a table."""
    columns = ", ".join(f"c.{name}" for name in rate_calls.WAITING_COLUMNS.split(", "))
    sql, values = which.sql(columns, buyers)
    with tenancy.operator_scope(JOB), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {rate_calls.WAITING} ON COMMIT DROP AS {sql}", values)
        cursor.execute(f"ANALYZE {rate_calls.WAITING}")
        yield
        cursor.execute(f"DROP TABLE {rate_calls.WAITING}")


def _calls(path: str) -> str:
    return f"{path}.calls.parquet"


def _rated(path: str) -> str:
    return f"{path}.rated.parquet"


def _forget(path: str) -> None:
    for each in (_calls(path), _rated(path)):
        Path(each).unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else rates meanwhile. The lock goes with the connection, or with the transaction that is open. Raises Busy."""
    nested = connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory{'_xact' if nested else ''}_lock(%s)", [_ALONE])
        if not cursor.fetchone()[0]:
            raise Busy
    try:
        yield
    finally:
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ALONE])

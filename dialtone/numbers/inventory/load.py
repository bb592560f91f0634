"""Load a carrier's delivery: make the plan, look at it, apply it in one transaction. Operator's scope.

    plan = load.plan_load(file.read_bytes(), "july.csv", progress=show)
    ...                                   # plan.new, plan.bad, plan.overlaps, plan.by_area()
    load.apply(plan)

`ranges.py` knows how a file is read. Loading the same file again changes nothing; a load that was interrupted has changed
nothing and is simply made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from django.db import connection

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.numbers.inventory import problems as _problems  # noqa: F401  registers the codes
from dialtone.numbers.inventory import ranges, replica
from dialtone.numbers.inventory.models import Area, RangeLoad
from dialtone.numbers.inventory.pages import Ints
from dialtone.numbers.inventory.ranges import AreaKey, Delivered, Plan, Progress

CHUNK = 10_000

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('inventory load', 0))"
_TEMPORARY = """
    CREATE TEMPORARY TABLE inventory_arriving (area_id bigint, start bigint, low bigint, high bigint) ON COMMIT DROP"""
_INSERT = """
    INSERT INTO numbers_chunk AS k (start, area_id, runs)
    SELECT start, area_id, range_agg(int4range(low::integer, high::integer)) FROM inventory_arriving GROUP BY start, area_id
    ON CONFLICT (start, area_id) DO UPDATE SET runs = k.runs + excluded.runs"""


def plan_load(content: bytes, name: str = "", *, progress: Callable[[Progress], None] | None = None) -> Plan:
    """Read a CSV and work out what it would change; changes nothing. Raises Problem inventory.* for a file that is none."""
    content_hash = hashlib.sha256(content).hexdigest()
    try:
        plan = ranges.plan(
            content, _delivered(), name=name[:120], content_hash=content_hash, progress=progress
        )
    except ranges.Unreadable as refusal:
        raise Problem(refusal.code, field="/file", values=refusal.values) from refusal
    plan.is_known_file = RangeLoad.objects.filter(content_hash=content_hash).exists()
    return plan


def apply(plan: Plan, *, simulated: bool = False) -> RangeLoad:
    """Store what the plan says, in the open transaction; answers the load. A file that was loaded already changes nothing.

    Raises Problem: inventory.plan_outdated, inventory.nothing_to_load.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    known = RangeLoad.objects.filter(content_hash=plan.content_hash).first()
    if known is not None:
        return known
    if RangeLoad.objects.count() != plan.loads:
        raise Problem("inventory.plan_outdated")
    if plan.rows == plan.bad_rows:
        raise Problem("inventory.nothing_to_load")
    area_ids = _area_ids([plan.areas[each] for each in np.unique(plan.area).tolist()], simulated)
    ids = np.array([area_ids.get(key, 0) for key in plan.areas], np.int64)
    _store(ids[plan.area], plan.first, plan.last)
    load = RangeLoad(
        content_hash=plan.content_hash,
        name=plan.name,
        loaded_at=clock.now(),
        loaded_by=tenancy.actor().name[:160],
        report=plan.report(),
    )
    load.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT inventory_loaded()")
    replica.look_again()
    record.change(
        load,
        "ranges_loaded",
        name=plan.name,
        facts={"rows": plan.rows, "new": plan.new, "already": plan.already, "bad": plan.bad_rows},
    )
    return load


def _delivered() -> Delivered:
    keys = {area.id: _key(area) for area in Area.objects.order_by("id")}
    places = {area_id: position for position, area_id in enumerate(keys)}
    area, first, last = replica.delivered_runs()
    position = np.array([places[each] for each in np.unique(area).tolist()], np.int64)
    positions = position[np.unique(area, return_inverse=True)[1]] if len(area) else area
    return Delivered(list(keys.values()), positions, first, last, RangeLoad.objects.count())


def _key(area: Area) -> AreaKey:
    return AreaKey(*(getattr(area, name) for name in AreaKey._fields))


def _area_ids(keys: list[AreaKey], simulated: bool) -> dict[AreaKey, int]:
    Area.objects.bulk_create(
        [Area(**key._asdict(), is_simulated=simulated) for key in keys],
        ignore_conflicts=True,
        batch_size=2000,
    )
    return {_key(area): area.id for area in Area.objects.all()}


def _store(area_id: Ints, first: Ints, last: Ints) -> None:
    """Cut at the edges of chunks, send through a temporary table, and unite with what is there."""
    start = first // CHUNK
    pieces = (last - 1) // CHUNK - start + 1
    run = np.repeat(np.arange(len(first)), pieces)
    chunk = (start[run] + np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) * CHUNK
    rows = np.zeros(
        len(run), np.dtype([("fields", ">i2"), *((name, ">i4,>i8") for name in ("a", "s", "l", "h"))])
    )
    rows["fields"] = 4
    values = (area_id[run], chunk, np.maximum(first[run] - chunk, 0), np.minimum(last[run] - chunk, CHUNK))
    for name, value in zip("aslh", values, strict=True):
        rows[name]["f0"], rows[name]["f1"] = 8, value
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        with cursor.copy("COPY inventory_arriving FROM STDIN (FORMAT binary)") as arriving:
            arriving.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")
        cursor.execute(_INSERT)
        cursor.execute("DROP TABLE inventory_arriving")

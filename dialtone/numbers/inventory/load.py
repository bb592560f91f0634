"""Put a delivery's numbers into the inventory: make the plan, look at it, store it in one transaction. Operator's scope.

    plan = load.plan_load(file.read_bytes(), "july.csv", progress=show)
    ...                                   # plan.new, plan.bad, plan.overlaps, plan.doubts, plan.by_area()
    load.apply(plan)

`ranges.py` knows how a file is read, `doubts.py` what looks wrong in it. Loading the same file again changes nothing; a load that
was interrupted has changed nothing and is simply made again. A delivery that comes as a job is in `deliver.py`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from django.conf import settings
from django.db import connection

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory import doubts, packing, ranges, replica
from dialtone.numbers.inventory import problems as _problems  # noqa: F401  registers the codes
from dialtone.numbers.inventory.models import Area, Delivery, DeliveryFile
from dialtone.numbers.inventory.ranges import AreaKey, Delivered, Plan, Progress

if TYPE_CHECKING:  # the compiler that it loads is for searches only
    from dialtone.numbers.inventory.pages import Ints

CHUNK = 10_000
KEPT = 20_000  # bad rows and overlaps that are kept one by one with a delivery
# A row that does not name its carrier is delivered by the simulated one, or by whoever the desk works with.
CARRIERS = {True: "sandbox", False: "desk"}

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('inventory load', 0))"
_TEMPORARY = """
    CREATE TEMPORARY TABLE inventory_arriving (area_id bigint, start bigint, low bigint, high bigint) ON COMMIT DROP"""
_INSERT = """
    INSERT INTO numbers_chunk AS k (start, area_id, runs)
    SELECT start, area_id, range_agg(int4range(low::integer, high::integer)) FROM inventory_arriving GROUP BY start, area_id
    ON CONFLICT (start, area_id) DO UPDATE SET runs = k.runs + excluded.runs"""
_LEAVING = """
    CREATE TEMPORARY TABLE inventory_leaving ON COMMIT DROP AS
    SELECT start, area_id, range_agg(int4range(low::integer, high::integer)) AS runs FROM inventory_arriving
    GROUP BY start, area_id"""
_DELETE = (
    """DELETE FROM numbers_chunk k USING inventory_leaving l
       WHERE k.start = l.start AND k.area_id = l.area_id AND k.runs <@ l.runs""",
    """UPDATE numbers_chunk k SET runs = k.runs - l.runs FROM inventory_leaving l
       WHERE k.start = l.start AND k.area_id = l.area_id AND k.runs && l.runs""",
)


def plan_load(
    file: bytes | Callable[[], BinaryIO],
    name: str = "",
    *,
    content_hash: str = "",
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Read a CSV and work out what it would change; changes nothing. Raises Problem inventory.* for a file that is none."""
    content_hash = content_hash or (hashlib.sha256(file).hexdigest() if isinstance(file, bytes) else "")
    return work_out(file, delivered(), name=name, content_hash=content_hash, progress=progress)


def work_out(
    file: bytes | Callable[[], BinaryIO],
    known: Delivered,
    *,
    name: str,
    content_hash: str,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """`plan_load`, where what is in the database has been read already: this needs no database. Raises Problem inventory.*."""
    carrier = CARRIERS[settings.SANDBOX]
    try:
        plan = ranges.plan(
            file, known, name=name[:120], content_hash=content_hash, carrier=carrier, progress=progress
        )
    except ranges.Unreadable as refusal:
        raise Problem(refusal.code, field="/file", values=refusal.values) from refusal
    plan.doubts = doubts.doubts(plan, known, simulated=settings.SANDBOX)
    return plan


def apply(plan: Plan, *, simulated: bool = False) -> Delivery:
    """Store what the plan says, in the open transaction, as a delivery. A file that was loaded already changes nothing.

    Raises Problem: inventory.plan_outdated, inventory.nothing_to_load.
    """
    living = Delivery.objects.select_for_update().exclude(state__in=states.GONE)
    found = living.filter(content_hash=plan.content_hash).first()
    if found is not None and found.state == states.LOADED:
        return found
    if found is None:
        now, who = clock.now(), tenancy.actor().name[:160]
        found = Delivery(name=plan.name, content_hash=plan.content_hash, received_at=now, received_by=who)
    keep_plan(found, plan)
    file = DeliveryFile(delivery=found, spans=pack(plan), findings=findings_of(plan))
    return store(found, file, simulated=simulated, changes=plan.loads)


def store(delivery: Delivery, file: DeliveryFile, *, simulated: bool, changes: int) -> Delivery:
    """Add a planned delivery's spans, in the open transaction. `changes` is how often the inventory had been changed when the
    plan was made.

    Raises Problem: inventory.plan_outdated, inventory.nothing_to_load.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    if count_changes() != changes:
        raise Problem("inventory.plan_outdated")
    if delivery.report["rows"] == delivery.report["bad"]:
        raise Problem("inventory.nothing_to_load")
    areas, area, first, last = packing.unpack(bytes(file.spans or b""))
    ids = _area_ids(areas, simulated)
    _send(ids[area], first, last)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT)
        cursor.execute("DROP TABLE inventory_arriving")
    before = "" if delivery._state.adding else delivery.state
    delivery.state = states.LOADED
    delivery.settled_at, delivery.settled_by = clock.now(), delivery.settled_by or tenancy.actor().name[:160]
    delivery.due_at, delivery.run = None, None
    delivery.version += 1 if before else 0
    delivery.save()
    file.content = None
    file.save()
    tell_everybody()
    report = delivery.report
    record.change(
        delivery,
        "numbers_loaded",
        name=delivery.name,
        facts={name: report[name] for name in ("rows", "new", "already", "bad")},
        moves=[Moved(Delivery.SUBJECT, delivery.id, before, states.LOADED, "loaded")],
    )
    return delivery


def take_out(file: DeliveryFile) -> None:
    """Offer a loaded delivery's numbers no more, in the open transaction. Those in customers' hands stay there."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    areas, area, first, last = packing.unpack(bytes(file.spans or b""))
    ids = _area_ids(areas, simulated=False)
    _send(ids[area], first, last)
    with connection.cursor() as cursor:
        cursor.execute(_LEAVING)
        for statement in _DELETE:
            cursor.execute(statement)
        cursor.execute("DROP TABLE inventory_arriving, inventory_leaving")
    tell_everybody()


def keep_plan(delivery: Delivery, plan: Plan) -> None:
    """What a plan says, in the delivery's own columns."""
    delivery.report = {**plan.report(), "changes": plan.loads}
    delivery.numbers = plan.new
    delivery.rows_read = delivery.rows_total = plan.rows


def pack(plan: Plan) -> bytes:
    """The spans that a plan adds."""
    return packing.pack(plan.areas, plan.area, plan.first, plan.last)


def findings_of(plan: Plan) -> bytes:
    """Bad rows and overlaps, one by one."""
    found = {
        "bad": [list(row) for row in plan.bad[:KEPT]],
        "overlaps": [list(each) for each in plan.overlaps[:KEPT]],
    }
    return gzip.compress(json.dumps(found, separators=(",", ":")).encode(), 6)


def delivered() -> Delivered:
    """What is in the database, and which numbers customers have."""
    keys = {area.id: _key(area) for area in Area.objects.order_by("id")}
    places = {area_id: position for position, area_id in enumerate(keys)}
    area, first, last = replica.delivered_runs()
    position = np.array([places[each] for each in np.unique(area).tolist()], np.int64)
    positions = position[np.unique(area, return_inverse=True)[1]] if len(area) else area
    return Delivered(list(keys.values()), positions, first, last, count_changes(), replica.taken_numbers())


def count_changes() -> int:
    """How often something was loaded or withdrawn so far."""
    there = Delivery.objects.filter(state__in=(states.LOADED, states.LEAVING)).count()
    return there + 2 * Delivery.objects.filter(state=states.WITHDRAWN).count()


def tell_everybody() -> None:
    """Every process reads the inventory again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT inventory_loaded()")
    replica.look_again()


def _key(area: Area) -> AreaKey:
    return AreaKey(*(getattr(area, name) for name in AreaKey._fields))


def _area_ids(keys: Sequence[AreaKey], simulated: bool) -> Ints:
    """The ids of areas, made where there are none."""
    Area.objects.bulk_create(
        [Area(**key._asdict(), is_simulated=simulated) for key in keys],
        ignore_conflicts=True,
        batch_size=2000,
    )
    ids = {_key(area): area.id for area in Area.objects.all()}
    return np.array([ids[key] for key in keys], np.int64)


def _send(area_id: Ints, first: Ints, last: Ints) -> None:
    """Cut spans at the edges of chunks, and send them into a temporary table."""
    start = first // CHUNK
    pieces = (last - 1) // CHUNK - start + 1
    run = np.repeat(np.arange(len(first)), pieces)
    chunk = (start[run] + np.arange(len(run)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) * CHUNK
    rows = np.zeros(
        len(run), np.dtype([("fields", ">i2"), *((name, ">i4,>i8") for name in ("a", "s", "l", "h"))])
    )
    rows["fields"] = 4
    values: tuple[Any, ...] = (
        area_id[run],
        chunk,
        np.maximum(first[run] - chunk, 0),
        np.minimum(last[run] - chunk, CHUNK),
    )
    for name, value in zip("aslh", values, strict=True):
        rows[name]["f0"], rows[name]["f1"] = 8, value
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        with cursor.copy("COPY inventory_arriving FROM STDIN (FORMAT binary)") as arriving:
            arriving.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")

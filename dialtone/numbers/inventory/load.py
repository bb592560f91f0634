"""Load number ranges from CSV: read everything, say what would happen, then apply it in one transaction.

Columns: first, last (or number), country, state, area_code, city, rate_center, kind, carrier. Rows that cannot be used are listed with
line, column, value and reason; the good ones can be loaded all the same. Loading the same file again changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import phonenumbers
from django.db import connection

from dialtone.base import clock, tenancy
from dialtone.base.text import search_key
from dialtone.numbers.inventory.bitmaps import BYTES, SIZE, Bits
from dialtone.numbers.inventory.models import Area, Chunk, RangeLoad

MOST_AT_ONCE = 10_000_000
MOST_BAD_ROWS = 10_000
KINDS = ("standard", "toll_free", "non_geographic")
NEEDED = ("country", "area_code", "kind")
AreaKey = tuple[str, str, str, str, str, str, str]


@dataclass(frozen=True)
class BadRow:
    """A row that was left out: where, what, and why (a code)."""

    line: int
    column: str
    value: str
    reason: str


@dataclass
class Plan:
    """What a file would change. `chunks` holds the new numbers by (start, area)."""

    content_hash: str
    name: str
    rows: int = 0
    new: int = 0
    already: int = 0
    twice: int = 0
    is_known_file: bool = False
    by_place: dict[str, int] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    bad_count: int = 0
    overlaps: list[tuple[int, str]] = field(default_factory=list)
    chunks: dict[tuple[int, AreaKey], Bits] = field(default_factory=dict)
    seen: dict[int, Bits] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """The plan in plain values, to show and to keep."""
        return {
            "rows": self.rows,
            "new": self.new,
            "already": self.already,
            "twice": self.twice,
            "bad": self.bad_count,
            "bad_rows": [[row.line, row.column, row.value, row.reason] for row in self.bad[:200]],
            "overlaps": [[line, number] for line, number in self.overlaps[:200]],
            "by_place": dict(sorted(self.by_place.items(), key=lambda pair: -pair[1])[:200]),
        }


def plan_load(content: bytes, name: str = "", *, progress: Callable[[int], None] | None = None) -> Plan:
    """Read a CSV and work out what it would change; reads the database, changes nothing."""
    plan = Plan(hashlib.sha256(content).hexdigest(), name[:120])
    plan.is_known_file = RangeLoad.objects.filter(content_hash=plan.content_hash).exists()
    delivered = _delivered()
    for line, row in _rows(content, plan):
        plan.rows += 1
        if progress is not None and plan.rows % 20_000 == 0:
            progress(plan.rows)
        read = _range(line, row, plan)
        if read is None:
            continue
        first, last, area = read
        _place(plan, delivered, line, first, last, area)
    return plan


def apply(plan: Plan, *, simulated: bool = False) -> RangeLoad:
    """Store what the plan says, in the open operator's transaction. Applying a file that was loaded already changes nothing."""
    known = RangeLoad.objects.filter(content_hash=plan.content_hash).first()
    if known is not None:
        return known
    areas = _areas({area for _start, area in plan.chunks}, simulated)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('numbers_inventory_seq')")
        version = (cursor.fetchone() or (0,))[0]
    present = {
        (chunk.start, chunk.area_id): chunk
        for chunk in Chunk.objects.filter(start__in={start for start, _area in plan.chunks})
    }
    made, changed = [], []
    for (start, area), bits in plan.chunks.items():
        chunk = present.get((start, areas[area]))
        if chunk is None:
            made.append(Chunk(start=start, area_id=areas[area], bits=bits.tobytes(), version=version))
        else:
            chunk.bits = (np.frombuffer(bytes(chunk.bits), dtype=np.uint8) | bits).tobytes()
            chunk.version = version
            changed.append(chunk)
    Chunk.objects.bulk_create(made, batch_size=1000)
    Chunk.objects.bulk_update(changed, ["bits", "version"], batch_size=500)
    return RangeLoad.objects.create(
        content_hash=plan.content_hash,
        name=plan.name,
        loaded_at=clock.now(),
        loaded_by=tenancy.actor().name,
        report=plan.report(),
    )


def _rows(content: bytes, plan: Plan) -> Iterator[tuple[int, dict[str, str]]]:
    text = content.decode("utf-8-sig", errors="replace")
    lines = io.StringIO(text, newline="")
    skipped = 0
    while text[lines.tell() : lines.tell() + 1] == "#":
        lines.readline()
        skipped += 1
    reader = csv.DictReader(lines)
    names = reader.fieldnames or []
    missing = [column for column in NEEDED if column not in names]
    if missing or not ({"first", "last"} <= set(names) or "number" in names):
        _refuse(plan, 1, ", ".join(missing) or "first", "", "column_missing")
        return
    for row in reader:
        yield (
            reader.line_num + skipped,
            {
                key: (value or "").strip()
                for key, value in row.items()
                if isinstance(key, str) and not isinstance(value, list)
            },
        )


def _range(line: int, row: dict[str, str], plan: Plan) -> tuple[int, int, AreaKey] | None:
    first_text = row.get("first") or row.get("number", "")
    last_text = row.get("last") or first_text
    ends = []
    for column, text in (("first", first_text), ("last", last_text)):
        digits = text.removeprefix("+").replace(" ", "").replace("-", "")
        if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
            return _refuse(plan, line, column, text, "not_a_number")
        ends.append(int(digits))
    first, last = ends
    if last < first:
        return _refuse(plan, line, "last", last_text, "ends_before_it_begins")
    if last - first >= MOST_AT_ONCE or len(str(first)) != len(str(last)):
        return _refuse(plan, line, "last", last_text, "too_many_numbers")
    kind = row["kind"]
    if kind not in KINDS:
        return _refuse(plan, line, "kind", kind, "unknown_kind")
    reason = _wrong_for_plan(first, row["country"], kind) or _wrong_for_plan(last, row["country"], kind)
    if reason:
        return _refuse(plan, line, "first", first_text, reason)
    area: AreaKey = (
        row["country"], kind, row.get("state", ""), row["area_code"], row.get("city", "")[:80],
        row.get("rate_center", "")[:60], row.get("carrier", "") or "sandbox",
    )  # fmt: skip
    return first, last, area


def _wrong_for_plan(number: int, country: str, kind: str) -> str:
    """Why a number cannot be inventory of a country (N9): emergency, short and premium numbers never are."""
    try:
        parsed = phonenumbers.parse(f"+{number}", None)
    except phonenumbers.NumberParseException:
        return "no_such_country_code"
    if str(number) != phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]:
        return "wrong_length"
    fictional = str(number)[:1] == "1" and str(number)[4:7] == "555"
    if not phonenumbers.is_valid_number(parsed) and not fictional:
        return "not_in_the_numbering_plan"
    found = phonenumbers.number_type(parsed)
    if found in (phonenumbers.PhoneNumberType.PREMIUM_RATE, phonenumbers.PhoneNumberType.SHARED_COST):
        return "premium_number"
    if (found == phonenumbers.PhoneNumberType.TOLL_FREE) != (kind == "toll_free") and not fictional:
        return "kind_differs"
    region = phonenumbers.region_code_for_country_code(parsed.country_code)
    main = {"CA": "US"}.get(country, country)
    return "" if region in (main, country) else "other_country"


def _refuse(plan: Plan, line: int, column: str, value: str, reason: str) -> None:
    plan.bad_count += 1
    if len(plan.bad) < MOST_BAD_ROWS:
        plan.bad.append(BadRow(line, column, value[:60], reason))


def _place(plan: Plan, delivered: dict[int, Bits], line: int, first: int, last: int, area: AreaKey) -> None:
    """Add a range to the plan; numbers that were delivered before, or stand in the file before, are counted, not added."""
    name = " ".join(part for part in (area[0], area[3], area[4]) if part)
    start = first - first % SIZE
    while start <= last:
        low, high = max(first, start), min(last, start + SIZE - 1)
        if low == high:
            wanted = np.zeros(BYTES, dtype=np.uint8)
            wanted[(low - start) >> 3] = 1 << ((low - start) & 7)
        else:
            inside = np.zeros(SIZE, dtype=bool)
            inside[low - start : high - start + 1] = True
            wanted = np.packbits(inside, bitorder="little")
        before = delivered.get(start)
        in_file = plan.seen.get(start)
        fresh = wanted
        if before is not None:
            plan.already += int(np.bitwise_count(fresh & before).sum())
            fresh = fresh & ~before
        if in_file is not None:
            doubled = int(np.bitwise_count(fresh & in_file).sum())
            if doubled:
                plan.twice += doubled
                if len(plan.overlaps) < 1000:
                    plan.overlaps.append((line, f"+{low}"))
            fresh = fresh & ~in_file
            in_file |= fresh
        else:
            plan.seen[start] = fresh.copy()
        count = int(np.bitwise_count(fresh).sum())
        if count:
            plan.new += count
            plan.by_place[name] = plan.by_place.get(name, 0) + count
            key = (start, area)
            known = plan.chunks.get(key)
            if known is None:
                plan.chunks[key] = fresh.copy()
            else:
                known |= fresh
        start += SIZE


def _delivered() -> dict[int, Bits]:
    found: dict[int, Bits] = {}
    for start, bits in Chunk.objects.values_list("start", "bits"):
        one = np.frombuffer(bytes(bits), dtype=np.uint8)
        found[start] = found[start] | one if start in found else one
    return found


def _areas(wanted: set[AreaKey], simulated: bool) -> dict[AreaKey, int]:
    names = ("country", "kind", "state", "area_code", "city", "rate_center", "carrier")
    Area.objects.bulk_create(
        [
            Area(**dict(zip(names, key, strict=True)), search_city=search_key(key[4]), is_simulated=simulated)
            for key in wanted
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    found = {}
    for area in Area.objects.all():
        key: AreaKey = (
            area.country, area.kind, area.state, area.area_code, area.city, area.rate_center, area.carrier,
        )  # fmt: skip
        found[key] = area.id
    return {key: found[key] for key in wanted}

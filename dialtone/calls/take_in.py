"""Take in a file of call records: each file once, each record once, what cannot be understood parked with why. Operator's scope.

A carrier's file is CSV with a header, or Parquet; `TITLES` says which titles mean which field. A run that was interrupted has changed
nothing and is simply made again; a file with records that are known already adds the others.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from dialtone.base import alone, clock, jobs, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.calls import parquet
from dialtone.calls.classify import call_type, country_of_other
from dialtone.calls.let_through import without_code
from dialtone.calls.models import CallRecord, ParkedRow, RecordFile
from dialtone.calls.reading import Parked, ReadCall, read_call
from dialtone.calls.rules import CallType
from dialtone.emergency import queries as emergency
from dialtone.emergency import report_call
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number, UsageInterval

BATCH = 2000
LARGEST = 512 * 1024 * 1024
TITLES = {
    "call_id": ("callid", "recordid", "id", "correlationid"),
    "direction": ("direction",),
    "start": ("start", "starttime", "startedat"),
    "answer": ("answer", "answertime", "answeredat"),
    "end": ("end", "endtime", "releasetime", "endedat"),
    "duration": ("duration", "seconds", "billsec"),
    "answered": ("answered",),
    "caller": ("caller", "from", "callingnumber", "source"),
    "called": ("called", "to", "callednumber", "destination", "dialled"),
    "outcome": ("outcome",),
    "line": ("line",),
}
FIELDS = {title: field for field, titles in TITLES.items() for title in titles}
NEEDED = ("call_id", "start", "caller", "called")


@dataclass
class _Taken:
    """What became of the rows so far."""

    rows: int = 0
    new: int = 0
    known: int = 0
    parked: list[ParkedRow] = field(default_factory=list)


def take_in(content: bytes, *, source: str, name: str = "") -> RecordFile:
    """Take in one file of `source` (a carrier's or switch's name). Answers what became of it; the same content again answers
    the first time's. Raises Problem records.file_* for what is no such file."""
    digest = hashlib.sha256(source.encode() + b"\0" + content).hexdigest()
    alone.until_commit("record file", digest)
    known = RecordFile.objects.filter(content_hash=digest).first()
    if known is not None:
        return known
    if len(content) > LARGEST:
        raise Problem("records.file_too_large", field="/file", values={"limit": LARGEST // 1024**2})
    now = clock.now()
    file = RecordFile.objects.create(
        source=source, name=name[:200], content_hash=digest, taken_at=now, rows=0, new=0, known=0, parked=0
    )
    taken = _Taken()
    rows = _rows(content)
    while batch := list(islice(rows, BATCH)):
        _take(batch, file, taken, now)
    ParkedRow.objects.bulk_create(taken.parked, batch_size=BATCH)
    file.rows, file.new, file.known, file.parked = taken.rows, taken.new, taken.known, len(taken.parked)
    _rate_soon(file, taken, file.id, now)
    file.save()
    record.change(
        file,
        "call_records_taken_in",
        name=file.name,
        facts={
            "source": source,
            "rows": file.rows,
            "new": file.new,
            "known": file.known,
            "parked": file.parked,
        },
    )
    return file


def try_again(parked_ids: Sequence[Any]) -> int:
    """Try parked rows again, after what kept them out was put right; answers how many are records now."""
    now = clock.now()
    waiting = ParkedRow.objects.select_for_update().filter(id__in=list(parked_ids), settled_at=None)
    by_file: defaultdict[RecordFile, list[ParkedRow]] = defaultdict(list)
    for row in waiting.select_related("file"):
        by_file[row.file].append(row)
    settled = 0
    for file, rows in by_file.items():
        taken = _Taken()
        before = uuid7()
        _take([(row.line, row.cells) for row in rows], file, taken, now)
        _rate_soon(file, taken, before, now)
        file.save()
        still = {row.line: row.code for row in taken.parked}
        for row in rows:
            row.code = still.get(row.line, row.code)
            row.settled_at = None if row.line in still else now
        ParkedRow.objects.bulk_update(rows, ["code", "settled_at"])
        settled += len(rows) - len(still)
        record.change(
            file, "parked_rows_tried_again", name=file.name, facts={"settled": len(rows) - len(still)}
        )
    return settled


def _rate_soon(file: RecordFile, taken: _Taken, since: UUID, now: datetime) -> None:
    """Have the new records rated; their ids are younger than `since`, and older ones of the file may still wait."""
    if taken.new:
        file.rate_from = since if file.rate_due_at is None else file.rate_from
        file.rate_due_at = now
        jobs.wake("due")


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by field) of each row; a row of another width has the cell "width". In Parquet, lines are rows, from 1."""
    return _parquet_rows(content) if content.startswith(parquet.MAGIC) else _csv_rows(content)


def _parquet_rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        for index, cells in enumerate(parquet.rows(content, FIELDS), start=1):
            if index == 1:
                _need_columns(cells)
            if any(cells.values()):
                yield index, cells
    except parquet.BeyondLimits as error:
        raise Problem("records.parquet_limits", field="/file", values=parquet.LIMITS) from error
    except parquet.NotReadable as error:
        raise Problem("records.parquet_unreadable", field="/file") from error


def _csv_rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("records.file_unreadable", field="/file") from error
    if "\0" in text:
        raise Problem("records.file_unreadable", field="/file")
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        fields = [FIELDS.get(parquet.title(title), "") for title in next(reader, [])]
        _need_columns(fields)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            found = {name: cell for name, cell in zip(fields, cells, strict=False) if name}
            if len(cells) != len(fields):
                found["width"] = str(len(cells))
            yield reader.line_num, found
    except csv.Error as error:
        raise Problem("records.file_unreadable", field="/file") from error


def _need_columns(fields: Container[str]) -> None:
    missing = [each for each in NEEDED if each not in fields]
    if missing:
        raise Problem("records.file_columns", field="/file", values={"columns": ", ".join(missing)})


def _take(
    rows: Iterable[tuple[int, Mapping[str, str]]], file: RecordFile, taken: _Taken, now: datetime
) -> None:
    """Turn some rows into records or parked rows; equal records, here or earlier, count once."""
    read: dict[tuple[str, str], tuple[int, Mapping[str, str], ReadCall]] = {}
    for line, cells in rows:
        taken.rows += 1
        try:
            if "width" in cells:
                raise Parked("records.width")
            call = read_call(cells, now)
            twin = read.setdefault((call.call_id, call.direction), (line, cells, call))
            if twin[0] != line:
                if twin[2] != call:
                    raise Parked("records.conflict")
                taken.known += 1
        except Parked as why:
            taken.parked.append(_parked(file, line, cells, why.code, now))
    earlier = {
        (each.call_id, each.direction): each
        for each in CallRecord.objects.filter(
            source=file.source, call_id__in={call_id for call_id, _ in read}
        )
    }
    holders = _holders([call.ours for *_, call in read.values()])
    made: list[CallRecord] = []
    phones: dict[str, Line | None] = {}
    for key, (line, cells, call) in read.items():
        before = earlier.get(key)
        if before is not None and _same(before, call):
            taken.known += 1
            continue
        number = _holder(holders, call)
        if before is not None or number is None:
            code = "records.conflict" if before is not None else "records.not_ours"
            taken.parked.append(_parked(file, line, cells, code, now))
            continue
        one = _record(file, call, number, now)
        made.append(one)
        if call.line:
            phones[call.call_id] = _of_phone(one, call.line)
    _with_owners([each for each in made if each.call_id not in phones])
    CallRecord.objects.bulk_create(made, batch_size=BATCH)
    taken.new += len(made)
    _report_emergencies(made, phones)


def _of_phone(made: CallRecord, name: str) -> Line | None:
    """The call is of the phone without a number that registers under this name: at its place, not that of the number it showed. A line
    that is gone by now leaves its place."""
    line = numbers.line_of_phone(name, made.customer_id)
    made.location_id = line.location_id if line else _place(name, made)
    if line is not None:
        made.owner_kind, made.owner_id, made.owner_name = line.owner_kind, line.owner_id, line.owner_name
    return line


def _place(name: str, made: CallRecord) -> UUID | None:
    try:
        told = UUID(name.partition(".")[2])
    except ValueError:
        return made.location_id
    found = Location.objects.filter(id=told, customer_id=made.customer_id).first()
    return found.id if found else made.location_id


def _report_emergencies(records: Sequence[CallRecord], phones: Mapping[str, Line | None]) -> None:
    """Whoever has to know of an emergency call is told, if the switch has not told them (E6)."""
    for made in records:
        if made.call_type == CallType.EMERGENCY and made.direction == "outbound":
            placed = report_call.Placed(
                made.call_id, made.started_at, made.called, made.caller, made.location_id, made.number_id
            )
            if (line := phones.get(made.call_id)) is not None:
                placed = replace(
                    placed,
                    caller=line.extension,
                    number_id=None,
                    callback=made.caller,
                    owner_id=line.owner_id,
                    address=_shown(made),
                )
            with tenancy.customer_scope(made.customer_id, made.partner_id):
                report_call.report(placed, report_call.RECORD)


def _shown(made: CallRecord) -> str:
    """What emergency services saw by the number that calls back."""
    found = emergency.shown_at(made.number_id, made.started_at) if made.number_id else None
    return found.one_line() if found else ""


def _parked(file: RecordFile, line: int, cells: Mapping[str, str], code: str, now: datetime) -> ParkedRow:
    kept = {name: cell[:200] for name, cell in cells.items() if name != "width"}
    if "called" in kept:
        kept["called"] = without_code(kept["called"])
    return ParkedRow(file=file, line=line, cells=kept, code=code, parked_at=now)


def _same(before: CallRecord, call: ReadCall) -> bool:
    return (before.started_at, before.ended_at, before.seconds, before.caller, before.called) == (
        call.started_at,
        call.ended_at,
        call.seconds,
        call.caller,
        call.called,
    )


def _holders(e164s: Sequence[str]) -> dict[str, list[Number]]:
    found: defaultdict[str, list[Number]] = defaultdict(list)
    for number in Number.objects.filter(e164__in=set(e164s)):
        found[number.e164].append(number)
    return found


def _holder(holders: Mapping[str, list[Number]], call: ReadCall) -> Number | None:
    """Whose number it was when the call began (M6)."""
    for number in holders.get(call.ours, ()):
        held = number.owned_during
        if held.lower <= call.started_at and (held.upper is None or call.started_at < held.upper):
            return number
    return None


def _record(file: RecordFile, call: ReadCall, number: Number, now: datetime) -> CallRecord:
    return CallRecord(
        partner_id=number.partner_id,
        customer_id=number.customer_id,
        source=file.source,
        call_id=call.call_id,
        direction=call.direction,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        seconds=call.seconds,
        caller=call.caller,
        called=call.called,
        other_country=country_of_other(call.other, number.country),
        call_type=call_type(call, number.country),
        number_id=number.id,
        location_id=number.location_id,
        outcome=call.outcome,
        file_id=file.id,
        taken_at=now,
    )


def _with_owners(records: Sequence[CallRecord]) -> None:
    """Fill in who had the number when the call began."""
    found: defaultdict[Any, list[UsageInterval]] = defaultdict(list)
    for each in UsageInterval.objects.filter(number_id__in={made.number_id for made in records}):
        found[each.number_id].append(each)
    for made in records:
        for had in found.get(made.number_id, ()):
            if had.from_at <= made.started_at and (had.until_at is None or made.started_at < had.until_at):
                made.owner_kind, made.owner_id, made.owner_name = had.owner_kind, had.owner_id, had.owner_name

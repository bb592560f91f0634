"""A carrier's delivery of numbers, read from CSV: which numbers are new, which were here before, which rows are no good.

Columns: `first` and `last`, or `number`; `country`, `kind` (standard or local, toll_free, non_geographic, mobile), `area_code`, and
if wanted `state`, `city`, `rate_center`, `carrier`. Numbers are E.164 digits, with or without the plus. A row is refused only on a
stated rule, and the others can be loaded all the same. Where rows lie over each other, the earlier one in the file has
the numbers; what was delivered before stays where it is. Pure: the database comes in as arrays (N9, BAD-CSV-*).
"""

from __future__ import annotations

import codecs
import csv
import io
import time
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray
from phonenumbers import PhoneNumberType

from dialtone.base.phone import EMERGENCY, SEPARATORS
from dialtone.numbers.inventory.numberplan import INVALID, NumberPlan, plan_of, siblings
from dialtone.numbers.inventory.query import KINDS

if TYPE_CHECKING:  # the compiler that it loads is for searches only
    from dialtone.numbers.inventory.pages import Ints

LARGEST_RANGE = 10_000_000
LARGEST_FILE = 500_000_000  # bytes
LONGEST_LINE = 1_000_000  # bytes
_PIECE = 1 << 20
MOST_ROWS = 5_000_000
MOST_LISTED = 100_000  # bad rows and overlaps that a plan lists one by one; all are counted
DEFAULT_CARRIER = "sandbox"

_COLUMNS = (
    "first",
    "last",
    "number",
    "country",
    "state",
    "area_code",
    "city",
    "rate_center",
    "kind",
    "carrier",
)
_LONGEST = {"state": 6, "area_code": 6, "city": 80, "rate_center": 40, "carrier": 30}
_TYPES = PhoneNumberType
# What libphonenumber's type may be for our kind of number.
_FITTING = {
    "standard": {_TYPES.FIXED_LINE, _TYPES.FIXED_LINE_OR_MOBILE, _TYPES.VOIP},
    "mobile": {_TYPES.MOBILE, _TYPES.FIXED_LINE_OR_MOBILE},
    "toll_free": {_TYPES.TOLL_FREE},
    "non_geographic": {_TYPES.UAN, _TYPES.VOIP, _TYPES.FIXED_LINE, _TYPES.FIXED_LINE_OR_MOBILE},
}
_NEVER = {_TYPES.PREMIUM_RATE: "premium_number", _TYPES.SHARED_COST: "premium_number"}


class Unreadable(Exception):
    """The file as a whole cannot be used: a code of `problems.py` and values for its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class AreaKey(NamedTuple):
    """What makes an area: numbers that share all of this belong together."""

    country: str
    kind: str
    state: str
    area_code: str
    city: str
    rate_center: str
    carrier: str


class BadRow(NamedTuple):
    """A row that is left out: where, what, and why (a code that doors put into words)."""

    line: int
    column: str
    value: str
    reason: str


class Overlap(NamedTuple):
    """Numbers [first, last) that two rows name; the row `line` does not get them. `other_line` 0: delivered before."""

    line: int
    other_line: int
    first: int
    last: int
    same_area: bool


class Doubt(NamedTuple):
    """Something that is allowed and looks wrong: a code that doors put into words, where, how many numbers, compared to what."""

    code: str
    place: str
    numbers: int
    other: str = ""


class Progress(NamedTuple):
    """How far reading has come; `left` is the estimated rest, in seconds."""

    rows: int
    total: int
    rate: float
    left: float


@dataclass(frozen=True)
class Delivered:
    """What is in the database: disjoint runs by first number, with positions in `areas`; `taken` are the numbers that customers
    have, in order; `loads` is how often something was loaded or withdrawn so far."""

    areas: Sequence[AreaKey]
    area: Ints
    first: Ints
    last: Ints
    loads: int = 0
    taken: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


NOTHING = Delivered([], np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass
class Plan:
    """What a file would change, before anything is changed."""

    name: str
    content_hash: str
    encoding: str = ""
    separator: str = ","
    rows: int = 0
    areas: list[AreaKey] = field(default_factory=list)
    area: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    first: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    last: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    already: int = 0  # numbers delivered before, for the same area
    elsewhere: int = 0  # numbers delivered before, for another area: they stay there
    duplicates: int = 0  # rows that only repeat an earlier row
    twice: int = 0  # numbers that several rows name
    bad: list[BadRow] = field(default_factory=list)
    bad_rows: int = 0
    overlaps: list[Overlap] = field(default_factory=list)
    overlapping: int = 0
    held: int = (
        0  # numbers of the file that customers have, hold or gave back not long ago: they stay with them
    )
    doubts: list[Doubt] = field(default_factory=list)
    loads: int = 0

    @property
    def new(self) -> int:
        """Numbers that would be added."""
        return int((self.last - self.first).sum())

    def by_area(self) -> list[tuple[AreaKey, int]]:
        """New numbers of each area, the largest first."""
        counts = np.bincount(self.area, self.last - self.first, len(self.areas)).astype(np.int64)
        order = np.argsort(-counts, kind="stable")
        return [(self.areas[each], int(counts[each])) for each in order if counts[each]]

    def by_country(self) -> dict[str, int]:
        """New numbers of each country."""
        found: dict[str, int] = {}
        for area, count in self.by_area():
            found[area.country] = found.get(area.country, 0) + count
        return found

    def reasons(self) -> dict[str, int]:
        """How many of the listed bad rows there are for each reason."""
        found: dict[str, int] = {}
        for row in self.bad:
            found[row.reason] = found.get(row.reason, 0) + 1
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def report(self) -> dict[str, object]:
        """The plan as plain values, to show and to keep; lists are shortened."""
        return {
            "name": self.name, "encoding": self.encoding, "separator": self.separator, "rows": self.rows, "new": self.new,
            "already": self.already, "elsewhere": self.elsewhere, "duplicates": self.duplicates, "twice": self.twice,
            "bad": self.bad_rows, "bad_rows": [list(row) for row in self.bad[:200]], "reasons": self.reasons(),
            "overlapping": self.overlapping, "overlaps": [list(each) for each in self.overlaps[:200]],
            "held": self.held, "doubts": [list(each) for each in self.doubts[:200]],
            "by_country": self.by_country(),
            "by_area": [[*area, count] for area, count in self.by_area()[:200]],
        }  # fmt: skip

    def refuse(self, line: int, column: str, value: str, reason: str) -> None:
        """Count a bad row, and list it while there is room."""
        self.bad_rows += 1
        if len(self.bad) < MOST_LISTED:
            self.bad.append(BadRow(line, column, value.strip()[:60], reason))

    def note(self, overlap: Overlap) -> None:
        """Count an overlap, and list it while there is room."""
        self.overlapping += 1
        if len(self.overlaps) < MOST_LISTED:
            self.overlaps.append(overlap)


@dataclass(frozen=True)
class Spans:
    """Runs of numbers [first, last), each with the position of its area, the line it came from, and its number of digits."""

    first: Ints
    last: Ints
    area: Ints
    line: Ints
    size: Ints

    def chosen(self, which: NDArray[np.bool_]) -> Spans:
        """Some of them."""
        return Spans(
            self.first[which], self.last[which], self.area[which], self.line[which], self.size[which]
        )


def plan(
    file: bytes | Callable[[], BinaryIO],
    known: Delivered = NOTHING,
    *,
    name: str = "",
    content_hash: str = "",
    carrier: str = DEFAULT_CARRIER,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Work out what a file would change; it is given as bytes, or as what opens it. `carrier` is whose the numbers are
    where a row does not say. Raises Unreadable when it is no such file at all."""
    made = Plan(name, content_hash, loads=known.loads)
    opened = (lambda: io.BytesIO(file)) if isinstance(file, bytes) else file
    made.encoding, lines = _looked_through(opened)
    rows = _Rows(made, known, carrier)
    with (
        opened() as stream,
        io.TextIOWrapper(
            stream,
            encoding="utf-8-sig" if made.encoding == "utf-8" else made.encoding,
            errors="replace",
            newline="",
        ) as text,
    ):
        spans = rows.read(text, lines, progress)
    spans = spans.chosen(_in_number_plan(made, spans))
    first, last, area = _disjoint(made, spans)
    made.held = _count_within(known.taken, first, last)
    made.first, made.last, made.area = _not_delivered(made, known, first, last, area)
    made.bad.sort()
    return made


class _Rows:
    """Reads rows, and sets the unusable ones aside."""

    def __init__(self, made: Plan, known: Delivered, carrier: str) -> None:
        self._made = made
        self._carrier = carrier
        made.areas = list(known.areas)
        self._place = {key: position for position, key in enumerate(made.areas)}
        self._prefixes = [plan_of(key.country).calling_code + key.area_code for key in made.areas]
        self._met: dict[tuple[str, ...], int | BadRow] = {}
        self._columns = [array("q") for _ in range(5)]

    def read(self, text: TextIO, total: int, progress: Callable[[Progress], None] | None) -> Spans:
        """The usable rows. Raises Unreadable."""
        made = self._made
        columns, previous = _header(text, made)
        reader = csv.reader(text, delimiter=made.separator, strict=True)
        skipped, began = previous, time.monotonic()
        in_first, in_last, in_number, *in_area = (columns.get(name, -1) for name in _COLUMNS)
        try:
            for row in reader:
                line = skipped + reader.line_num
                if line != previous + 1:
                    raise Unreadable("inventory.open_quote", line=previous + 1)
                previous = line
                if not any(row):
                    continue
                made.rows += 1
                if made.rows > MOST_ROWS:
                    raise Unreadable("inventory.too_large", limit=MOST_ROWS)
                if progress is not None and made.rows % 20_000 == 0:
                    rate = made.rows / max(time.monotonic() - began, 1e-9)
                    progress(Progress(made.rows, total, rate, max(0.0, (total - made.rows) / rate)))
                if len(row) != len(columns):
                    made.refuse(
                        line,
                        "",
                        ",".join(row),
                        "cells_missing" if len(row) < len(columns) else "cells_too_many",
                    )
                    continue
                start = row[in_first] if in_first >= 0 else ""
                end = row[in_last] if in_last >= 0 else ""
                if not start and in_number >= 0:
                    start = row[in_number]
                self._keep(
                    line, start, end or start, tuple([row[each] if each >= 0 else "" for each in in_area])
                )
        except csv.Error as error:
            code = "inventory.open_quote" if skipped + reader.line_num > previous + 1 else "inventory.not_csv"
            raise Unreadable(code, line=previous + 1) from error
        if not made.rows:
            raise Unreadable("inventory.no_rows")
        return Spans(*(np.array(column, np.int64) for column in self._columns))

    def _keep(self, line: int, start: str, end: str, described: tuple[str, ...]) -> None:
        area = self._met.get(described)
        if area is None:
            area = self._met[described] = self._area(described)
        if isinstance(area, BadRow):
            self._made.refuse(line, area.column, area.value, area.reason)
            return
        first, last = _digits(start), _digits(end)
        if first is None or last is None:
            column, text = ("first", start) if first is None else ("last", end)
            self._made.refuse(line, column, text, _why_no_number(text))
            return
        prefix = self._prefixes[area]
        column, reason = "last", ""
        if not first.startswith(prefix):
            column, reason = "first", self._why_other_prefix(first, area)
        elif len(first) != len(last):
            reason = "other_length"
        elif int(last) < int(first):
            reason = "ends_before_it_begins"
        elif int(last) - int(first) >= LARGEST_RANGE:
            reason = "range_too_large"
        elif not last.startswith(prefix):
            reason = self._why_other_prefix(last, area)
        if reason:
            self._made.refuse(line, column, start if column == "first" else end, reason)
            return
        for held, value in zip(
            self._columns, (int(first), int(last) + 1, area, line, len(first)), strict=True
        ):
            held.append(value)

    def _why_other_prefix(self, digits: str, area: int) -> str:
        calling_code = plan_of(self._made.areas[area].country).calling_code
        return "other_area_code" if digits.startswith(calling_code) else "other_country"

    def _area(self, described: tuple[str, ...]) -> int | BadRow:
        """The position of an area, or what is wrong with it."""
        told = dict(zip(_COLUMNS[3:], (" ".join(cell.split()) for cell in described), strict=True))
        told["country"], told["state"] = told["country"].upper(), told["state"].upper()
        for column, limit in _LONGEST.items():
            if len(told[column]) > limit:
                return BadRow(0, column, told[column], "too_long")
            if not told[column].isprintable():
                return BadRow(0, column, ascii(told[column]), "control_character")
        kind = KINDS.get(told["kind"].lower())
        if kind is None:
            return BadRow(0, "kind", told["kind"], "unknown_kind" if told["kind"] else "missing")
        try:
            numbers = plan_of(told["country"])
        except KeyError:
            return BadRow(0, "country", told["country"], "unknown_country" if told["country"] else "missing")
        code = told["area_code"]
        if code and not (code.isascii() and code.isdigit()):
            return BadRow(0, "area_code", code, "not_digits")
        if not code and kind == "standard" and numbers.calling_code == "1":
            return BadRow(0, "area_code", code, "missing")
        if numbers.calling_code == "44":
            code = code.removeprefix("0")  # written 020, dialled 20 from abroad
        if kind == "toll_free" and told["country"] == "CA":
            told["country"] = "US"  # one stock for both (ORD-17)
        carrier = told["carrier"] or self._carrier
        key = AreaKey(told["country"], kind, told["state"], code, told["city"], told["rate_center"], carrier)
        position = self._place.setdefault(key, len(self._made.areas))
        if position == len(self._made.areas):
            self._made.areas.append(key)
            self._prefixes.append(numbers.calling_code + code)
        return position


def _looked_through(opened: Callable[[], BinaryIO]) -> tuple[str, int]:
    """The encoding of a file and its number of lines, without keeping more than a piece of it in memory."""
    size = lines = unbroken = 0
    is_blank, encoding = True, "utf-8"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened() as stream:
        while piece := stream.read(_PIECE):
            if not size and piece.startswith((b"\xff\xfe", b"\xfe\xff")):
                encoding = "utf-16"
            binary = piece.startswith(b"PK\x03\x04") if not size else False
            if binary or (encoding != "utf-16" and b"\x00" in piece):
                raise Unreadable("inventory.not_csv", line=lines + 1)
            size += len(piece)
            if size > LARGEST_FILE:
                raise Unreadable("inventory.too_large", limit=LARGEST_FILE)
            is_blank = is_blank and not piece.strip()
            last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
            unbroken = len(piece) - last - 1 if last >= 0 else unbroken + len(piece)
            if unbroken > LONGEST_LINE:
                raise Unreadable("inventory.not_csv", line=lines + piece.count(b"\n") + 1)
            lines += piece.count(b"\n")
            if encoding == "utf-8":
                try:
                    decoder.decode(piece)
                except UnicodeDecodeError:
                    encoding = "windows-1252"
    if is_blank:
        raise Unreadable("inventory.empty")
    return encoding, lines + 1


def _header(lines: TextIO, made: Plan) -> tuple[dict[str, int], int]:
    """Where each column stands, and how many lines were read; before the header, # begins a remark."""
    header, read = lines.readline(), 1
    while header.startswith("#") or (header and not header.strip()):
        header, read = lines.readline(), read + 1
    made.separator = max(",;\t", key=header.count)
    names = [name.strip().strip('"').lower() for name in header.strip().split(made.separator)]
    has_numbers = "number" in names or {"first", "last"} <= set(names)
    missing = [name for name in ("country", "kind") if name not in names] + (
        [] if has_numbers else ["first", "last"]
    )
    if missing:
        raise Unreadable("inventory.column_missing", columns=", ".join(missing))
    odd = [name for place, name in enumerate(names) if name not in _COLUMNS or name in names[:place]]
    if odd:
        raise Unreadable("inventory.column_unknown", columns=", ".join(odd)[:200])
    return {name: place for place, name in enumerate(names)}, read


def _digits(text: str) -> str | None:
    """E.164 digits, or None."""
    if not (text.isascii() and text.isdigit()):
        text = text.strip().removeprefix("+").translate(SEPARATORS)
        if not (text.isascii() and text.isdigit()):
            return None
    return text if 7 <= len(text) <= 15 and text[0] != "0" else None


def _why_no_number(text: str) -> str:
    plain = text.strip().removeprefix("+").translate(SEPARATORS)
    if not plain:
        return "missing"
    if any(plain[skipped:] in EMERGENCY for skipped in range(4)):  # with a calling code before it, too
        return "emergency_number"
    return "short_number" if plain.isascii() and plain.isdigit() and len(plain) < 7 else "not_e164"


def _in_number_plan(made: Plan, spans: Spans) -> NDArray[np.bool_]:
    """Which spans the number plans allow as inventory of their kind (N9): whole ranges at once, exactly."""
    good = np.ones(len(spans.first), bool)
    groups = sorted({(key.country, key.kind) for key in made.areas})
    group_of = np.array([groups.index((key.country, key.kind)) for key in made.areas], np.int64)
    group = group_of[spans.area] if len(groups) else spans.area
    for nth, (country, kind) in enumerate(groups):
        numbers = plan_of(country)
        for size in np.unique(spans.size[group == nth]).tolist():
            mine = np.flatnonzero((group == nth) & (spans.size == size))
            length = size - len(numbers.calling_code)
            base = int(numbers.calling_code) * 10**length
            alone = spans.last[mine] - spans.first[mine] == 1
            types = np.zeros(len(mine), np.int64)
            types[alone] = numbers.types(spans.first[mine[alone]] - base, length)
            for place in np.flatnonzero(~(alone & np.isin(types, list(_FITTING[kind])))).tolist():
                row = int(mine[place])
                first, last = int(spans.first[row]), int(spans.last[row])
                for begin, _, found in numbers.segments(first - base, last - base, length):
                    if found not in _FITTING[kind]:
                        good[row] = False
                        column = "first" if begin + base == first else "last"
                        reason = _why_not_in_plan(numbers, begin, length, found)
                        made.refuse(int(spans.line[row]), column, f"+{begin + base}", reason)
                        break
    return good


def fits_plan(numbers: NumberPlan, kind: str, first: int, last: int) -> bool:
    """Whether all national numbers in [first, last) may be numbers of this kind."""
    return all(found in _FITTING[kind] for *_, found in numbers.segments(first, last, len(str(first))))


def _why_not_in_plan(numbers: NumberPlan, national: int, length: int, found: int) -> str:
    if found in _NEVER:
        return _NEVER[found]
    if found != INVALID:
        return "other_kind"
    if length not in numbers.lengths:
        return "wrong_length"
    one = np.array([national])
    others = any(plan_of(region).types(one, length)[0] != INVALID for region in siblings(numbers.region))
    return "other_country" if others else "not_in_number_plan"


def _disjoint(made: Plan, spans: Spans) -> tuple[Ints, Ints, Ints]:
    """(first, last, area) by first number, where each number stands once: with the earliest line that names it."""
    order = np.lexsort((spans.line, spans.first))
    first, last, area, line = spans.first[order], spans.last[order], spans.area[order], spans.line[order]
    opens = np.ones(len(first), bool)
    opens[1:] = first[1:] >= np.maximum.accumulate(last)[:-1]
    heads = np.flatnonzero(opens)
    sizes = np.diff(np.append(heads, len(first)))
    alone = np.repeat(sizes == 1, sizes)
    found = [[first[alone]], [last[alone]], [area[alone]]]
    for head, size in zip(heads[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        rows = range(head, head + size)
        heap = sorted((int(line[row]), int(first[row]), int(last[row]), int(area[row])) for row in rows)
        for column, values in zip(found, zip(*_first_come(made, heap), strict=True), strict=True):
            column.append(np.array(values, np.int64))
    merged = [np.concatenate(column) for column in found]
    order = np.argsort(merged[0], kind="stable")
    return merged[0][order], merged[1][order], merged[2][order]


def _first_come(made: Plan, rows: list[tuple[int, int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """What each of some overlapping rows (line, first, last, area), in the order of lines, gets."""
    starts: list[int] = []
    ends: list[int] = []
    owners: list[tuple[int, int]] = []  # line and area
    met: set[tuple[int, int, int]] = set()
    for line, first, last, area in rows:
        made.duplicates += (first, last, area) in met
        met.add((first, last, area))
        at, nth = first, bisect_right(ends, first)
        gaps = []
        while nth < len(starts) and starts[nth] < last:
            if starts[nth] > at:
                gaps.append((at, starts[nth]))
            low, high = max(at, starts[nth]), min(last, ends[nth])
            made.note(Overlap(line, owners[nth][0], low, high, owners[nth][1] == area))
            made.twice += high - low
            at = ends[nth]
            nth += 1
        if at < last:
            gaps.append((at, last))
        for low, high in gaps:
            nth = bisect_right(starts, low)
            starts.insert(nth, low)
            ends.insert(nth, high)
            owners.insert(nth, (line, area))
    for low, high, (_, area) in zip(starts, ends, owners, strict=True):
        yield low, high, area


def _not_delivered(
    made: Plan, known: Delivered, first: Ints, last: Ints, area: Ints
) -> tuple[Ints, Ints, Ints]:
    """The parts of the spans that nobody delivered before."""
    known = _joined(known)
    from_, to = np.searchsorted(known.last, first, "right"), np.searchsorted(known.first, last, "left")
    touched = from_ < to
    kept: list[tuple[int, int, int]] = []
    for row in np.flatnonzero(touched).tolist():
        at, end = int(first[row]), int(last[row])
        for nth in range(int(from_[row]), int(to[row])):
            low, high = max(at, int(known.first[nth])), min(end, int(known.last[nth]))
            if low > at:
                kept.append((at, low, int(area[row])))
            if known.area[nth] == area[row]:
                made.already += high - low
            else:
                made.elsewhere += high - low
                made.note(Overlap(0, 0, low, high, False))
            at = high
        if at < end:
            kept.append((at, end, int(area[row])))
    parts = np.array(kept, np.int64).reshape(-1, 3)
    return (
        np.concatenate([first[~touched], parts[:, 0]]),
        np.concatenate([last[~touched], parts[:, 1]]),
        np.concatenate([area[~touched], parts[:, 2]]),
    )


def _count_within(numbers: Ints, first: Ints, last: Ints) -> int:
    """How many of the numbers, ascending, lie in the spans."""
    return int((np.searchsorted(numbers, last) - np.searchsorted(numbers, first)).sum())


def _joined(known: Delivered) -> Delivered:
    """Sorted, with runs that touch made one."""
    order = np.argsort(known.first, kind="stable")
    first, last, area = known.first[order], known.last[order], known.area[order]
    begins = np.ones(len(first), bool)
    begins[1:] = (first[1:] != last[:-1]) | (area[1:] != area[:-1])
    ends = np.append(np.flatnonzero(begins)[1:], len(first)) - 1 if len(first) else np.zeros(0, np.int64)
    return Delivered(known.areas, area[begins], first[begins], last[ends])

"""Read long lists of numbers in one pass over their bytes: ten thousand lines take about a millisecond.

What is answered here is what `phone.parse_many` says with `quick.reader`, entry by entry (tests compare the three); what the pass is
not sure of is left to them. Entries that cannot be a number are only marked: why they are none is worked out when somebody reads it.
Source: performance.md, section 4 (a byte parser over the compiled plans).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from phonenumbers import PhoneMetadata, country_code_for_region

from dialtone.base.compiling import compiled, inlined
from dialtone.base.phone import MOST_DIGITS, SHORTEST, Patience, PhoneNumber, without_quotes
from dialtone.base.problems import Problem
from dialtone.numbers import quick
from dialtone.numbers.worldplan import Meaning, world_plan

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NO_NUMBER = -1  # in place of a meaning: cannot be a number
UNSURE = -2  # the library has to judge
NORTH_AMERICA = 1  # the calling code
_SHORTEST = quick.SHORTEST  # a name of this module, for the compiler
_FRONT_DIGITS = 4
_FRONTS = 10**_FRONT_DIGITS
_POWERS = np.array([10**exponent for exponent in range(19)], np.int64)
_INVERSES = 1.0 / _POWERS

_PLUS, _SPACE, _POINT, _NOUGHT = ord("+"), ord(" "), ord("."), ord("0")
_BETWEEN, _LETTER, _QUOTE, _STRIPPED, _OTHER, _DIGIT = 1, 2, 4, 8, 16, 32


def _kinds() -> Ints:
    """What each byte is in a list, as `phone.parse_many` splits and strips it; 0 for what `quick` passes over."""
    made = np.full(256, _OTHER, np.int64)
    for characters, kind in (
        (b"\r\n,;\t", _BETWEEN),
        (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER),
        (b"\"'", _QUOTE),
        (b"\x0b\x0c\x1c\x1d\x1e\x1f", _STRIPPED),
        (b" ().-/", 0),
        (b"0123456789", _DIGIT),
    ):
        made[list(characters)] = kind
    return made


_KINDS = _kinds()
# What a byte does to the number before it: times one and plus nothing, unless it is a digit. No branch for each byte.
_TIMES = np.where(_KINDS == _DIGIT, 10, 1)
_ADDS = np.where(_KINDS == _DIGIT, np.arange(256) - ord("0"), 0)


class _Bytes(NamedTuple):
    """Of each byte: what it is, and what it does to the number before it."""

    kinds: Ints
    times: Ints
    adds: Ints


class Tables(NamedTuple):
    """The plans of the world in flat arrays. A number of `n` digits that begins with the four digits `front` is looked for from
    fronts[n, front] to ends[n, front] (both flat)."""

    fronts: Ints
    ends: Ints
    starts: Ints
    which: Ints


class Rules(NamedTuple):
    """How a country's numbers are written. `adds`: the library puts digits before some (a district left out)."""

    code: int
    code_digits: int
    trunk: int
    trunk_digits: int
    shortest: int
    adds: bool


@dataclass
class Many:
    """A list as it was read, in columns: a row for each entry.

    `values` are the digits of E.164, 0 for an entry that is no number; `meanings` places in `world_plan().meanings`, or NO_NUMBER.
    `repeats` marks a number that an earlier row has. `judged` are the rows that the library read.
    """

    country: str
    text: bytes
    starts: Ints
    ends: Ints
    values: Ints
    meanings: Ints
    repeats: Flags
    judged: dict[int, tuple[str, PhoneNumber | Problem]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def raw(self, row: int) -> str:
        """What stood there."""
        if row in self.judged:
            return self.judged[row][0]
        return self.text[self.starts[row] : self.ends[row]].decode()

    def e164(self, row: int) -> str:
        """The number, "" for none."""
        return f"+{self.values[row]}" if self.values[row] else ""

    def problem(self, row: int) -> Problem | None:
        """Why the entry is no number, without the field."""
        if self.values[row]:
            return None
        if row in self.judged:
            read = self.judged[row][1]
            return read if isinstance(read, Problem) else None
        try:
            PhoneNumber.parse_form(self.raw(row), self.country)
        except Problem as problem:
            return problem
        raise AssertionError(f"the pass took a number of {self.country} for none")


def read(text: str, country: str) -> Many:
    """Everything in a pasted text, read as a person in this country (ISO code) means it."""
    content = np.frombuffer(text.encode(), np.uint8)
    room = len(content) // 2 + 1  # an entry has a character, and one that ends it
    starts, ends, values, meanings = (np.empty(room, np.int64) for _column in range(4))
    count = _pass(
        content,
        _Bytes(_KINDS, _TIMES, _ADDS),
        _POWERS,
        _rules(country),
        _tables(),
        starts,
        ends,
        values,
        meanings,
    )
    made = Many(
        country,
        content.tobytes(),
        starts[:count],
        ends[:count],
        values[:count],
        meanings[:count],
        np.zeros(0, np.bool_),
    )
    _judge(made)
    made.repeats = np.zeros(len(made), np.bool_)
    _mark_repeats(made.values, _room_for(len(made)), made.repeats)
    return made


@cache
def meaning(place: int) -> Meaning:
    """Country and kind for a place in the table of meanings, in the words of `PhoneNumber.country` and `.kind`."""
    found = world_plan().meanings[place]
    return Meaning(found.country, "standard") if found.kind in quick.STANDARD else found


def _judge(many: Many) -> None:
    """Have the library read what the pass was not sure of; one entry may turn out to be several, or nothing."""
    unsure = np.flatnonzero(many.meanings == UNSURE).tolist()
    if not unsure:
        return
    patience = Patience(many.country)
    told = [_told(patience, many.raw(row)) for row in unsure]
    rows = np.ones(len(many), np.int64)
    rows[unsure] = [len(each) for each in told]
    for name in ("starts", "ends", "values", "meanings"):
        setattr(many, name, np.repeat(getattr(many, name), rows))
    first = np.cumsum(rows) - rows
    for place, found in zip(unsure, told, strict=True):
        for row, (raw, read) in enumerate(found, start=int(first[place])):
            many.judged[row] = raw, read
            many.values[row] = read.digits if isinstance(read, PhoneNumber) else 0
            many.meanings[row] = _place(read) if isinstance(read, PhoneNumber) else NO_NUMBER


def _told(patience: Patience, raw: str) -> list[tuple[str, PhoneNumber | Problem]]:
    entry = without_quotes(raw)
    return patience.told(entry) if entry else []


def _place(number: PhoneNumber) -> int:
    """Where the plans say what the number means; NO_NUMBER for one that only the library knows (kept for examples)."""
    found = world_plan().find(number.e164[1:])
    return _places()[found] if found is not None and quick.meaning(number.e164) else NO_NUMBER


@cache
def _places() -> dict[Any, int]:
    return {meaning: place for place, meaning in enumerate(world_plan().meanings)}


@cache
def _tables() -> Tables:
    plan = world_plan()
    starts, which = [np.zeros(1, np.int64)], [np.full(1, -1, np.int64)]
    fronts, ends = (np.zeros((MOST_DIGITS + 1, _FRONTS), np.int64) for _table in range(2))
    count = 1  # the first says of what no plan knows that it is nothing
    for length in range(_SHORTEST, MOST_DIGITS + 1):
        if length not in plan.starts:
            ends[length] = 1
            continue
        own = np.array(plan.starts[length], np.int64)
        edges = np.arange(_FRONTS + 1) * 10 ** (length - _FRONT_DIGITS)
        fronts[length] = count + np.searchsorted(own, edges[:-1], "right") - 1
        ends[length] = count + np.searchsorted(own, edges[1:], "left")
        starts.append(own)
        which.append(np.array(plan.which[length], np.int64))
        count += len(own)
    return Tables(fronts.ravel(), ends.ravel(), np.concatenate(starts), np.concatenate(which))


@cache
def _rules(country: str) -> Rules:
    metadata = PhoneMetadata.metadata_for_region(country, None)
    code = country_code_for_region(country)
    trunk = (metadata.national_prefix or "") if metadata else ""
    lengths = metadata.general_desc.possible_length if metadata and metadata.general_desc else ()
    adds = metadata is None or metadata.national_prefix_transform_rule is not None
    return Rules(code, len(str(code)), int(trunk or 0), len(trunk), min(lengths, default=0), adds)


def _room_for(count: int) -> Ints:
    """An empty table for twice as many numbers: a power of two."""
    return np.zeros(1 << (2 * count + 1).bit_length(), np.int64)


@compiled
def _mark_repeats(values: Ints, table: Ints, repeats: Flags) -> None:
    """Mark each number that stands in an earlier row."""
    mask = len(table) - 1
    for row in range(len(values)):
        value = values[row]
        if value == 0:
            continue
        place = (value * 0x9E3779B1 >> 7) & mask
        while table[place] != 0 and table[place] != value:
            place = (place + 1) & mask
        repeats[row] = table[place] == value
        table[place] = value


@inlined
def _shortened(powers: Ints, value: int, by: int) -> int:
    """A number without its last digits: an integer division, in a third of the time of one."""
    found = int(value * _INVERSES[by])
    if found * powers[by] > value:
        return found - 1
    return found + 1 if (found + 1) * powers[by] <= value else found


@inlined
def _meaning(tables: Tables, powers: Ints, value: int, length: int) -> int:
    """Where the plans say what a number means; -1 if they know none."""
    if length > MOST_DIGITS or length < _SHORTEST:
        return -1
    front = length * _FRONTS + _shortened(powers, value, length - _FRONT_DIGITS)
    low = tables.fronts[front]
    high = tables.ends[front]
    while high - low > 1:
        middle = (low + high) >> 1
        if tables.starts[middle] <= value:
            low = middle
        else:
            high = middle
    return tables.which[low]


@compiled
def _pass(
    content: NDArray[np.uint8],
    of: _Bytes,
    powers: Ints,
    rules: Rules,
    tables: Tables,
    starts: Ints,
    ends: Ints,
    values: Ints,
    meanings: Ints,
) -> int:
    """Fill the columns, a row for each entry that is not empty; answers how many there are."""
    count = 0
    at = 0
    while at < len(content):
        for phase in range(3):  # spaces, quotes, spaces
            while at < len(content) and _goes(of.kinds, content[at], phase):
                at += 1
        begin = at
        is_plus = at < len(content) and content[at] == _PLUS
        if is_plus:
            at += 1
        value = 0
        size = 0
        found = 0
        while at < len(content):
            byte = content[at]
            kind = of.kinds[byte]
            if kind == _BETWEEN:
                break
            value = value * of.times[byte] + of.adds[byte]
            size += kind >> 5
            found |= kind
            at += 1
        end = at
        at += 1
        for phase in range(3):
            while begin < end and _goes(of.kinds, content[end - 1], phase):
                end -= 1
        if begin == end:
            continue
        if found & (_QUOTE | _STRIPPED):  # gone from the edges; one that is left is odd
            for place in range(begin, end):
                if of.kinds[content[place]] & (_QUOTE | _STRIPPED):
                    found |= _OTHER
        starts[count] = begin
        ends[count] = end
        values[count] = 0
        if content[end - 1] == _NOUGHT and end - begin > 1 and content[end - 2] == _POINT:
            found |= _OTHER  # decimals of a spreadsheet, not a digit
        if found & _LETTER:  # with a number's digits it may be a range or a link
            meanings[count] = NO_NUMBER if size < _SHORTEST else UNSURE
        elif found & _OTHER or size > MOST_DIGITS + 1:
            meanings[count] = UNSURE
        elif is_plus:
            meanings[count] = _read_international(value, size, powers, rules, tables, values, count)
        else:
            meanings[count] = _read_national(value, size, powers, rules, tables, values, count)
        count += 1
    return count


@inlined
def _goes(kinds: Ints, byte: int, phase: int) -> bool:
    """Whether a byte at an entry's edge is not part of it."""
    if phase == 1:
        return bool(kinds[byte] == _QUOTE)
    return bool(byte == _SPACE or kinds[byte] == _STRIPPED)


@inlined
def _read_international(
    value: int, size: int, powers: Ints, rules: Rules, tables: Tables, values: Ints, row: int
) -> int:
    """The meaning of digits after a plus, or UNSURE; the number itself goes to `values`. Those of other countries are the library's."""
    if size <= rules.code_digits or _shortened(powers, value, size - rules.code_digits) != rules.code:
        return UNSURE
    meaning = _meaning(tables, powers, value, size)
    if meaning < 0:
        return UNSURE
    values[row] = value
    return meaning


@inlined
def _read_national(
    value: int, size: int, powers: Ints, rules: Rules, tables: Tables, values: Ints, row: int
) -> int:
    """The meaning of digits without a plus, or NO_NUMBER, or UNSURE; the number itself goes to `values`."""
    otherwise = NO_NUMBER if SHORTEST <= size < rules.shortest and not rules.adds else UNSURE
    if size < _SHORTEST:
        return otherwise
    if 0 < rules.trunk_digits < size and _shortened(powers, value, size - rules.trunk_digits) == rules.trunk:
        whole = rules.code * powers[size] + value
        if _meaning(tables, powers, whole, size + rules.code_digits) >= 0:
            return UNSURE  # with the first digits or without: two numbers
        size -= rules.trunk_digits
        value -= rules.trunk * powers[size]
    whole = rules.code * powers[size] + value
    meaning = _meaning(tables, powers, whole, size + rules.code_digits)
    if meaning < 0:
        return otherwise
    values[row] = whole
    return meaning

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
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, country_code_for_region

from dialtone.base.compiling import compiled, inlined
from dialtone.base.phone import MOST_DIGITS, SHORTEST, Patience, PhoneNumber, with_thousands, without_quotes
from dialtone.base.problems import Problem
from dialtone.numbers import quick
from dialtone.numbers.worldplan import NOWHERE, Meaning, world_plan

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
NO_NUMBER = -1  # in place of a meaning: cannot be a number
UNSURE = -2  # the library has to judge
_SHORTEST = quick.SHORTEST  # a name of this module, for the compiler
_FRONT_DIGITS = 4
_FRONTS = 10**_FRONT_DIGITS
_POWERS = np.array([10**exponent for exponent in range(19)], np.int64)
_INVERSES = 1.0 / _POWERS

_POINT, _NOUGHT = ord("."), ord("0")
_LETTER, _QUOTE, _STRIPPED, _OTHER, _BLANK, _PLUS = 1, 2, 4, 8, 16, 32
_EDGE = _QUOTE | _STRIPPED | _BLANK  # no part of an entry that begins or ends with it
_BETWEEN = -1
# Of each byte in one word: its kind, whether it counts as a digit, what the number before it is multiplied by, what is added to it.
_KIND, _COUNT, _TIMES, _BYTE = 17, 16, 8, 0xFF


def _words() -> NDArray[np.int32]:
    """What each byte is in a list, as `phone.parse_many` splits and strips it; no kind for what `quick` passes over."""
    kinds = np.full(256, _OTHER, np.int32)
    for characters, kind in (
        (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER),
        (b"\"'", _QUOTE),
        (b"\x0b\x0c\x1c\x1d\x1e\x1f", _STRIPPED),
        (b" ", _BLANK),
        (b"+", _PLUS),
        (b"().-/", 0),
        (b"0123456789", 0),
    ):
        kinds[list(characters)] = kind
    made = kinds << _KIND | 1 << _TIMES
    for digit in range(10):
        made[ord("0") + digit] = 1 << _COUNT | 10 << _TIMES | digit
    made[list(b"\r\n,;\t")] = _BETWEEN
    return made


_WORDS = _words()


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
    content = np.frombuffer(with_thousands(text).encode(), np.uint8)
    room = len(content) // 2 + 1  # an entry has a character, and one that ends it
    starts, ends, values, sizes, kinds = (np.empty(room, np.int64) for _column in range(5))
    count = _cut(content, _WORDS, starts, ends, values, sizes, kinds)
    wholes, lengths, doubts, meanings = (np.zeros(count, np.int64) for _column in range(4))
    rules, tables = _rules(country), _tables()
    count = _arrange(
        content,
        _WORDS,
        rules,
        _abroad(),
        count,
        starts,
        ends,
        values,
        sizes,
        kinds,
        wholes,
        lengths,
        doubts,
        meanings,
    )
    found, doubted = (np.full(count, -1, np.int64) for _column in range(2))
    _find(*tables, wholes, lengths, found)
    if rules.trunk_digits:
        _find(*tables, doubts, lengths + rules.trunk_digits, doubted)
    values, repeats = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    _settle(wholes, found, doubted, values, meanings)
    made = Many(country, content.tobytes(), starts[:count], ends[:count], values, meanings[:count], repeats)
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


@cache
def _abroad() -> Flags:
    """By the first four digits of a number with its plus: whether the library takes it as it stands, whoever reads it.

    It takes a trunk prefix away even there (+44 0...), and in some countries (Argentina, Brazil, Mexico) more than a prefix.
    """
    sure = np.zeros(_FRONTS, np.bool_)
    for front in range(10 ** (_FRONT_DIGITS - 1), _FRONTS):
        digits = str(front)
        code = next(
            (digits[:size] for size in (1, 2, 3) if int(digits[:size]) in COUNTRY_CODE_TO_REGION_CODE), ""
        )
        if not code:
            continue
        region = COUNTRY_CODE_TO_REGION_CODE[int(code)][0]
        if region == NOWHERE:
            continue
        metadata = PhoneMetadata.metadata_for_region(region, None)
        if metadata is None or metadata.national_prefix_transform_rule is not None:
            continue
        pattern, begun = metadata.national_prefix_for_parsing or "", digits[len(code) :]
        taken = pattern.split("|") if pattern else []
        sure[front] = all(
            each.isdigit() and not each.startswith(begun) and not begun.startswith(each) for each in taken
        )
    return sure


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


# Each loop below is handed its arrays once: to hand an array to a function for every entry costs more than the work on it.


@compiled
def _cut(
    content: NDArray[np.uint8],
    words: NDArray[np.int32],
    starts: Ints,
    ends: Ints,
    values: Ints,
    sizes: Ints,
    kinds: Ints,
) -> int:
    """Where entries begin and end, their digits and how many, and the kinds of their other characters; answers how many there are."""
    count = begin = value = size = kind = 0
    for at in range(len(content) + 1):
        word = words[content[at]] if at < len(content) else _BETWEEN
        if word >= 0:
            value = value * (word >> _TIMES & _BYTE) + (word & _BYTE)
            size += word >> _COUNT & 1
            kind |= word
        else:
            if begin < at:
                starts[count] = begin
                ends[count] = at
                values[count] = value
                sizes[count] = size
                kinds[count] = kind >> _KIND
                count += 1
            begin = at + 1
            value = size = kind = 0
    return count


@compiled
def _arrange(
    content: NDArray[np.uint8],
    words: NDArray[np.int32],
    rules: Rules,
    abroad: Flags,
    count: int,
    starts: Ints,
    ends: Ints,
    values: Ints,
    sizes: Ints,
    kinds: Ints,
    wholes: Ints,
    lengths: Ints,
    doubts: Ints,
    meanings: Ints,
) -> int:
    """Of each entry that is not empty: which number (`wholes`, of so many digits) the plans are asked for, which other one it may
    also be (`doubts`), 0 for none, and what it is if they know none. Answers how many entries are left."""
    code, code_digits, trunk, trunk_digits, shortest, adds = rules
    kept = 0
    for row in range(count):
        begin, end, value, size, kind = starts[row], ends[row], values[row], sizes[row], kinds[row]
        if (words[content[begin]] | words[content[end - 1]]) >> _KIND & _EDGE:
            for edge in (_BLANK | _STRIPPED, _QUOTE, _BLANK | _STRIPPED):
                while begin < end and words[content[begin]] >> _KIND & edge:
                    begin += 1
                while begin < end and words[content[end - 1]] >> _KIND & edge:
                    end -= 1
            if begin == end:
                continue
        is_plus = words[content[begin]] >> _KIND == _PLUS
        if kind & (_QUOTE | _STRIPPED | _PLUS):  # gone from the edges; one that is left is odd
            kind = 0
            for place in range(begin + is_plus, end):
                kind |= words[content[place]] >> _KIND
        if content[end - 1] == _NOUGHT and end - begin > 1 and content[end - 2] == _POINT:
            kind |= _OTHER  # decimals of a spreadsheet, not a digit
        whole = doubt = 0
        otherwise = UNSURE
        if kind & _LETTER:  # with a number's digits it may be a range or a link
            otherwise = NO_NUMBER if size < _SHORTEST else UNSURE
        elif kind & (_OTHER | _QUOTE | _STRIPPED | _PLUS) or size > MOST_DIGITS + 1:
            pass
        elif is_plus:
            if size >= _SHORTEST and (
                _shortened(value, size - code_digits) == code
                or abroad[_shortened(value, size - _FRONT_DIGITS)]
            ):
                whole = value
        else:
            if SHORTEST <= size < shortest and not adds:
                otherwise = NO_NUMBER
            if size >= _SHORTEST:
                if 0 < trunk_digits < size and _shortened(value, size - trunk_digits) == trunk:
                    doubt = code * _POWERS[size] + value  # with the first digits or without: two numbers
                    size -= trunk_digits
                    value -= trunk * _POWERS[size]
                whole = code * _POWERS[size] + value
                size += code_digits
        starts[kept], ends[kept] = begin, end
        wholes[kept], lengths[kept], doubts[kept], meanings[kept] = whole, size, doubt, otherwise
        kept += 1
    return kept


@inlined
def _shortened(value: int, by: int) -> int:
    """A number without its last digits: an integer division, in a third of the time of one."""
    found = int(value * _INVERSES[by])
    if found * _POWERS[by] > value:
        return found - 1
    return found + 1 if (found + 1) * _POWERS[by] <= value else found


@compiled
def _find(
    fronts: Ints, ends: Ints, starts: Ints, which: Ints, asked: Ints, lengths: Ints, found: Ints
) -> None:
    """Where the plans say what each number means; what is there already (-1) if they know none, or none is asked for."""
    for row in range(len(found)):
        value, length = asked[row], lengths[row]
        if value == 0 or length > MOST_DIGITS or length < _SHORTEST:
            continue
        front = length * _FRONTS + _shortened(value, length - _FRONT_DIGITS)
        low, high = fronts[front], ends[front]
        while high - low > 1:
            middle = (low + high) >> 1
            if starts[middle] <= value:
                low = middle
            else:
                high = middle
        found[row] = which[low]


@compiled
def _settle(wholes: Ints, found: Ints, doubted: Ints, values: Ints, meanings: Ints) -> None:
    """Take what the plans know; who may mean two numbers is for the library."""
    for row in range(len(values)):
        if doubted[row] >= 0:
            meanings[row] = UNSURE
        elif found[row] >= 0:
            values[row], meanings[row] = wholes[row], found[row]

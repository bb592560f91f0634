"""Numbers as people bring them: pasted or in a file, in any spelling; each entry is answered. Pure.

Sources: PORT-08, PORT-14, PORT-24, SPK-17, SPK-18, SMB-24; H12 (5,000 numbers an order), H32 (toll-free numbers).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from dialtone.base import phone, tables
from dialtone.base.problems import Problem
from dialtone.base.tables import Column
from dialtone.countries.facts import Porting
from dialtone.numbers import many, quick

MOST_PASTED = 10_000
TOLL_FREE_PLAN = frozenset({"US", "CA"})
NEVER_PORTED = frozenset({"premium", "shared_cost", "pager"})
COLUMNS = (
    Column(
        "number",
        titles=(
            "phone number", "phone", "telephone", "telephone number", "tn", "did", "msisdn", "e164", "line",
            "telefon", "telefonnummer", "nummer", "rufnummer", "numéro", "numéro de téléphone", "téléphone",
            "numero", "numero di telefono", "telefono", "電話番号", "電話號碼",
        ),
    ),
    Column("billing_number", required=False, titles=("btn", "billing telephone number", "main number", "atn")),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One entry: what stood there, the number it means or why it means none, and the billing number beside it.

    `field` points at it as the door named the list ("/phoneNumbers/7"), or at the row of a file ("/file/7/number").
    """

    raw: str
    field: str
    e164: str = ""
    country: str = ""
    kind: str = ""
    problem: Problem | None = None
    repeats: bool = False
    billing_number: str = ""

    @property
    def is_good(self) -> bool:
        return self.problem is None and not self.repeats


class Numbers(NamedTuple):
    """Many numbers, side by side with the kind of each and the row that it stands in."""

    e164s: list[str]
    kinds: list[str]
    rows: list[int]


NO_NUMBERS = Numbers([], [], [])


class Pasted(Sequence[Entry]):
    """A pasted list as entries, each made when somebody looks at it: most lists are only counted and handed on (PORT-14).

    `is_good` and `repeats` say of all rows at once what an entry says of itself.
    """

    def __init__(self, read: many.Many, country: str, rules: Porting, field: str) -> None:
        self._read, self._country, self._rules, self._field = read, country, rules, field
        self.repeats = read.repeats
        self.is_good = (read.values != 0) & ~read.repeats & ~self._refused()

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, row: int) -> Entry: ...
    @overload
    def __getitem__(self, row: slice) -> list[Entry]: ...
    def __getitem__(self, row: int | slice) -> Entry | list[Entry]:
        if isinstance(row, slice):
            return [self[at] for at in range(*row.indices(len(self)))]
        at = range(len(self))[row]
        where = f"{self._field}/{at}"
        e164 = self._read.e164(at)
        if not e164:
            return Entry(self._read.raw(at), where, problem=_at(self._read.problem(at), where))
        country, kind = self._meaning(at)
        repeats = bool(self.repeats[at])
        problem = None if repeats else refusal(e164, country, kind, self._country, self._rules, where)
        return Entry(self._read.raw(at), where, e164, country, kind, problem, repeats)

    def good_numbers(self) -> Numbers:
        """The entries that can be used, each number once, in order."""
        rows = np.flatnonzero(self.is_good)
        listed = rows.tolist()
        places = self._read.meanings[rows].tolist()
        kinds = {place: many.meaning(place).kind for place in set(places) if place >= 0}
        return Numbers(
            list(map("+{}".format, self._read.values[rows].tolist())),
            [
                kinds[place] if place >= 0 else self._meaning(row)[1]
                for row, place in zip(listed, places, strict=True)
            ],
            listed,
        )

    def _meaning(self, row: int) -> tuple[str, str]:
        place = int(self._read.meanings[row])
        if place >= 0:
            found = many.meaning(place)
            return found.country, found.kind
        return _told(phone.PhoneNumber(self._read.e164(row)))[1:]

    def _refused(self) -> NDArray[np.bool_]:
        """Numbers that this country does not let into a port order: the same for all of one country and kind."""
        found = np.zeros(len(self._read), np.bool_)
        for place in np.unique(self._read.meanings).tolist():
            if place >= 0:
                meaning = many.meaning(place)
                told = refusal("", meaning.country, meaning.kind, self._country, self._rules, self._field)
                found |= (self._read.meanings == place) & (told is not None)
        for row in np.flatnonzero((self._read.meanings < 0) & (self._read.values != 0)).tolist():
            told = refusal("", *self._meaning(row), self._country, self._rules, self._field)
            found[row] = told is not None
        return found


def read_text(text: str, country: str, rules: Porting, *, field: str = "/phoneNumbers") -> Pasted:
    """Everything in a pasted text: between lines, commas, semicolons and tabs. Raises Problem porting.too_many_pasted."""
    read = many.read(text, country)
    _check_count(len(read), field)
    return Pasted(read, country, rules, field)


def read_api(
    texts: Sequence[str], country: str, rules: Porting, *, field: str = "/phoneNumbers"
) -> list[Entry]:
    """Numbers from a program: canonical E.164 and nothing else."""
    _check_count(len(texts), field)

    def entries() -> Iterable[Entry]:
        for index, text in enumerate(texts):
            where = f"{field}/{index}"
            try:
                number = phone.PhoneNumber.parse_api(text, where)
            except Problem as problem:
                yield Entry(str(text)[:40], where, problem=problem)
            else:
                yield Entry(str(text), where, *_told(number))

    return judged(entries(), country, rules)


def read_file(content: bytes, filename: str, country: str, rules: Porting) -> list[Entry]:
    """A CSV file or workbook: with a header its columns "number" and "BTN", without one every cell (SPK-17).

    Raises Problem table.*, porting.too_many_pasted.
    """
    rows = tables.read_cells(content, columns=COLUMNS, filename=filename, max_rows=MOST_PASTED)

    def entries() -> Iterable[Entry]:
        for row in rows:
            named = "number" in row.cells
            cells = {"number": row.cells["number"]} if named else row.cells
            billed = _number(row.cells.get("billing_number", ""), country) if named else ""
            for name, cell in cells.items():
                for each in phone.parse_many(cell, country, row.pointer(name), quick=quick.reader(country)):
                    problem = _at(each.problem, row.pointer(name))
                    yield Entry(
                        each.raw,
                        row.pointer(name),
                        *_told(each.number),
                        problem=problem,
                        billing_number=billed,
                    )

    found = judged(entries(), country, rules)
    _check_count(len(found), tables.FILE)
    return found


def judged(entries: Iterable[Entry], country: str, rules: Porting) -> list[Entry]:
    """Each entry with what this country says about it: another country's number, a kind that is not ported,
    toll-free where that is not possible, or a repetition of an earlier entry."""
    found: list[Entry] = []
    seen: set[str] = set()
    for each in entries:
        if each.problem is not None:
            found.append(each)
        elif each.e164 in seen:
            found.append(replace(each, repeats=True))
        else:
            seen.add(each.e164)
            problem = refusal(each.e164, each.country, each.kind, country, rules, each.field)
            found.append(replace(each, problem=problem) if problem else each)
    return found


def refusal(
    e164: str, number_country: str, kind: str, country: str, rules: Porting, field: str
) -> Problem | None:
    """Why a number cannot be in a port order of a location in this country; None when it can (PORT-07, H32).

    >>> from datetime import date
    >>> from dialtone import countries
    >>> us = countries.get("US", date(2026, 11, 24)).porting
    >>> refusal("+442079460999", "GB", "standard", "US", us, "/phoneNumbers/0").code
    'porting.other_country'
    """
    values = {"number": e164, "country": country}
    if kind == "toll_free":
        if not rules.toll_free:
            return Problem("porting.no_toll_free", field=field, values=values)
        if number_country == country or {number_country, country} <= TOLL_FREE_PLAN:
            return None
    if number_country != country:
        return Problem("porting.other_country", field=field, values=values)
    if kind in NEVER_PORTED:
        return Problem("porting.kind_not_ported", field=field, values={**values, "kind": kind})
    return None


def good_numbers(entries: Sequence[Entry]) -> Numbers:
    """The numbers that can be used, each once, in order."""
    if isinstance(entries, Pasted):
        return entries.good_numbers()
    rows = [row for row, each in enumerate(entries) if each.is_good]
    usable = [entries[row] for row in rows]
    return Numbers([each.e164 for each in usable], [each.kind for each in usable], rows)


def repeats(entries: Sequence[Entry]) -> list[bool]:
    """Of each entry, whether an earlier one is the same number."""
    return entries.repeats.tolist() if isinstance(entries, Pasted) else [each.repeats for each in entries]


def good(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that can be used, each number once."""
    return [each for each in entries if each.is_good]


def _told(number: phone.PhoneNumber | None) -> tuple[str, str, str]:
    """The number, its country and its kind."""
    if number is None:
        return "", "", ""
    found = quick.meaning(number.e164)
    return (number.e164, found.country, found.kind) if found else (number.e164, number.country, number.kind)


def _number(text: str, country: str) -> str:
    try:
        return phone.PhoneNumber.parse_form(text, country).e164 if text.strip() else ""
    except Problem:
        return ""


def _at(problem: Problem | None, field: str) -> Problem | None:
    return Problem(problem.code, field=field, values=problem.values) if problem else None


def _check_count(count: int, field: str) -> None:
    if count > MOST_PASTED:
        raise Problem("porting.too_many_pasted", field=field, values={"count": count, "limit": MOST_PASTED})

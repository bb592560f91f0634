"""What the text of a bill says: account number, billing number, names, address, date, numbers, and where each stands. Pure.

Bills differ in layout and language. So nothing is read by position: a value stands behind its label, under it in the same
column, or on the next line; labels are data by language (`bill_labels.yaml`). What cannot be read is left out, never guessed,
and a picture says that it was not read. Sources: PORT-05, PORT-27, SMB-23, SMB-25.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import yaml
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from dialtone.base.text import search_key
from dialtone.porting.bill_dates import find_date

MOST_NUMBERS = 6_000
LONGEST_RUN = 1_000
NEXT_LINES = 2
_GAP = re.compile(r"\s{2,}|\t")
_BEHIND = re.compile(r"^[\s:：.#№°|*-]+")
_UNTIL = re.compile(
    r"\s*(?:-|–|—|～|~|\bto\b|\btil\b|\btill\b|\bbis\b|\bà\b|\bau\b|\bal\b|\ba\b|から)\s*(\d{2,6})(?!\d)"
)
_ACCOUNT = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{2,39}")


@dataclass(frozen=True)
class Found:
    """A value and where it stands: page and line, both from 1, and the whole line for showing."""

    value: str
    page: int = 1
    line: int = 1
    text: str = ""

    @property
    def place(self) -> tuple[int, int]:
        return self.page, self.line


@dataclass(frozen=True)
class Bill:
    """What was read. `is_read` is False for pictures and for PDFs without text: then nothing else says anything."""

    is_read: bool = False
    account_number: Found | None = None
    billing_numbers: tuple[Found, ...] = ()
    company: tuple[Found, ...] = ()
    name: tuple[Found, ...] = ()
    dated_on: Found | None = None
    address: tuple[Found, ...] = ()
    numbers: Mapping[str, Found] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[Found, ...] = ()

    def find(self, text: str) -> Found | None:
        """The first line in which a text stands, whatever its case, accents and punctuation."""
        wanted = words(text)
        if not wanted:
            return None
        return next((each for each in self.lines if f" {wanted} " in f" {words(each.text)} "), None)

    def as_json(self) -> dict[str, Any]:
        return {
            "is_read": self.is_read,
            "account_number": _plain(self.account_number),
            "billing_numbers": [_plain(each) for each in self.billing_numbers],
            "company": [_plain(each) for each in self.company],
            "name": [_plain(each) for each in self.name],
            "dated_on": _plain(self.dated_on),
            "address": [_plain(each) for each in self.address],
            "numbers": {number: _plain(each) for number, each in self.numbers.items()},
            "groups": {btn: list(numbers) for btn, numbers in self.groups.items()},
            "lines": [[each.page, each.line, each.text] for each in self.lines],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Bill:
        if not kept or not kept.get("is_read"):
            return cls()
        lists = {
            name: tuple(Found(*each) for each in kept[name])
            for name in ("billing_numbers", "company", "name", "address")
        }
        return cls(
            is_read=True,
            account_number=Found(*kept["account_number"]) if kept["account_number"] else None,
            dated_on=Found(*kept["dated_on"]) if kept["dated_on"] else None,
            numbers={number: Found(*each) for number, each in kept["numbers"].items()},
            groups={btn: tuple(numbers) for btn, numbers in kept["groups"].items()},
            lines=tuple(Found(text, page, line, text) for page, line, text in kept["lines"]),
            **lists,
        )


def read(pages: Sequence[str], country: str) -> Bill:
    """Read a bill from the text of its pages."""
    lines = tuple(
        Found(text.strip(), page, number, text.rstrip())
        for page, whole in enumerate(pages, start=1)
        for number, text in enumerate(whole.splitlines(), start=1)
        if text.strip()
    )
    if not lines:
        return Bill()
    account = next((each for each in _labelled(lines, "account_number") if _is_account(each.value)), None)
    account = Found(_account(account.value), account.page, account.line, account.text) if account else None
    billing = _billing_numbers(lines, country)
    numbers = dict(_numbers(lines, country, account))
    for each in billing:
        numbers.setdefault(each.value, each)
    return Bill(
        is_read=True,
        account_number=account,
        billing_numbers=billing,
        company=tuple(_labelled(lines, "company")),
        name=tuple(_labelled(lines, "name")),
        dated_on=_date(lines, country),
        address=tuple(_labelled(lines, "address")),
        numbers=numbers,
        groups=_groups(billing, numbers),
        lines=lines,
    )


def words(text: str) -> str:
    """A text as its bare words, for comparing.

    >>> words("Müller & Söhne, GmbH.")
    'muller sohne gmbh'
    """
    return " ".join(re.sub(r"[^\w]+", " ", search_key(text)).split())


def bare(text: str) -> str:
    """A number or code as its bare letters and digits."""
    return re.sub(r"[^0-9a-z]", "", search_key(text))


def _labelled(lines: Sequence[Found], name: str) -> Iterator[Found]:
    """Every value that may stand with a label of this name: behind it, under it in its column, or on the next line."""
    for index, line in enumerate(lines):
        label = _label_in(line.text, name)
        if label is None:
            continue
        value, is_surely_its = _value_behind(line.text, label.end())
        if value:
            yield Found(value, line.page, line.line, line.text)
        if not is_surely_its:
            for below in lines[index + 1 : index + 1 + NEXT_LINES]:
                under = _value_under(below.text, label.start(), label.end())
                if under and not _is_label(under):
                    yield Found(under, below.page, below.line, below.text)
                    break


def _label_in(text: str, name: str) -> re.Match[str] | None:
    """The first label of a name in a line: at its beginning or after a gap, and not part of a longer word."""
    folded = _folded(text)
    others = _not_labels(name)
    if others is not None and others.search(folded):
        return None
    for found in _labels(name).finditer(folded):
        before, after = folded[: found.start()], folded[found.end() : found.end() + 1]
        begins = not before.strip() or before.endswith(("  ", "\t", ": ", "| "))
        ends = not (after.isalnum() and found.group().isascii())
        if begins and ends:
            return found
    return None


def _value_behind(text: str, end: int) -> tuple[str, bool]:
    """What stands behind a label on its own line, up to the next wide gap; and whether it surely is the label's own, not
    the next column's heading."""
    gap = text[end:]
    value = _GAP.split(_BEHIND.sub("", gap))[0].strip()
    if not value or _is_label(value):
        return "", False
    return value, bool(re.match(r"\s*[:：#]|\s?\S", gap))


def _value_under(text: str, start: int, end: int) -> str:
    """The column of a line that overlaps the label above it; a line without columns counts whole."""
    cells = [(each.start(), each.end(), each.group()) for each in re.finditer(r"\S+(?: \S+)*", text)]
    if len(cells) == 1:
        return cells[0][2].strip()
    return next((cell.strip() for begin, finish, cell in cells if begin < end and finish > start), "")


def _is_label(text: str) -> bool:
    folded = _folded(text).strip(" :：.#")
    return any(name != "not" and _labels(name).fullmatch(folded) for name in _table())


def _is_account(value: str) -> bool:
    return bool(_account(value)) and any(char.isdigit() for char in value)


def _account(value: str) -> str:
    found = _ACCOUNT.match(value.strip())
    return found.group().strip(" ./-") if found else ""


def _date(lines: Sequence[Found], country: str) -> Found | None:
    for each in _labelled(lines, "date"):
        day = find_date(each.value, country)
        if day is not None:
            return Found(day.isoformat(), each.page, each.line, each.text)
    return None


def _billing_numbers(lines: Sequence[Found], country: str) -> tuple[Found, ...]:
    found: dict[str, Found] = {}
    for each in _labelled(lines, "billing_number"):
        number = next((e164 for e164, _end in _matches(each.value, country)), "")
        if number:
            found.setdefault(number, Found(number, each.page, each.line, each.text))
    return tuple(found.values())


def _numbers(lines: Sequence[Found], country: str, account: Found | None) -> Iterator[tuple[str, Found]]:
    """Every telephone number on the bill, ranges written out. The account number is none."""
    count = 0
    not_it = bare(account.value) if account else ""
    for line in lines:
        for e164, end in _matches(line.text, country):
            if not_it and bare(e164).endswith(not_it):
                continue
            for number in _run(e164, line.text[end:]):
                count += 1
                if count > MOST_NUMBERS:
                    return
                yield number, Found(number, line.page, line.line, line.text)


def _matches(text: str, country: str) -> Iterator[tuple[str, int]]:
    for match in PhoneNumberMatcher(text, country, leniency=Leniency.VALID):
        yield phonenumbers.format_number(match.number, PhoneNumberFormat.E164), match.end


def _run(e164: str, rest: str) -> Iterable[str]:
    """A number, or the run it begins: "731-0100 to 0149"."""
    until = _UNTIL.match(rest)
    if until is None:
        return (e164,)
    tail = until.group(1)
    last = int(e164[1 : -len(tail)] + tail)
    first = int(e164[1:])
    if not 0 < last - first < LONGEST_RUN:
        return (e164,)
    return tuple(f"+{number}" for number in range(first, last + 1))


def _groups(billing: Sequence[Found], numbers: Mapping[str, Found]) -> dict[str, tuple[str, ...]]:
    """With several billing numbers: which numbers stand under which, from one heading to the next."""
    if len(billing) < 2:
        return {}
    ordered = sorted(billing, key=lambda each: each.place)
    found: dict[str, list[str]] = {each.value: [each.value] for each in ordered}
    for number, at in numbers.items():
        over = [each for each in ordered if each.place <= at.place]
        if over and number not in found:
            found[over[-1].value].append(number)
    return {btn: tuple(members) for btn, members in found.items()}


def _folded(text: str) -> str:
    """Folded for finding labels, character for character, so that places stay true."""
    return "".join(_fold(char) for char in text)


@cache
def _fold(char: str) -> str:
    key = search_key(char)
    return key if len(key) == 1 else char


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    told: dict[str, dict[str, list[str]]] = yaml.safe_load(
        Path(__file__).with_name("bill_labels.yaml").read_text()
    )
    return told


@cache
def _labels(name: str) -> re.Pattern[str]:
    """All labels of a name in all languages, the longest first; between their words any signs may stand."""
    every = {str(label) for labels in _table()[name].values() for label in labels}
    return _pattern(every)


@cache
def _not_labels(name: str) -> re.Pattern[str] | None:
    told = _table()["not"].get(name, [])
    return _pattern({str(label) for label in told}) if told else None


def _pattern(labels: set[str]) -> re.Pattern[str]:
    spelled = sorted((_folded(label) for label in labels), key=len, reverse=True)
    return re.compile("|".join(r"[\s°º.'’-]+".join(map(re.escape, label.split())) for label in spelled))


def _plain(found: Found | None) -> list[Any] | None:
    return [found.value, found.page, found.line, found.text] if found else None


def day_of(found: Found | None) -> date | None:
    """The day that a bill is of, if it could be read."""
    return date.fromisoformat(found.value) if found else None

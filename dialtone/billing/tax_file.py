"""Taxes that an operator enters by CSV: what a file would change is told first, then all is written to `taxes.yaml` of the data directory,
which holds instead of the table that comes with Dialtone. For US states and towns, whose taxes no open source knows.

    country,region,name,percent,each,currency,charges,from,source
    US,TX,Sales tax,6.25,,,,2026-01-01,Comptroller's page of 2025-12-01
    US,TX,911 fee,,0.50,USD,number,2026-01-01,

A line has `percent` of the charges, or `each` for every number; `charges` are kinds of charges with a space between them. A line that says
what is known changes nothing; one that says something else of the same name, place and day takes its place. A newer rate of a tax is
the same kind of tax (`vat`, `instead`) as the one before it. Pure but for `write`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from dialtone.base.money import currencies
from dialtone.billing import rules
from dialtone.billing.taxes import Rule

COLUMNS = ("country", "region", "name", "percent", "each", "currency", "charges", "from", "source")
KINDS = frozenset({rules.PLAN, rules.NUMBER, rules.SETUP, rules.USAGE, rules.WHOLESALE})
LARGEST = Decimal(1000)
KEPT = ("vat", "instead")  # of the line that is changed or followed: a file cannot say them

Line = Mapping[str, Any]


@dataclass
class Plan:
    """What a file changes; `whole` are the lines of the table afterwards."""

    added: list[Line] = field(default_factory=list)
    changed: list[tuple[Line, Line]] = field(default_factory=list)
    same: int = 0
    whole: list[Line] = field(default_factory=list)


def read(text: str) -> list[Line]:
    """The lines of a file as the table has them. Raises ValueError that says everything that is wrong, by line."""
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), restkey="more", restval="")
    missing = [each for each in ("country", "name", "from") if each not in (rows.fieldnames or ())]
    strange = [each for each in rows.fieldnames or () if each not in COLUMNS]
    if missing or strange:
        raise ValueError(_("Line 1: the columns are %(columns)s.") % {"columns": ", ".join(COLUMNS)})
    found: list[Line] = []
    wrong: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        try:
            line = _line({name: (value or "").strip() for name, value in row.items() if name != "more"})
            if "more" in row:
                raise ValueError(_("there are more values than columns"))
            first = seen.setdefault(_key(line), rows.line_num)
            if first != rows.line_num:
                raise ValueError(_("the same name, place and day as line %(first)s") % {"first": first})
            found.append(line)
        except ValueError as error:
            wrong.append(_("Line %(line)s: %(what)s.") % {"line": rows.line_num, "what": error})
    if wrong:
        raise ValueError("\n".join(wrong))
    if not found:
        raise ValueError(_("The file has no line of a tax."))
    return found


def plan(known: Sequence[Line], wanted: Sequence[Line]) -> Plan:
    """What the lines of a file change in a table."""
    made = Plan()
    before = {_key(each): each for each in known}
    after = dict(before)
    for line in wanted:
        old = before.get(_key(line))
        follows = old or _before(known, line)
        new = {**{name: follows[name] for name in KEPT if name in follows}, **line}
        if old is None:
            after[_key(line)] = new
            made.added.append(new)
            continue
        if Rule.read(dict(old)) == Rule.read(new):
            made.same += 1
        else:
            after[_key(line)] = new
            made.changed.append((old, new))
    made.whole = sorted(after.values(), key=_key)
    return made


def _before(known: Sequence[Line], line: Line) -> Line:
    """The line of the same name and place that this one follows; an empty one where there is none."""
    same = [each for each in known if _key(each)[:3] == _key(line)[:3] and each["from"] < line["from"]]
    return max(same, key=lambda each: each["from"], default={})


def table(file: Path) -> list[Line]:
    """The lines of a file of taxes."""
    return list(yaml.safe_load(file.read_text()) or [])


def write(lines: Sequence[Line], file: Path) -> None:
    """At once or not at all."""
    making = file.with_name(f"{file.name}.making")
    making.write_text(yaml.safe_dump([dict(each) for each in lines], sort_keys=False, allow_unicode=True))
    making.replace(file)


def shown(line: Line) -> str:
    """A line in one line."""
    place = " ".join(part for part in (line["country"], line.get("region", "")) if part)
    much = f"{line['percent']} %" if "percent" in line else f"{line['each']} {line.get('currency', '')}"
    return f"{place}: {line['name']}, {much}, from {line['from']}"


def is_nothing(line: Line) -> bool:
    """A tax of nothing: how one ends."""
    return Decimal(str(line.get("percent", line.get("each")))) == 0


def _key(line: Line) -> tuple[str, ...]:
    return line["country"], str(line.get("region", "")), str(line["name"]), str(line["from"])


def _line(row: Mapping[str, str]) -> Line:
    if len(row["country"]) != 2 or not row["country"].isascii() or not row["country"].isupper():
        raise ValueError(_("the country is two capital letters, such as US"))
    if not row["name"]:
        raise ValueError(_("the tax has no name"))
    found: dict[str, Any] = {name: row[name] for name in ("country", "region", "name") if row.get(name)}
    for name in ("percent", "each"):
        if row.get(name):
            found[name] = _amount(row[name])
    if ("percent" in found) == ("each" in found):
        raise ValueError(_("a tax has percent or each, one of them"))
    if ("each" in found) != bool(row.get("currency")) or row.get("currency", "") not in ("", *currencies()):
        raise ValueError(_("each has a currency such as USD, and percent has none"))
    if row.get("currency"):
        found["currency"] = row["currency"]
    kinds = (row.get("charges") or "").split()
    if not KINDS.issuperset(kinds):
        raise ValueError(_("charges are of %(kinds)s") % {"kinds": ", ".join(sorted(KINDS))})
    if kinds:
        found["charges"] = kinds
    try:
        found["from"] = date.fromisoformat(row["from"])
    except ValueError as error:
        raise ValueError(_("from is a day such as 2026-01-01")) from error
    if row.get("source"):
        found["source"] = row["source"]
    return {**found, "code": "Z" if Decimal(found.get("percent", 1)) == 0 else "S"}


def _amount(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(_("%(value)s is no number") % {"value": text}) from error
    if not amount.is_finite() or not 0 <= amount < LARGEST or "e" in text.lower():
        raise ValueError(
            _("%(value)s is not between 0 and %(most)s, written out") % {"value": text, "most": LARGEST}
        )
    return text

"""Make a carrier's delivery of numbers as large as they come: thousands of ranges, single numbers, and what goes wrong.

    .venv/bin/python -m tools.deliveries FILE.csv                27 million numbers: 27,000 ranges, a million single numbers
    .venv/bin/python -m tools.deliveries FILE.csv --scale 0.01   the same in small

Area codes and places are those of the sandbox; which numbers are delivered is made up, the same every time. Among the rows
are ranges that lie over others (of the same place and of another), rows that stand there twice, and bad rows of every
kind. `Delivery.truth` says, worked out number by number, what a loader must make of it.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dialtone.numbers.inventory.numberplan import plan_of
from dialtone.numbers.inventory.ranges import fits_plan

SANDBOX = Path(__file__).resolve().parents[1] / "dialtone" / "carriers" / "sandbox" / "ranges" / "us.csv"
COLUMNS = ("first", "last", "country", "state", "area_code", "city", "rate_center", "kind", "carrier")
CARRIER = "northwind"
RANGES = 27_000
SINGLES = 1_000_000
BLOCK = 1000
SEED = 20261125

# One row of each kind of mistake, as carriers' files have them: (cells, reason).
BAD = (
    (("+1 212 555", "", "US", "NY", "212", "New York", "", "local", ""), "wrong_length"),
    (("911", "", "US", "NY", "212", "New York", "", "local", ""), "emergency_number"),
    (("1411", "", "US", "NY", "212", "New York", "", "local", ""), "short_number"),
    (("1212207x000", "", "US", "NY", "212", "New York", "", "local", ""), "not_e164"),
    (("", "", "US", "NY", "212", "New York", "", "local", ""), "missing"),
    (("12122079999", "12122070000", "US", "NY", "212", "New York", "", "local", ""), "ends_before_it_begins"),
    (("12122070000", "1212207999", "US", "NY", "212", "New York", "", "local", ""), "other_length"),
    (("12120000000", "12139999999", "US", "NY", "", "", "", "toll_free", ""), "range_too_large"),
    (("19002070000", "19002070999", "US", "NY", "900", "New York", "", "local", ""), "premium_number"),
    (("14162070000", "14162070999", "US", "NY", "416", "New York", "", "local", ""), "other_country"),
    (("13122070000", "13122070999", "US", "NY", "212", "New York", "", "local", ""), "other_area_code"),
    (("12121110000", "12121110999", "US", "NY", "212", "New York", "", "local", ""), "not_in_number_plan"),
    (("12122070000", "12122070999", "US", "NY", "212", "New York", "", "toll_free", ""), "other_kind"),
    (("12122070000", "12122070999", "ZZ", "NY", "212", "New York", "", "local", ""), "unknown_country"),
    (("12122070000", "12122070999", "US", "NY", "212", "New York", "", "satellite", ""), "unknown_kind"),
    (("12122070000", "12122070999", "US", "NY", "2I2", "New York", "", "local", ""), "not_digits"),
    (("12122070000", "12122070999", "US", "NY", "", "New York", "", "local", ""), "missing"),
    (("12122070000", "12122070999", "US", "NY", "212", "x" * 81, "", "local", ""), "too_long"),
    (("12122070000", "12122070999", "US", "NY", "212", "New York", "", "local"), "cells_missing"),
    (("12122070000", "12122070999", "US", "NY", "212", "New York", "", "local", "", "?"), "cells_too_many"),
)

Row = tuple[str, ...]


@dataclass
class Truth:
    """What a loader must find: each number belongs to the first row that names it."""

    rows: int = 0
    ranges: int = 0
    singles: int = 0
    new: int = 0
    duplicates: int = 0  # rows that repeat an earlier one exactly
    twice: int = 0  # numbers named again
    bad: Counter[str] = field(default_factory=Counter)
    by_place: Counter[tuple[str, str]] = field(default_factory=Counter)  # (area code, city): new numbers


class Delivery:
    """One file. `rows()` makes it; `truth` is complete when all rows were made."""

    def __init__(self, scale: float = 1.0) -> None:
        self.truth = Truth()
        self._chance = random.Random(SEED)
        self._ranges, self._singles = max(int(RANGES * scale), 20), max(int(SINGLES * scale), 200)
        self._places = _places()
        self._owner: dict[int, np.ndarray] = {}  # block of a thousand: who has each number, 0 for nobody
        self._owners: dict[tuple[str, str], int] = {}
        self._seen: set[Row] = set()

    def write(self, path: Path) -> Truth:
        """The file; answers the truth about it."""
        with path.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows(self.rows())
        return self.truth

    def rows(self) -> Iterator[Row]:
        """All rows in a shuffled order, good and bad."""
        made = [*self._good(), *self._again(), *self._bad()]
        self._chance.shuffle(made)
        for row, reason in made:
            self._note(row, reason)
            yield row

    def _good(self) -> Iterator[tuple[Row, str]]:
        blocks = self._blocks()
        codes = sorted(blocks)
        self._made: list[tuple[int, int, Row]] = []
        for nth in range(self._ranges):
            code = codes[nth % len(codes)]
            first = blocks[code].pop()
            row = self._row(first, first + BLOCK - 1, code)
            self._made.append((first, first + BLOCK - 1, row))
            yield row, ""
        # Single numbers lie scattered over blocks of their own, fifty in each.
        left = self._singles
        while left > 0:
            for code in codes:
                block = blocks[code].pop()
                for step in sorted(self._chance.sample(range(BLOCK), min(50, left))):
                    yield self._row(block + step, None, code), ""
                left -= min(50, left)

    def _again(self) -> Iterator[tuple[Row, str]]:
        """Rows that repeat others, and ranges that lie over others."""
        for first, last, row in self._chance.sample(self._made, max(len(self._made) // 100, 3)):
            yield row, ""
            code = row[4]
            yield self._row(first + 500, last - 100, code), ""
            yield self._row(first + 900, last, code, city=f"New {row[5]}"), ""

    def _bad(self) -> Iterator[tuple[Row, str]]:
        for _ in range(max(self._ranges // 500, 1)):
            yield from BAD

    def _blocks(self) -> dict[str, list[int]]:
        """First numbers of blocks that the number plan allows, shuffled, by area code."""
        plan, found = plan_of("US"), dict[str, list[int]]()
        needed = (self._ranges + self._singles // 50) // len(self._places) + 20
        for code in sorted(self._places):
            base = int(code) * 10**7
            blocks = found[code] = []
            for exchange in self._chance.sample(range(200, 1000), 800):
                first = base + exchange * 10**4
                if fits_plan(plan, "standard", first, first + 10**4):
                    blocks += range(10**10 + first, 10**10 + first + 10**4, BLOCK)
                if len(blocks) > needed:
                    break
            self._chance.shuffle(blocks)
        return found

    def _row(self, first: int, last: int | None, code: str, city: str = "") -> Row:
        places = self._places[code]
        town, state, center = places[first // 10**4 % len(places)]
        return (
            str(first), "" if last is None else str(last), "US", state, code, city or town, center, "local", CARRIER
        )  # fmt: skip

    def _note(self, row: Row, reason: str) -> None:
        truth = self.truth
        truth.rows += 1
        if reason:
            truth.bad[reason] += 1
            return
        first = int(row[0])
        last = int(row[1] or first)
        truth.ranges += bool(row[1])
        truth.singles += not row[1]
        truth.duplicates += row in self._seen
        if row[1]:
            self._seen.add(row)
        place = row[4], row[5]
        owner = self._owners.setdefault(place, len(self._owners) + 1)
        numbers = self._owner.setdefault(first // BLOCK, np.zeros(BLOCK, np.int32))
        mine = numbers[first % BLOCK : last % BLOCK + 1]
        free = mine == 0
        count = int(free.sum())
        mine[free] = owner
        truth.new += count
        truth.twice += len(mine) - count
        truth.by_place[place] += count


def _places() -> dict[str, list[tuple[str, str, str]]]:
    """(city, state, rate centre) of each area code of the sandbox."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    with SANDBOX.open(newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            place = (row["city"], row["state"], row["rate_center"])
            if row["kind"] == "standard" and place not in found.setdefault(row["area_code"], []):
                found[row["area_code"]].append(place)
    return found


def main() -> None:
    """Write the file and say what is in it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--scale", type=float, default=1.0)
    told = parser.parse_args()
    truth = Delivery(told.scale).write(told.file)
    print(
        f"{truth.rows:,} rows ({truth.ranges:,} ranges, {truth.singles:,} single numbers, {truth.bad.total():,} bad): "
        f"{truth.new:,} numbers, {truth.duplicates:,} rows twice, {truth.twice:,} numbers named again"
    )


if __name__ == "__main__":
    main()

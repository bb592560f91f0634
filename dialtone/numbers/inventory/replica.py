"""This process's copy of the free inventory, and how it keeps up with the others.

The copy is read once (27 million numbers in about a second) and then follows `numbers_inventory_change`. A reader that asks for
"everything after row n" misses rows of transactions that were still open when n was read (measured: 0.14); so the
question is by transaction: everything from the oldest one that was open last time, less the rows seen already. Changes of
one number are told while its claim is locked, so their order in `seq` is their order in truth.

What the open transaction itself has changed and not committed is laid over the copy for the length of one search.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import phonenumbers
from django.db import connection

if TYPE_CHECKING:  # the compiler behind them takes half a second to load: only who searches has to
    from dialtone.numbers.inventory.engine import Inventory
    from dialtone.numbers.inventory.pages import Ints

LAG = 0.2  # seconds for which a copy may stand still; a bit that is late costs a buyer one more try

_CHANGES = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text,
        (SELECT oldest.seq FROM numbers_inventory_change oldest ORDER BY oldest.xid, oldest.seq LIMIT 1),
        c.xid = pg_current_xact_id_if_assigned(), c.seq, c.e164s, c.area_ids, c.is_free
    FROM (SELECT) one LEFT JOIN numbers_inventory_change c ON c.xid >= %s::xid8 ORDER BY c.seq"""
_HORIZON = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text, coalesce(max(seq), 0) FROM numbers_inventory_change"""
_PLACES = (
    "SELECT id, country, kind, state, area_code, city, rate_center, carrier, is_simulated FROM numbers_area"
)
# Numbers come packed by chunks: millions of them one by one would take six times as long to be handed over as to be read.
_RUNS = """
    COPY (SELECT string_agg(int8send(area_id) || int8send(start + lower(run)) || int8send(start + upper(run)), '')
    FROM numbers_chunk, unnest(runs) run GROUP BY start) TO STDOUT (FORMAT binary)"""
_TAKEN = """
    COPY (SELECT string_agg(int8send(area_id) || int8send(e164), '') FROM numbers_claim
    WHERE area_id IS NOT NULL GROUP BY e164 / 10000) TO STDOUT (FORMAT binary)"""
_CLAIMED = """
    COPY (SELECT string_agg(int8send(e164), '') FROM numbers_claim GROUP BY e164 / 10000) TO STDOUT (FORMAT binary)"""


class Change(NamedTuple):
    """One row of the table of changes; without numbers it says that ranges were loaded."""

    seq: int
    numbers: list[int] | None
    areas: list[int | None] | None
    is_free: bool

    def places(self) -> list[tuple[int, int]]:
        """(area, number) of the numbers that were delivered to us; ported ones have no area."""
        pairs = zip(self.areas or (), self.numbers or (), strict=True)
        return [(area, number) for area, number in pairs if area is not None]


class Replica:
    """The copy of one process. Threads take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._here = threading.local()
        self.forget()

    def forget(self) -> None:
        """Read everything again at the next search."""
        self._inventory: Inventory | None = None
        self._horizon = "0"  # the oldest transaction that may still have something to tell
        self._seen: set[int] = set()  # rows told by that one and younger ones
        self._newest = self._oldest = 0  # of the rows seen, and of those still there
        self._looked_at = float("-inf")

    def look_again(self) -> None:
        """Something has changed in this thread's transaction: the next search does not rest on what was read just now."""
        self._here.has_changed = True
        self._looked_at = float("-inf")

    @contextmanager
    def current(self) -> Iterator[Inventory]:
        """The inventory as the open transaction sees it."""
        with self._lock:
            mine: list[Change] = []
            if self._inventory is None:
                mine = self._read()
            elif getattr(self._here, "has_changed", False) or time.monotonic() - self._looked_at > LAG:
                mine = self._follow(self._inventory)
            self._here.has_changed = bool(mine)
            if self._inventory is None or any(change.numbers is None for change in mine):
                yield _read_inventory()  # ranges that this very transaction has loaded: a copy of its own
                return
            with _laid_over(self._inventory, mine):
                yield self._inventory

    def _read(self) -> list[Change]:
        """Read everything; answers what this transaction has changed."""
        self._seen = set()
        with connection.cursor() as cursor:
            cursor.execute(_HORIZON)
            self._horizon, self._newest = cursor.fetchone() or ("0", 0)
        _, mine = self._changes()
        self._looked_at = time.monotonic()
        self._inventory = None
        if any(change.numbers is None for change in mine):
            return mine
        inventory = _read_inventory()
        # What this transaction has changed is in there, and may yet be undone: back to what was before it.
        before: dict[tuple[int, int], bool] = {}
        for change in mine:
            for place in change.places():
                before.setdefault(place, not change.is_free)
        for place, free in before.items():
            _set(inventory, place, free)
        self._inventory = inventory
        return mine

    def _follow(self, inventory: Inventory) -> list[Change]:
        """Apply what others have committed; answers what this transaction has changed."""
        newest = self._newest
        others, mine = self._changes()
        self._looked_at = time.monotonic()
        if self._oldest > newest + 1 or any(change.numbers is None for change in others):
            return self._read()
        for change in others:
            places = np.array(change.places(), np.int64).reshape(-1, 2)
            (inventory.give_back if change.is_free else inventory.take)(places[:, 0], places[:, 1])
        return mine

    def _changes(self) -> tuple[list[Change], list[Change]]:
        """(told by others since the last look, told by this transaction), in the order in which they happened."""
        with connection.cursor() as cursor:
            cursor.execute(_CHANGES, [self._horizon])
            rows = cursor.fetchall()
        others, mine, seen = [], [], set()
        for horizon, oldest, is_mine, seq, *told in rows:
            self._horizon, self._oldest = horizon, oldest or 0
            if seq is None:
                continue
            if is_mine:
                mine.append(Change(seq, *told))
                continue
            seen.add(seq)
            if seq not in self._seen:
                others.append(Change(seq, *told))
        self._seen = seen
        self._newest = max(self._newest, max(seen, default=0))
        return others, mine


def _set(inventory: Inventory, place: tuple[int, int], free: bool) -> bool:
    area, number = np.array(place[:1]), np.array(place[1:])
    return bool(inventory.give_back(area, number) if free else inventory.take(area, number))


@contextmanager
def _laid_over(inventory: Inventory, mine: list[Change]) -> Iterator[None]:
    final = {place: change.is_free for change in mine for place in change.places()}
    changed = [(place, free) for place, free in final.items() if _set(inventory, place, free)]
    try:
        yield
    finally:
        for place, free in changed:
            _set(inventory, place, not free)


def _read_inventory() -> Inventory:
    from dialtone.numbers.inventory.engine import Inventory, Place, Runs

    with connection.cursor() as cursor:
        cursor.execute(_PLACES)
        places = [Place(*row, str(phonenumbers.country_code_for_region(row[1]))) for row in cursor.fetchall()]  # type: ignore[call-arg]
    inventory = Inventory(places, Runs(*delivered_runs()))
    inventory.take(*_columns(_TAKEN, 2))
    return inventory


def delivered_runs() -> tuple[Ints, Ints, Ints]:
    """(area id, first, last excluded) of all that was delivered, cut at the edges of chunks."""
    area, first, last = _columns(_RUNS, 3)
    return area, first, last


def taken_numbers() -> Ints:
    """The numbers that customers have, hold, or gave back not long ago, in order."""
    return np.sort(_columns(_CLAIMED, 1)[0])


def _columns(copy: str, count: int) -> list[Ints]:
    """What a COPY packs, so many integers for each: as columns."""
    with connection.cursor() as cursor, cursor.copy(copy) as rows:
        rows.set_types(["bytea"])
        data = b"".join(packed for (packed,) in rows.rows())
    table = np.frombuffer(data, ">i8").reshape(-1, count)
    return [table[:, nth].astype(np.int64) for nth in range(count)]


REPLICA = Replica()
look_again = REPLICA.look_again

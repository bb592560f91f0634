"""The inventory in memory: which areas there are, which of their numbers are free, and every question about them.

Pure numpy (numba where installed): no ORM, no clock. What it answers is a hint; the primary key of the table of claims
decides who gets a number (claims.py), so a bit that lags behind costs a buyer one more try and never sells a number twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from dialtone.base import compiling
from dialtone.base.text import search_key
from dialtone.numbers.inventory import kernels, pages, patterns, plain
from dialtone.numbers.inventory.kernels import Shelves, Window
from dialtone.numbers.inventory.pages import Ints
from dialtone.numbers.inventory.places import city_key
from dialtone.numbers.inventory.query import Cursor, Query

_FILTERS = ("country", "kind", "state", "area_code", "city", "rate_center", "carrier")
_FILTER_VALUES = attrgetter(*_FILTERS)
MOST_CHOICES = 256
MOST_RINGS = 4  # area codes, or cities, around which alternatives are looked for
EXCHANGE, AREA_CODE, CITY = "exchange", "area_code", "city"


@dataclass(frozen=True)
class Place:
    """What numbers of one area have in common: country, kind, and where they belong."""

    id: int
    country: str
    kind: str
    state: str
    area_code: str
    city: str
    rate_center: str
    carrier: str
    simulated: bool
    calling_code: str


@dataclass(frozen=True)
class Runs:
    """Numbers as runs, `first` included and `last` excluded, each with the id of its area. In any order, disjoint."""

    area_id: Ints
    first: Ints
    last: Ints


class Found(NamedTuple):
    """A free number, or a block of `size` consecutive ones. `nearness` says why an alternative was offered."""

    number: int
    size: int
    place: Place
    nearness: str = ""


@dataclass(frozen=True)
class Result:
    """One page. `total` is exact at the moment of the search; `after` leads to the next page, None on the last."""

    found: Sequence[Found]
    total: int
    after: Cursor | None


class Inventory:
    """All free numbers of an installation. `compiled=False` takes the numpy twins."""

    def __init__(
        self, places: Iterable[Place], runs: Runs, *, compiled: bool = compiling.numba is not None
    ) -> None:
        self.places = sorted(places, key=lambda place: place.id)
        self._ids = np.array([place.id for place in self.places], np.int64)
        self._codes = np.array(
            [(len(place.calling_code), len(place.area_code)) for place in self.places], np.int64
        ).reshape(-1, 2)
        self._chosen: dict[tuple[str, ...], Ints] = {}
        self._search = kernels if compiled else plain
        area = np.searchsorted(self._ids, runs.area_id)
        order = np.lexsort((runs.first, area))
        self.delivered = np.bincount(area, runs.last - runs.first, len(self.places)).astype(np.int64)
        self.pages = pages.build(len(self.places), area[order], runs.first[order], runs.last[order])

    @property
    def nbytes(self) -> int:
        """Memory of the numbers themselves, in bytes."""
        return self.pages.nbytes

    def take(self, area_ids: Ints, numbers: Ints) -> int:
        """Somebody has these now. Answers how many were free until then."""
        return self._mark(area_ids, numbers, False)

    def give_back(self, area_ids: Ints, numbers: Ints) -> int:
        """These are free again. Answers how many were taken until then."""
        return self._mark(area_ids, numbers, True)

    def search(self, query: Query) -> Result:
        """One page of what is asked for. The query has no `faults`."""
        areas = self._areas(query)
        window = self._window(areas, query)
        total, numbers, owners = self._find(areas, query, window)
        found = [
            Found(int(number), query.run, self.places[area])
            for number, area in zip(numbers[: query.limit], owners[: query.limit], strict=True)
        ]
        more = len(numbers) > query.limit
        return Result(found, total, Cursor(found[-1].place.id, found[-1].number) if more else None)

    def alternatives(self, query: Query, near: int | None = None, *, has_none: bool = False) -> list[Found]:
        """What comes nearest when the asked for cannot be had (H30, SPK-16): in the same exchange, then in the same area
        code, then in the same city; in each those with the digits that were asked for first, and with `near` the next
        higher numbers first. `has_none`: the query was asked and nothing fits it, so that places where it has looked are not
        searched for the same again."""
        offered: dict[int, Found] = {}
        looked_in = set(self._areas(query).tolist()) if has_none else set()
        for nearness, ring in self._rings(query, near):
            areas = self._areas(ring)
            if looked_in.issuperset(areas.tolist()) and _digits_of(ring) == _digits_of(query):
                continue
            window = self._window(areas, ring) if near is None else self._window_from(areas, ring, near)
            _, numbers, owners = self._find(areas, ring, window)
            for number, area in zip(numbers, owners, strict=True):
                offered.setdefault(int(number), Found(int(number), query.run, self.places[area], nearness))
            if len(offered) >= query.limit:
                break
        return list(offered.values())[: query.limit]

    def free_counts(self) -> Ints:
        """Free numbers of every area, in the order of `places`."""
        counts = np.zeros(len(self.places), np.int64)
        self._search.count_by_area(self.pages, counts)
        return counts

    def matching(self, query: Query) -> list[Place]:
        """The areas that a query's places (not its patterns) name."""
        return [self.places[area] for area in self._areas(query)]

    def find_place(self, area_id: int) -> Place | None:
        """The area with this id; None for one that this copy does not know (yet)."""
        position = int(np.searchsorted(self._ids, area_id))
        if position == len(self._ids) or self._ids[position] != area_id:
            return None
        return self.places[position]

    @cached_property
    def calling_codes(self) -> dict[str, str]:
        """The countries that have numbers, with their calling codes. Canada shares what the United States has (ORD-17)."""
        found = {place.country: place.calling_code for place in self.places}
        if "US" in found:
            found["CA"] = found["US"]
        return dict(sorted(found.items()))

    @cached_property
    def area_codes(self) -> dict[tuple[str, str], frozenset[str]]:
        """The area codes of each country and kind."""
        found: dict[tuple[str, str], set[str]] = {}
        for place in self.places:
            found.setdefault((place.country, place.kind), set()).add(place.area_code)
        return {key: frozenset(codes) for key, codes in found.items()}

    # What follows is how.

    def _mark(self, area_ids: Ints, numbers: Ints, free: bool) -> int:
        if not len(self._ids):
            return 0
        areas = np.minimum(np.searchsorted(self._ids, area_ids), len(self._ids) - 1)
        known = self._ids[areas] == area_ids
        return int(pages.mark(self.pages, areas[known], numbers[known], free))

    @cached_property
    def _by(self) -> dict[str, dict[str, Ints]]:
        """Areas by the folded value of each filter."""
        index: dict[str, dict[str, list[int]]] = {name: {} for name in _FILTERS}
        for position, place in enumerate(self.places):
            for name in _FILTERS:
                index[name].setdefault(_folded(name, getattr(place, name)), []).append(position)
        return {
            name: {value: np.array(held, np.int64) for value, held in values.items()}
            for name, values in index.items()
        }

    def _areas(self, query: Query) -> Ints:
        """Positions of the areas that all filters name, ascending; remembered, for people ask for the same places."""
        wanted = _FILTER_VALUES(query)
        areas = self._chosen.get(wanted)
        if areas is None:
            none = np.zeros(0, np.int64)
            parts = [
                self._by[name].get(_folded(name, value), none)
                for name, value in zip(_FILTERS, wanted, strict=True)
                if value
            ]
            areas = np.arange(len(self.places))
            for part in sorted(parts, key=len):
                areas = np.intersect1d(areas, part, assume_unique=True)
            if len(self._chosen) >= MOST_CHOICES:
                self._chosen.clear()
            self._chosen[wanted] = areas
        return areas

    def _window(self, areas: Ints, query: Query) -> Window:
        """Begin at a row of the chosen areas, and at a number in it, that the seed names."""
        if query.after is not None:
            after_area = int(np.searchsorted(self._ids, query.after.area_id))
        else:
            after_area = -1
        after = query.after.number if query.after else 0
        if not query.seed or not len(areas):
            return Window(query.limit + 1, 0, 0, after_area, after)
        sizes = self.pages.area_rows[areas + 1] - self.pages.area_rows[areas]
        ends = np.cumsum(sizes)
        if not ends[-1]:
            return Window(query.limit + 1, 0, 0, after_area, after)
        turn = query.seed * 0x9E3779B97F4A7C15 % 2**64  # spreads neighbouring seeds
        nth = (turn >> 20) % int(ends[-1])
        which = int(np.searchsorted(ends, nth, side="right"))
        row = int(self.pages.area_rows[areas[which]]) + nth - int(ends[which] - sizes[which])
        pivot = int(self.pages.page[row]) * pages.PAGE + turn % pages.PAGE
        return Window(query.limit + 1, int(areas[which]), pivot, after_area, after)

    def _window_from(self, areas: Ints, query: Query, near: int) -> Window:
        """Begin at the number itself, in the first area that has a row for it."""
        for area in areas.tolist():
            if pages.row_of(self.pages, area, near) >= 0:
                return Window(query.limit, area, near, -1, 0)
        return Window(query.limit, 0, 0, -1, 0)

    def _find(self, areas: Ints, query: Query, window: Window) -> tuple[int, list[int], list[int]]:
        empty = np.zeros((2, window.limit), np.int64)
        shelves = Shelves(empty, empty.copy(), np.zeros(2, np.int64))
        ready = patterns.prepare(patterns.constraints(query))
        room = kernels.room_for(ready)
        if query.run > 1:
            step = patterns.step_of(query.run)
            total = self._search.find_runs(
                self.pages, areas, self._codes, ready, query.run, step, window, shelves, room
            )
        else:
            total = self._search.find_numbers(self.pages, areas, self._codes, ready, window, shelves, room)
        kept = [slice(0, count) for count in shelves.count.tolist()]
        numbers = [
            number for row, part in zip(shelves.numbers, kept, strict=True) for number in row[part].tolist()
        ]
        owners = [area for row, part in zip(shelves.areas, kept, strict=True) for area in row[part].tolist()]
        return int(total), numbers[: window.limit], owners[: window.limit]

    def _rings(self, query: Query, near: int | None) -> Iterator[tuple[str, Query]]:
        """Where to look for alternatives, the nearest first."""
        home = self._home(query, near)
        if not home:
            return
        bare = replace(
            query, country=home[0].country, kind=home[0].kind, prefix="", exchange="", contains="", ends_with="",
            after=None, rate_center="", carrier="",
        )  # fmt: skip
        wide = replace(bare, area_code="", city="", state="")
        codes = list(dict.fromkeys(place.area_code for place in home if place.area_code))[:MOST_RINGS]
        cities = [(query.city, query.state)] if query.city else []
        cities = cities or list(dict.fromkeys((place.city, place.state) for place in home if place.city))
        exchange = query.exchange
        if near is not None:
            exchange = str(near)[len(home[0].calling_code) + len(home[0].area_code) :][:3]
        rings = (
            [(EXCHANGE, replace(wide, area_code=codes[0], exchange=exchange))] if codes and exchange else []
        )
        rings += [(AREA_CODE, replace(wide, area_code=code)) for code in codes]
        rings += [(CITY, replace(wide, city=city, state=state)) for city, state in cities[:MOST_RINGS]]
        for nearness, ring in rings:
            if query.contains or (query.ends_with and query.run == 1):
                yield nearness, replace(ring, contains=query.contains, ends_with=query.ends_with)
            yield nearness, ring

    def _home(self, query: Query, near: int | None) -> list[Place]:
        """The areas around which alternatives are looked for: the number's own, or those that the query names; where its
        area code and its city lie apart, those of either."""
        if near is not None:
            digits = str(near)
            found = [
                p for p in self.places if p.area_code and digits.startswith(p.calling_code + p.area_code)
            ]
            longest = max((len(place.area_code) for place in found), default=0)
            return [place for place in found if len(place.area_code) == longest]
        bare = replace(query, rate_center="", carrier="")
        tries = [bare] if query.area_code or query.city else []
        if query.area_code:
            tries.append(replace(bare, city="", state=""))
        if query.city:
            tries.append(replace(bare, area_code=""))
        return next((home for each in tries if (home := self.matching(each))), [])


def _digits_of(query: Query) -> tuple[object, ...]:
    """What a query asks of the digits, wherever."""
    return query.prefix, query.exchange, query.contains, query.ends_with, query.run


def _folded(name: str, value: str) -> str:
    return city_key(value) if name == "city" else search_key(value)

"""How much there is, and what has become of it: by country and kind, by place, by range. Operator's scope.

Every delivered number is in one of four states: free; held in somebody's cart; with a customer; or ageing, given back and not offered
to anybody else yet (N2, N4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.db import connection

from dialtone.numbers.inventory import replica
from dialtone.numbers.inventory.places import city_key, state_code
from dialtone.numbers.inventory.query import Query

if TYPE_CHECKING:  # the compiler that it loads is for searches only
    from dialtone.numbers.inventory.engine import Place

# Held and ageing claims are few and have indexes of their own; only those of numbers that are still delivered count.
_CLAIMED = """
    SELECT c.area_id, c.state, count(*) FROM numbers_claim c
    JOIN numbers_chunk k ON k.start = c.e164 - c.e164 % 10000 AND k.area_id = c.area_id
        AND (c.e164 % 10000)::integer <@ k.runs
    WHERE c.state = 'h' OR c.state = 'a' GROUP BY c.area_id, c.state"""
_RUNS = """
    SELECT start + lower(run), start + upper(run) FROM numbers_chunk, unnest(runs) run
    WHERE area_id = %s AND start >= %s AND start + upper(run) > %s ORDER BY 1 LIMIT %s"""
_COUNTED = """
    SELECT w.first, count(c.e164) FROM unnest(%s::bigint[], %s::bigint[]) w(first, last)
    LEFT JOIN numbers_claim c ON c.e164 >= w.first AND c.e164 < w.last GROUP BY w.first"""


@dataclass(frozen=True)
class Counts:
    """Numbers by what has become of them; `delivered` is their sum."""

    delivered: int = 0
    free: int = 0
    held: int = 0
    assigned: int = 0
    ageing: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass(frozen=True)
class Stock:
    """What there is of one country and kind, or of one place."""

    country: str
    kind: str
    areas: int
    counts: Counts
    place: Place | None = None


@dataclass(frozen=True)
class Run:
    """Consecutive numbers of one place, `first` to `last`, and how many of them are free."""

    first: str
    last: str
    size: int
    free: int


def by_place(
    *,
    country: str = "",
    kind: str = "",
    state: str = "",
    area_code: str = "",
    city: str = "",
    carrier: str = "",
) -> list[Stock]:
    """The places that pass the filters, in the order in which they were first delivered."""
    wanted = Query(
        country=country.upper(),
        kind=kind,
        state=state_code(country.upper(), state) if state else "",
        area_code=area_code,
        city=city_key(city),
        carrier=carrier,
    )
    held = _claimed()
    with replica.REPLICA.current() as inventory:
        delivered, free = inventory.delivered.tolist(), inventory.free_counts().tolist()
        position = {place.id: at for at, place in enumerate(inventory.places)}
        chosen = inventory.matching(wanted)
    found = []
    for place in chosen:
        at = position[place.id]
        if delivered[at]:
            in_carts, ageing = held.get((place.id, "h"), 0), held.get((place.id, "a"), 0)
            assigned = max(delivered[at] - free[at] - in_carts - ageing, 0)
            counts = Counts(delivered[at], free[at], in_carts, assigned, ageing)
            found.append(Stock(place.country, place.kind, 1, counts, place))
    return found


def by_kind(places: Iterable[Stock]) -> list[Stock]:
    """The same, added up by country and kind."""
    sums: dict[tuple[str, str], Stock] = {}
    for each in places:
        key = each.country, each.kind
        before = sums.get(key, Stock(*key, 0, Counts()))
        sums[key] = Stock(*key, before.areas + 1, before.counts + each.counts)
    return [sums[key] for key in sorted(sums)]


def total(places: Iterable[Stock]) -> Counts:
    """All of it."""
    return sum((each.counts for each in places), Counts())


def place(area_id: int) -> Stock | None:
    """One place by its id."""
    with replica.REPLICA.current() as inventory:
        found = inventory.find_place(area_id)
    if found is None:
        return None
    same = by_place(country=found.country, kind=found.kind, area_code=found.area_code)
    return next((each for each in same if each.place and each.place.id == area_id), None)


def runs(area_id: int, *, after: int = 0, most: int = 100) -> Sequence[Run]:
    """Consecutive delivered numbers of a place, from the number `after` on, by first number."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [area_id, after - after % 10_000, after, most * 10])
        pieces = cursor.fetchall()
    joined: list[list[int]] = []
    for first, last in pieces:
        if joined and joined[-1][1] == first:
            joined[-1][1] = last
        else:
            joined.append([max(first, after), last])
    shown = joined[:most]
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [[first for first, _ in shown], [last for _, last in shown]])
        claimed = dict(cursor.fetchall())
    return [
        Run(f"+{first}", f"+{last - 1}", last - first, last - first - claimed.get(first, 0))
        for first, last in shown
    ]


def _claimed() -> dict[tuple[int, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMED)
        return {(area_id, state): count for area_id, state, count in cursor.fetchall()}

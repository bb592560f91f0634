"""What is free where: the search that pages and the API call (ORD-04, ORD-06, ORD-13, ORD-20, ORD-25, SPK-13, SPK-15, SPK-16).

Answers come from this process's copy of the inventory (`replica.py`). A number shown is never promised: whoever orders it is
checked again by its claim (ORD-01). Values that are not well formed are refused by name; a place that does not exist
simply has no numbers.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dialtone.base import tenancy
from dialtone.base.address import states as states_of
from dialtone.base.problems import Problem, Problems
from dialtone.numbers.inventory import problems as _problems  # noqa: F401  registers the codes
from dialtone.numbers.inventory import replica
from dialtone.numbers.inventory.engine import Found, Inventory, Place
from dialtone.numbers.inventory.query import Cursor, Query, faults

BLOCK_SIZES = (10, 50, 100)  # ORD-21
MOST_ALTERNATIVES = 10
NORTH_AMERICA = ("US", "CA")
_WIRE = {"limit": "max", "run": "blockSize", "ends_with": "endsWith"}


@dataclass(frozen=True)
class Wish:
    """What to look for; empty values do not restrict.

    `block_size` asks for blocks of 10, 50 or 100; `consecutive` for any number of consecutive numbers, to be ordered one by
    one (SPK-13). `quantity` is how many the system should pick (ORD-14). Patterns: see `query.py`.
    """

    country: str = "US"
    kind: str = "standard"
    state: str = ""
    area_code: str = ""
    city: str = ""
    exchange: str = ""
    prefix: str = ""
    contains: str = ""
    ends_with: str = ""
    block_size: int = 0
    consecutive: int = 0
    quantity: int = 0
    page: int = 20
    after: str = ""


@dataclass(frozen=True)
class Offer:
    """A free number, or a run of free numbers."""

    first: str
    size: int
    at: Place
    is_block: bool = False
    nearness: str = ""

    @property
    def e164s(self) -> list[str]:
        begin = int(self.first[1:])
        return [f"+{begin + step}" for step in range(self.size)]

    @property
    def last(self) -> str:
        return f"+{int(self.first[1:]) + self.size - 1}"

    @property
    def value(self) -> str:
        """What a form sends back: the number, or first and size of a block."""
        return f"{self.first}x{self.size}" if self.is_block else self.first

    kind = property(lambda self: self.at.kind)
    country = property(lambda self: self.at.country)
    state = property(lambda self: self.at.state)
    area_code = property(lambda self: self.at.area_code)
    city = property(lambda self: self.at.city)
    rate_center = property(lambda self: self.at.rate_center)

    @property
    def nearness_text(self) -> str:
        """Why this alternative was offered, in the active language."""
        return {"exchange": _("same exchange"), "area_code": _("same area code"), "city": _("same city")}.get(
            self.nearness, ""
        )

    def place(self) -> dict[str, Any]:
        """Where the number belongs, as plain values."""
        return _plain(self.at)


@dataclass(frozen=True)
class Answer:
    """One page of offers, the exact total, where to go on, and alternatives when there is nothing (H30)."""

    offers: Sequence[Offer]
    total: int
    after: str = ""
    alternatives: Sequence[Offer] = ()
    simulated: bool = False


def find(wish: Wish) -> Answer:
    """One page of what is free. Raises Problems search.*, each with its field."""
    with replica.REPLICA.current() as inventory:
        query = _query(wish, inventory)
        result = inventory.search(query)
        nearest: Sequence[Found] = ()
        if not result.total and not wish.after:
            nearest = inventory.alternatives(replace(query, limit=MOST_ALTERNATIVES))
    offers = [_offer(found, wish) for found in result.found]
    alternatives = [_offer(found, wish) for found in nearest]
    return Answer(
        offers,
        result.total,
        after=str(result.after) if result.after and not wish.quantity else "",
        alternatives=alternatives,
        simulated=any(offer.at.simulated for offer in (*offers, *alternatives)),
    )


def nearest_to(e164: str, *, size: int = 1, limit: int = MOST_ALTERNATIVES) -> list[Offer]:
    """What to take instead of a number or block that is gone: same exchange, same area code, same city (H30)."""
    place = _delivered_at(e164)
    if place is None:
        return []
    wanted = Query(
        country=place.country,
        kind=place.kind,
        area_code=place.area_code,
        city=place.city,
        run=size,
        limit=limit,
    )
    with replica.REPLICA.current() as inventory:
        found = inventory.alternatives(wanted, near=int(e164[1:]))
    return [_offer(each, Wish(block_size=size if size in BLOCK_SIZES else 0)) for each in found]


def place_of(e164: str) -> dict[str, Any]:
    """The place of a delivered number, free or not; empty for one that nobody delivered."""
    place = _delivered_at(e164)
    return _plain(place) if place else {}


def kinds(country: str) -> set[str]:
    """Which kinds of numbers the inventory has for a country; the US and Canada share toll-free ones (ORD-17)."""
    with replica.REPLICA.current() as inventory:
        return {
            place.kind
            for place in inventory.places
            if place.country == country
            or (place.kind == "toll_free" and {place.country, country} <= set(NORTH_AMERICA))
        }


def states(country: str) -> list[tuple[str, str]]:
    """(code, name) of the states or provinces that have numbers."""
    with replica.REPLICA.current() as inventory:
        have = {place.state for place in inventory.places if place.country == country}
    return [(code, name) for code, name in states_of(country) if code in have]


def countries() -> list[str]:
    """Countries for which there is an inventory."""
    with replica.REPLICA.current() as inventory:
        return _countries(inventory)


def cities(country: str, state: str = "", beginning: str = "") -> list[str]:
    """Up to 50 cities with numbers, for a suggestion list; compared without case and accents."""
    from dialtone.base.text import search_key

    wanted = search_key(beginning)
    with replica.REPLICA.current() as inventory:
        found = {
            place.city for place in inventory.matching(Query(country=country, state=state)) if place.city
        }
    return sorted(city for city in found if search_key(city).startswith(wanted))[:50]


@dataclass(frozen=True)
class Stock:
    """How much there is of one country and kind."""

    country: str
    kind: str
    areas: int
    delivered: int
    free: int


def stock() -> list[Stock]:
    """Delivered and free numbers by country and kind."""
    with replica.REPLICA.current() as inventory:
        rows: dict[tuple[str, str], list[int]] = {}
        for place, delivered, free in zip(
            inventory.places, inventory.delivered.tolist(), inventory.free_counts().tolist(), strict=True
        ):
            row = rows.setdefault((place.country, place.kind), [0, 0, 0])
            row[0], row[1], row[2] = row[0] + 1, row[1] + delivered, row[2] + free
    return [Stock(*key, *row) for key, row in sorted(rows.items())]


def counts() -> dict[str, int]:
    """Areas, delivered numbers and free ones in all."""
    rows = stock()
    return {
        "areas": sum(row.areas for row in rows),
        "delivered": sum(row.delivered for row in rows),
        "free": sum(row.free for row in rows),
    }


def _query(wish: Wish, inventory: Inventory) -> Query:
    """The engine's query. Raises Problems with all that is wrong with the wish."""
    refused: list[Problem] = []
    run = wish.block_size or wish.consecutive or 1
    if wish.block_size and wish.block_size not in BLOCK_SIZES:
        refused.append(Problem("search.block_size", field="/blockSize", values={"size": wish.block_size}))
        run = 1
    served = _countries(inventory)
    if wish.country not in served:
        values = {"country": wish.country[:10], "countries": ", ".join(served)}
        refused.append(Problem("search.country", field="/country", values=values))
    told = {
        name: "".join(getattr(wish, name).split())
        for name in ("area_code", "exchange", "prefix", "contains", "ends_with")
    }
    if told["area_code"] and not (told["area_code"].isascii() and told["area_code"].isdigit()):
        refused.append(Problem("search.digits", field="/areaCode", values={"value": told["area_code"][:20]}))
    calling_code = next(
        (place.calling_code for place in inventory.places if place.country == wish.country), ""
    )
    cursor = Cursor.read(wish.after) if wish.after else None
    if wish.after and cursor is None:
        refused.append(Problem("search.after", field="/after", values={"after": wish.after[:20]}))
    query = Query(
        country="" if wish.kind == "toll_free" and wish.country in NORTH_AMERICA else wish.country,
        kind=wish.kind,
        state=wish.state,
        area_code=_national(told["area_code"], ""),
        city=wish.city,
        exchange=told["exchange"],
        prefix=_national(told["prefix"], calling_code),
        contains=told["contains"].replace("-", ""),
        ends_with=told["ends_with"].replace("-", ""),
        run=run,
        limit=wish.quantity or wish.page,
        after=cursor,
        seed=_seed(),
    )
    for fault in faults(query):
        field = (
            "quantity" if fault.field == "limit" and wish.quantity else _WIRE.get(fault.field, fault.field)
        )
        refused.append(Problem(fault.code, field=f"/{field}", values=fault.values))
    if refused:
        raise Problems(refused)
    if not query.country:
        # Toll-free numbers of North America lie under the United States, whoever asks (ORD-17).
        query = replace(query, country="US")
    return query


def _national(digits: str, calling_code: str) -> str:
    """Without plus, calling code and trunk prefix: what stands before a national number is no part of it.

    >>> _national("+1212", "1"), _national("020", "44"), _national("212", "1")
    ('212', '20', '212')
    """
    if digits.startswith("+"):
        return digits[1:].removeprefix(calling_code)
    if calling_code == "1":
        return digits.removeprefix("1")
    return digits.removeprefix("0")


def _seed() -> int:
    """Where in the list this reader begins: the same for one person of one customer, another for the next."""
    if not tenancy.is_open():
        return 0
    scope = tenancy.current()
    return zlib.crc32(f"{scope.customer_id} {scope.actor.id}".encode()) if scope.customer_id else 0


def _offer(found: Found, wish: Wish) -> Offer:
    return Offer(f"+{found.number}", found.size, found.place, bool(wish.block_size), found.nearness)


def _plain(place: Place) -> dict[str, Any]:
    return {
        "kind": place.kind,
        "country": place.country,
        "city": place.city,
        "state": place.state,
        "area_code": place.area_code,
        "rate_center": place.rate_center,
        "carrier": place.carrier,
        "simulated": place.simulated,
    }


def _countries(inventory: Inventory) -> list[str]:
    found = {place.country for place in inventory.places}
    return sorted(found | ({"CA"} if "US" in found else set()))


def _delivered_at(e164: str) -> Place | None:
    digits = e164.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT area_id FROM inventory_delivered(ARRAY[%s]::bigint[])", [int(digits)])
        row = cursor.fetchone()
    if row is None:
        return None
    with replica.REPLICA.current() as inventory:
        return inventory.place(row[0])

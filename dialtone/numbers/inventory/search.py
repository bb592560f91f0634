"""What is free where: the search that pages and the API call (ORD-04, ORD-06, ORD-13, ORD-20, ORD-25, SPK-13, SPK-15, SPK-16).

Answers come from this process's copy of the inventory (`replica.py`). A number shown is never promised: whoever orders it is
checked again by its claim (ORD-01). Values that are not well formed are refused by name; a place that does not exist
simply has no numbers.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _
from msgspec.structs import replace

from dialtone.base import tenancy
from dialtone.base.address import states as states_of
from dialtone.numbers.inventory import replica
from dialtone.numbers.inventory.places import NORTH_AMERICA, city_key
from dialtone.numbers.inventory.query import Query
from dialtone.numbers.inventory.wish import BLOCK_SIZES, Wish, apart, query_of

if TYPE_CHECKING:  # the compiler that it loads is for searches only
    from dialtone.numbers.inventory.engine import Found, Place

MOST_ALTERNATIVES = 10
NONE: frozenset[str] = frozenset()


class Offer(msgspec.Struct, frozen=True):
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
        return plain(self.at)


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
        query = query_of(wish, inventory.calling_codes)
        query = apart(query, inventory.area_codes.get((query.country, query.kind), NONE))
        query = replace(query, seed=_seed())
        result = inventory.search(query)
        nearest: Sequence[Found] = ()
        if not result.total and not wish.after:
            nearest = inventory.alternatives(replace(query, limit=MOST_ALTERNATIVES), has_none=True)
    offers = [_offer(found, wish) for found in result.found]
    alternatives = [_offer(found, wish) for found in nearest]
    return Answer(
        offers,
        result.total,
        after=str(result.after) if result.after and wish.quantity is None else "",
        alternatives=alternatives,
        simulated=any(offer.at.simulated for offer in (*offers, *alternatives)),
    )


def nearest_to(e164: str, *, size: int = 1, limit: int = MOST_ALTERNATIVES) -> list[Offer]:
    """What to take instead of a number or block that cannot be had: same exchange, same area code, same city (H30).

    Answers alike for a number that is taken and one that nobody ever had.
    """
    with replica.REPLICA.current() as inventory:
        found = inventory.alternatives(Query(run=size, limit=limit), near=int(e164[1:]))
    return [_offer(each, Wish(block_size=size if size in BLOCK_SIZES else 0)) for each in found]


def place_of(e164: str) -> dict[str, Any]:
    """The place of a delivered number, free or not; empty for one that nobody delivered."""
    return places_of([e164]).get(e164, {})


def places_of(e164s: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The places of those of the numbers that were delivered, free or not."""
    digits = [e164.removeprefix("+") for e164 in e164s]
    wanted = [int(each) for each in digits if each.isascii() and each.isdigit() and len(each) <= 15]
    with connection.cursor() as cursor:
        cursor.execute("SELECT e164, area_id FROM inventory_delivered(%s::bigint[])", [wanted])
        rows = cursor.fetchall()
    with replica.REPLICA.current() as inventory:
        return {
            f"+{e164}": plain(place) for e164, area_id in rows if (place := inventory.find_place(area_id))
        }


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
        return list(inventory.calling_codes)


def cities(country: str, state: str = "", beginning: str = "") -> list[str]:
    """Up to 50 cities with numbers, for a suggestion list; compared without case and accents."""
    wanted = city_key(beginning)
    with replica.REPLICA.current() as inventory:
        found = {
            place.city for place in inventory.matching(Query(country=country, state=state)) if place.city
        }
    return sorted(city for city in found if city_key(city).startswith(wanted))[:50]


def _seed() -> int:
    """Where in the list this reader begins: the same for one person of one customer, another for the next."""
    if not tenancy.is_open():
        return 0
    scope = tenancy.current()
    return zlib.crc32(f"{scope.customer_id} {scope.actor.id}".encode()) if scope.customer_id else 0


def _offer(found: Found, wish: Wish) -> Offer:
    return Offer(f"+{found.number}", found.size, found.place, bool(wish.block_size), found.nearness)


def plain(place: Place) -> dict[str, Any]:
    """A place as plain values, to be kept with an order's line."""
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

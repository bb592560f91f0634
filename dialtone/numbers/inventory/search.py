"""What is free where: the search that pages and the API call, over a copy of the inventory in this process.

The copy is brought up to date before every search by what has changed since; if it is behind all the same, that costs a buyer one
retry, never a double sale, because the claim's primary key decides (N1). Alternatives follow H30: same exchange, then
same area code, then same city.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock
from dialtone.base.address import states as states_of
from dialtone.base.problems import FIELD, Problem, register
from dialtone.base.text import search_key
from dialtone.numbers.inventory.bitmaps import SIZE, Field, Hit, compile_pattern

LARGEST_PAGE = 100
BLOCK_SIZES = (10, 50, 100)
OVERLAP = (
    2000  # sequence numbers are given before commit: look back a little, so that a late commit is not missed
)

register(
    "search.page",
    FIELD,
    gettext_lazy("%(page)s numbers cannot be shown at once."),
    allowed=gettext_lazy("1 to %(limit)s a page."),
    error_code=25351,
)
register(
    "search.pattern",
    FIELD,
    gettext_lazy("%(pattern)s is not a pattern."),
    allowed=gettext_lazy("1 to 10 digits or letters; * or ? for any digit."),
    error_code=25352,
)
register(
    "search.block_size",
    FIELD,
    gettext_lazy("Blocks of %(size)s numbers are not offered."),
    allowed=gettext_lazy("10, 50 or 100 consecutive numbers."),
    error_code=25353,
)
register(
    "search.country",
    FIELD,
    gettext_lazy("There is no number inventory for %(country)s."),
    allowed="%(countries)s",
    error_code=25354,
)
register(
    "search.digits",
    FIELD,
    gettext_lazy("%(value)s is not made of digits."),
    allowed=gettext_lazy("Digits only."),
    error_code=25355,
)


@dataclass(frozen=True)
class Wish:
    """What to look for. Patterns are digits, letters and * or ?; `block_size` asks for runs instead of single numbers."""

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
    quantity: int = 0
    page: int = 20
    after: str = ""


@dataclass(frozen=True)
class Place:
    """Where numbers belong."""

    id: int
    country: str
    kind: str
    state: str
    area_code: str
    city: str
    search_city: str
    rate_center: str
    carrier: str
    is_simulated: bool


@dataclass(frozen=True)
class Offer:
    """A free number, or a free block."""

    first: str
    size: int
    at: Place
    nearness: str = ""

    @property
    def e164s(self) -> list[str]:
        begin = int(self.first[1:])
        return [f"+{begin + step}" for step in range(self.size)]

    @property
    def last(self) -> str:
        return f"+{int(self.first[1:]) + self.size - 1}"

    @property
    def is_block(self) -> bool:
        return self.size > 1

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
        return {"exchange": _("same exchange"), "area_code": _("same area code"), "city": _("same city")}.get(
            self.nearness, ""
        )

    def place(self) -> dict[str, Any]:
        return {
            "kind": self.at.kind,
            "city": self.at.city,
            "state": self.at.state,
            "area_code": self.at.area_code,
            "rate_center": self.at.rate_center,
            "simulated": self.at.is_simulated,
        }


@dataclass(frozen=True)
class Answer:
    """One page of offers, the exact total, where to go on, and alternatives when there is nothing."""

    offers: Sequence[Offer]
    total: int
    after: str = ""
    alternatives: Sequence[Offer] = ()
    simulated: bool = False


class Replica:
    """The inventory's copy in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Start afresh at the next search (tests; a changed database)."""
        self.places: dict[int, Place] = {}
        self.delivered = Field()
        self.free = Field()
        self._seen_chunks = self._seen_claims = 0
        self._held_until: dict[int, datetime] = {}

    def fresh(self) -> Replica:
        """Bring the copy up to date, in the open transaction."""
        with self._lock:
            self._read_chunks()
            self._read_claims()
            now = clock.now()
            for number in [number for number, until in self._held_until.items() if until <= now]:
                del self._held_until[number]
                self.free.set_free(number, True, self.delivered)
        return self

    def _read_chunks(self) -> None:
        rows = _query(
            "SELECT start, area_id, bits, version FROM numbers_chunk WHERE version > %s", [self._seen_chunks]
        )
        if not rows:
            return
        for place in _query(
            "SELECT id, country, kind, state, area_code, city, search_city, rate_center, carrier, is_simulated FROM numbers_area",
            [],
        ):
            self.places[place[0]] = Place(*place)
        for start, area, bits, version in rows:
            self.delivered.put(start, area, bytes(bits))
            self.free.put(start, area, bytes(bits))
            self._seen_chunks = max(self._seen_chunks, version)
        self._seen_claims = 0  # a replaced chunk needs its claims again

    def _read_claims(self) -> None:
        after = max(0, self._seen_claims - OVERLAP)
        for number, state, until, seq in _query("SELECT * FROM inventory_taken(%s)", [after]):
            taken = state != "f"
            self.free.set_free(number, not taken, self.delivered)
            self._held_until.pop(number, None)
            if taken and until is not None:
                self._held_until[number] = until
            self._seen_claims = max(self._seen_claims, seq)

    def rows(self, wish: Wish) -> list[int]:
        """The rows of the places that fit."""
        city = search_key(wish.city)
        good = {
            place.id
            for place in self.places.values()
            if place.country == wish.country
            and place.kind == wish.kind
            and (not wish.state or place.state == wish.state.upper())
            and (not wish.area_code or place.area_code == wish.area_code)
            and (not city or place.search_city.startswith(city))
        }
        return [row for row, area in enumerate(self.free.areas) if area in good]


REPLICA = Replica()


def find(wish: Wish) -> Answer:
    """One page of what is free. Raises Problem search.*."""
    wish = _checked(wish)
    replica = REPLICA.fresh()
    answer = _look(replica, wish)
    if answer.total or wish.after:
        return answer
    return replace(answer, alternatives=_alternatives(replica, wish))


def place_of(e164: str) -> dict[str, Any]:
    """The place of a delivered number; empty for one that nobody delivered."""
    replica = REPLICA.fresh()
    row = replica.delivered.row_with(int(e164[1:]))
    if row is None:
        return {}
    return Offer(e164, 1, replica.places[replica.delivered.areas[row]]).place()


def kinds(country: str) -> set[str]:
    """Which kinds of numbers the inventory has for a country; toll-free ones are shared by the US and Canada (ORD-17)."""
    found = {place.kind for place in REPLICA.fresh().places.values() if place.country == country}
    return found | ({"toll_free"} if country in ("US", "CA") else set())


def states(country: str) -> list[tuple[str, str]]:
    """(code, name) of the states that have numbers."""
    have = {
        place.state for place in REPLICA.fresh().places.values() if place.country == country and place.state
    }
    return [(code, name) for code, name in states_of(country) if code in have]


def countries() -> list[str]:
    return sorted({place.country for place in REPLICA.fresh().places.values()})


def counts() -> dict[str, int]:
    """Delivered and free numbers in all."""
    import numpy as np

    replica = REPLICA.fresh()
    return {
        "delivered": sum(int(np.bitwise_count(bits).sum()) for bits in replica.delivered.bits),
        "free": sum(int(np.bitwise_count(bits).sum()) for bits in replica.free.bits),
        "areas": len(replica.places),
    }


def _checked(wish: Wish) -> Wish:
    if not 1 <= wish.page <= LARGEST_PAGE:
        raise Problem("search.page", field="/max", values={"page": wish.page, "limit": LARGEST_PAGE})
    if wish.block_size and wish.block_size not in BLOCK_SIZES:
        raise Problem("search.block_size", field="/blockSize", values={"size": wish.block_size})
    if wish.country not in countries():
        raise Problem(
            "search.country",
            field="/country",
            values={"country": wish.country[:10], "countries": ", ".join(countries())},
        )
    for name, wire in (("area_code", "areaCode"), ("exchange", "exchange")):
        value = getattr(wish, name)
        if value and not (value.isascii() and value.isdigit() and len(value) <= 6):
            raise Problem("search.digits", field=f"/{wire}", values={"value": value[:20]})
    patterns = {}
    for name, wire in (("contains", "contains"), ("ends_with", "endsWith")):
        text = getattr(wish, name)
        if text:
            compiled = compile_pattern(text)
            if compiled is None:
                raise Problem("search.pattern", field=f"/{wire}", values={"pattern": text[:20]})
            patterns[name] = compiled
    prefix = wish.prefix
    if prefix:
        digits = prefix.removeprefix("+").strip()  # a plus in an address bar arrives as a space
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise Problem("search.digits", field="/prefix", values={"value": prefix[:20]})
        prefix = digits
    after = wish.after.removeprefix("+").strip()
    if after and not (after.isdigit() and len(after) <= 15):
        raise Problem("search.digits", field="/after", values={"value": wish.after[:20]})
    if wish.kind == "toll_free" and wish.country == "CA":
        wish = replace(wish, country="US")
    return replace(
        wish,
        prefix=prefix,
        after=after,
        area_code=wish.area_code.lstrip("0") if wish.country == "GB" else wish.area_code,
        **patterns,
    )


def _look(replica: Replica, wish: Wish) -> Answer:
    rows = replica.rows(wish)
    low, high = _bounds(wish)
    if wish.exchange:
        rows = [row for row in rows if _national(replica, row).startswith(wish.exchange)]
    begin = max(low, int(wish.after) + 1) if wish.after else low
    if wish.block_size:
        total, hits = replica.free.runs(rows, wish.block_size, low=low, high=high)
        skip = next((index + 1 for index, hit in enumerate(hits) if str(hit.first) == wish.after), 0)
        page = hits[skip : skip + wish.page]
        more = len(hits) > skip + wish.page
    else:
        total, _all = replica.free.singles(
            rows, contains=wish.contains, ends_with=wish.ends_with, low=low, high=high
        )
        _rest, following = replica.free.singles(
            rows, contains=wish.contains, ends_with=wish.ends_with, low=begin, high=high
        )
        page = list(islice(following, wish.page + 1))
        more = len(page) > wish.page
        page = page[: wish.page]
    offers = [_offer(replica, hit) for hit in page]
    return Answer(
        offers,
        total,
        after=str(page[-1].first) if more and page else "",
        simulated=any(offer.at.is_simulated for offer in offers),
    )


def _national(replica: Replica, row: int) -> str:
    """The digits after country code and area code of a row's chunk: in North America its exchange (NXX)."""
    place = replica.places[replica.free.areas[row]]
    digits = str(replica.free.starts[row] // SIZE)
    code = {"US": "1", "CA": "1", "GB": "44"}.get(place.country, "")
    return digits.removeprefix(code).removeprefix(place.area_code)


def _bounds(wish: Wish) -> tuple[int, int]:
    if not wish.prefix:
        return 0, 10**15
    length = {"US": 11, "CA": 11, "GB": 12}.get(wish.country, 12)
    scale = 10 ** max(0, length - len(wish.prefix))
    return int(wish.prefix) * scale, (int(wish.prefix) + 1) * scale


def _offer(replica: Replica, hit: Hit, nearness: str = "") -> Offer:
    return Offer(f"+{hit.first}", hit.size, replica.places[replica.free.areas[hit.row]], nearness)


def _alternatives(replica: Replica, wish: Wish) -> list[Offer]:
    """The nearest that can be had (H30, SPK-16): give up the pattern, then the exchange, then the area code."""
    plain = replace(wish, contains="", ends_with="", prefix="", page=10)
    steps = []
    if wish.exchange:
        steps.append(("exchange", plain))
    if wish.area_code:
        steps.append(("area_code", replace(plain, exchange="", city="")))
    if wish.city:
        steps.append(("city", replace(plain, exchange="", area_code="")))
    for nearness, wider in steps:
        found = _look(replica, wider)
        if found.total:
            return [replace(offer, nearness=nearness) for offer in found.offers]
    return []


def _query(sql: str, arguments: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()

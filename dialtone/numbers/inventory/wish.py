"""What somebody wishes for, as they wrote it, made into the engine's query. Pure.

Written forms are taken as people use them: "(212)", "020", "+1 212", "New York, NY", "1-800-FLOWERS", a state's name or code.
What cannot be understood is refused by field; a place that does not exist simply has no numbers.
Sources: ORD-04, ORD-06, ORD-13, ORD-14, ORD-17 to ORD-22, ORD-25, SPK-13, SPK-15; BAD-ORD-16, 30, 32, 34.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace

from dialtone.base.problems import Problem, Problems
from dialtone.numbers.inventory import places
from dialtone.numbers.inventory import problems as _problems  # noqa: F401  registers the codes
from dialtone.numbers.inventory.places import NORTH_AMERICA
from dialtone.numbers.inventory.query import KINDS, Cursor, Query, faults

BLOCK_SIZES = (10, 50, 100)  # ORD-21
_WIRE = {"limit": "max", "run": "quantity", "ends_with": "endsWith"}


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
    quantity: int | None = None
    page: int = 20
    after: str = ""


def query_of(wish: Wish, calling_codes: Mapping[str, str]) -> Query:
    """The query of a wish. `calling_codes` are those of the countries that are served. Raises Problems search.*."""
    return _read(wish, tuple(calling_codes.items()))


@lru_cache(maxsize=2048)
def _read(wish: Wish, served: tuple[tuple[str, str], ...]) -> Query:
    refused: list[Problem] = []
    calling_codes = dict(served)
    country = wish.country.strip().upper()
    if country not in calling_codes:
        values = {"country": wish.country[:10], "countries": ", ".join(calling_codes)}
        refused.append(Problem("search.country", field="/country", values=values))
    calling_code = calling_codes.get(country, "")
    kind = _kind(wish, country, refused)
    city, its_state = wish.city.strip(), ""
    state = wish.state.strip()
    if country in calling_codes:  # of no other country are the states known
        city, its_state = places.city_and_state(country, city)
        state = places.state_code(country, state) if state else its_state
    query = Query(
        # Toll-free numbers of North America lie under the United States, whoever asks (ORD-17).
        country="US" if kind == "toll_free" and country in NORTH_AMERICA else country,
        kind=kind,
        state=state,
        area_code=_area_code(wish.area_code, country, calling_code, refused),
        city=places.city_key(city),
        exchange=places.pattern(wish.exchange, calling_code),
        prefix=_beginning(wish.prefix, "prefix", country, calling_code, refused),
        contains=places.pattern(wish.contains, calling_code),
        ends_with=places.pattern(wish.ends_with, calling_code),
        run=_run(wish, kind, refused),
        limit=wish.page if wish.quantity is None else wish.quantity,
        after=Cursor.read(wish.after) if wish.after else None,
    )
    if wish.after and query.after is None:
        refused.append(Problem("search.after", field="/after", values={"after": wish.after[:20]}))
    for fault in faults(query):
        told = "quantity" if fault.field == "limit" and wish.quantity is not None else fault.field
        refused.append(Problem(fault.code, field=f"/{_WIRE.get(told, told)}", values=fault.values))
    if refused:
        raise Problems(refused)
    return query


def _kind(wish: Wish, country: str, refused: list[Problem]) -> str:
    kind = KINDS.get(wish.kind.strip().lower().replace("-", "_"), "")
    if not kind:
        values = {"kind": wish.kind[:20], "kinds": ", ".join(dict.fromkeys(KINDS.values()))}
        refused.append(Problem("search.kind", field="/numberType", values=values))
    elif kind == "toll_free" and country not in NORTH_AMERICA:
        refused.append(Problem("search.toll_free", field="/numberType", values={"country": country[:10]}))
    return kind


def _run(wish: Wish, kind: str, refused: list[Problem]) -> int:
    if not wish.block_size:
        return wish.consecutive or 1
    if wish.block_size not in BLOCK_SIZES:
        refused.append(Problem("search.block_size", field="/blockSize", values={"size": wish.block_size}))
        return 1
    if kind == "toll_free":
        refused.append(Problem("search.no_blocks", field="/blockSize"))
    return wish.block_size


def _area_code(text: str, country: str, calling_code: str, refused: list[Problem]) -> str:
    code = _beginning(text, "areaCode", country, calling_code, refused)
    if code and not (code.isascii() and code.isdigit()):
        refused.append(Problem("search.digits", field="/areaCode", values={"value": text[:20]}))
        return ""
    return code


def _beginning(text: str, field: str, country: str, calling_code: str, refused: list[Problem]) -> str:
    try:
        return places.national(text, calling_code)
    except ValueError:
        values = {"value": text[:20], "country": country[:10], "code": calling_code}
        refused.append(Problem("search.other_country", field=f"/{field}", values=values))
        return ""


def apart(query: Query, area_codes: frozenset[str]) -> Query:
    """An area code that was typed together with the beginning of the number: "0207" is 20 and an exchange that begins with 7.

    >>> found = apart(Query(area_code="207"), frozenset({"20", "161"}))
    >>> found.area_code, found.exchange
    ('20', '7')
    """
    code = query.area_code
    if not code or code in area_codes or query.exchange:
        return query
    for size in range(len(code) - 1, 0, -1):
        if code[:size] in area_codes:
            return replace(query, area_code=code[:size], exchange=code[size:])
    return query

"""The sandbox's address authority (H22): says whether an address can be located, and what exactly it checked.

A few real public buildings per country are known to the house number (`buildings.yaml`). Near misses of them are
corrected, streets divided between two halves of a town are ambiguous, contradictions are unknown. Any address whose
postal code, city and state agree is located and marked simulated. A correction is only ever suggested (E8).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from dialtone.base.address import (
    CivicAddress,
    doubts,
    is_known_city,
    join_street,
    zip_cities,
    zip_city,
    zip_states,
)
from dialtone.base.text import search_key

BUILDINGS = Path(__file__).with_name("buildings.yaml")
CLOSE_ENOUGH = 0.85

Kind = Literal["exact", "corrected", "ambiguous", "unknown"]
Check = Literal[
    "building",  # the house itself is in the list
    "postal_code_format",
    "postal_code_city",  # the postal code is one of this city
    "postal_code_state",  # the postal code is one of this state
    "city",  # there is a city of this name in the country
]


@dataclass(frozen=True)
class Answer:
    """What the authority says: exact, corrected (one suggestion), ambiguous (several), or unknown.

    `errors` are (code, title, detail) in the authority's own words. `checked` is all that was compared; `simulated`
    marks an exact answer that rests on no more than that: nobody knows whether the house is there.
    """

    kind: Kind
    suggestions: tuple[CivicAddress, ...] = ()
    errors: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)
    simulated: bool = False
    checked: tuple[Check, ...] = ()


def lookup(address: CivicAddress) -> Answer:
    """Look one address up. Changes nothing and remembers nothing."""
    return (
        _in_a_divided_street(address)
        or _among_buildings(address)
        or _contradiction(address)
        or Answer("exact", simulated=True, checked=_agreeing(address))
    )


def known_buildings(country: str) -> list[CivicAddress]:
    """The buildings known to the house number, for demonstrations; the name is in `building`."""
    return [building for building in _known()[0] if building.country == country]


def _among_buildings(address: CivicAddress) -> Answer | None:
    for known in known_buildings(address.country):
        named = f"{known.building}, {known.address1}"
        same_street = street_key(address.address1) in (street_key(known.address1), street_key(named))
        same_city = search_key(known.city) == search_key(address.city)
        same_code = _code(known) == _code(address)
        if same_street and same_city and same_code:
            return Answer("exact", checked=("building",))
        if same_street and same_city:
            detail = "The postal code of this building differs."
            return _corrected(address, known, "postal_code", "Postal code", detail)
        if same_code and same_street:
            detail = "The city of this building is written differently."
            return _corrected(address, known, "city", "City", detail)
        if same_code and _nearly(known, address):
            return _corrected(address, known, "street", "Street", "The street is written differently.")
    return None


def _in_a_divided_street(address: CivicAddress) -> Answer | None:
    """The same number stands in both halves of the street, and the address does not say which half it means."""
    for divided in _known()[1]:
        place = (divided["country"], search_key(divided["city"]), divided["state"])
        if (address.country, search_key(address.city), address.state) != place:
            continue
        if address.house_number and street_key(address.street) == street_key(divided["street"]):
            halves = tuple(
                replace(
                    address,
                    address1=join_street(address.country, half, address.house_number),
                    postal_code=postal_code,
                )
                for half, postal_code in divided["halves"].items()
            )
            detail = "This number stands in both halves of the street."
            return Answer("ambiguous", halves, (("street", "Street", detail),), checked=("city",))
    return None


def _contradiction(address: CivicAddress) -> Answer | None:
    """Parts that cannot all be true. Small ones are corrected, others leave the address unknown."""
    if address.house_number.strip("0") == "" and address.house_number:
        return _unknown("house_number", "House number", "There is no house number 0.")
    if address.country == "US":
        cities = zip_cities(address.postal_code)
        if not cities:
            return _unknown("postal_code", "ZIP code", "This ZIP code is not known.")
        if address.state not in zip_states(address.postal_code):
            return _unknown("state", "State", "This ZIP code is of another state.")
        if search_key(address.city) not in cities:
            better = replace(address, city=zip_city(address.postal_code))
            return Answer("corrected", (better,), (("city", "City", "This ZIP code is of another city."),))
    if any(doubt.code == "address.state_doubtful" for doubt in doubts(address)):
        return _unknown("postal_code", "Postal code", "This postal code is of another state.")
    return None


def _agreeing(address: CivicAddress) -> tuple[Check, ...]:
    """What was compared and found to agree."""
    if address.country == "US":
        return ("postal_code_city", "postal_code_state")
    checked: list[Check] = ["postal_code_format"]
    if address.country in ("CA", "AU", "IT") and address.state:
        checked.append("postal_code_state")
    if is_known_city(address.country, address.city):
        checked.append("city")
    return tuple(checked)


def _corrected(address: CivicAddress, known: CivicAddress, code: str, title: str, detail: str) -> Answer:
    """Suggests the known building, with the floor, room and second line that were entered."""
    inside = {
        "address2": address.address2,
        "floor": address.floor,
        "room": address.room,
        "building": address.building,
    }
    return Answer("corrected", (replace(known, **inside),), ((code, title, detail),), checked=("building",))


def _unknown(code: str, title: str, detail: str) -> Answer:
    return Answer("unknown", (), ((code, title, detail),))


_SHORT = {
    "street": "st", "avenue": "ave", "drive": "dr", "boulevard": "blvd", "place": "pl", "road": "rd", "square": "sq",
    "parkway": "pkwy", "lane": "ln", "terrace": "ter", "north": "n", "south": "s", "east": "e", "west": "w",
    "est": "e", "ouest": "w", "northwest": "nw", "northeast": "ne", "southwest": "sw", "southeast": "se",
    "1st": "first", "2nd": "second", "3rd": "third", "5th": "fifth", "12th": "twelfth",
    "one": "1", "saint": "st", "av": "ave", "ulica": "ul", "plac": "pl", "prospektas": "pr", "gatve": "g",
}  # fmt: skip


def street_key(line: str) -> str:
    """A street line folded for comparing: case, accents, dots, usual abbreviations."""
    words = (
        search_key(line)
        .replace(".", " ")
        .replace(",", " ")
        .replace("-", " ")
        .replace("'", "")
        .replace("’", "")
        .split()
    )
    whole = (word[:-3] + "strasse" if word.endswith("str") and len(word) > 4 else word for word in words)
    return " ".join(_SHORT.get(word, word) for word in whole)


def _code(address: CivicAddress) -> str:
    code = address.postal_code.replace(" ", "").upper()
    return code[:5] if address.country == "US" else code


def _nearly(known: CivicAddress, address: CivicAddress) -> bool:
    """The same house number, and a street that differs by a letter or two."""
    if known.house_number.casefold() != address.house_number.casefold():
        return False
    return SequenceMatcher(None, street_key(known.street), street_key(address.street)).ratio() > CLOSE_ENOUGH


@cache
def _known() -> tuple[list[CivicAddress], list[dict[str, Any]]]:
    content = yaml.safe_load(BUILDINGS.read_bytes())
    buildings = [
        CivicAddress(country, street, city, postal_code, state, building=name)
        for country, rows in content["buildings"].items()
        for name, street, city, state, postal_code in rows
    ]
    return buildings, content["divided_streets"]

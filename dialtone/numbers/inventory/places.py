"""Places as people write them: cities, states and area codes, made comparable. Pure.

Sources: ORD-13, ORD-20, ORD-25, SPK-15; search in any case and accents.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import phonenumbers

from dialtone.base.address import states
from dialtone.base.phone import PhoneNumber
from dialtone.base.text import search_key

NORTH_AMERICA = ("US", "CA")  # they share toll-free numbers
_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015/]+")
_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
# Names that address formats know by another one.
_ALSO = {"US": {"washington dc": "DC", "washington state": "WA"}, "CA": {"newfoundland": "NL"}}


@lru_cache(maxsize=8192)
def city_key(name: str) -> str:
    """A city's name for comparing: without case, accents and punctuation, and with the usual short forms.

    >>> city_key("Saint-Jérôme"), city_key("ST JEROME"), city_key("St. John's")
    ('st jerome', 'st jerome', 'st johns')
    """
    plain = re.sub(r"['\u2019`]", "", search_key(name))
    return " ".join(_SHORT.get(word, word) for word in re.split(r"[\W_]+", plain) if word)


@lru_cache(maxsize=1024)
def state_code(country: str, text: str) -> str:
    """The code of a state or province by its code or name; what is neither is answered as it is, folded.

    >>> state_code("US", "new york"), state_code("CA", "Quebec"), state_code("US", "ny"), state_code("US", "Narnia")
    ('NY', 'QC', 'NY', 'narnia')
    """
    key = city_key(text)
    return _named(country).get(key, key)


@cache
def _named(country: str) -> dict[str, str]:
    found = dict(_ALSO.get(country, {}))
    for code, name in states(country):
        found[city_key(name)] = found[code.lower()] = code
    return found


def city_and_state(country: str, text: str) -> tuple[str, str]:
    """Take a city that was written with its state apart; the state is "" where there is none behind it.

    >>> city_and_state("US", "New York, NY"), city_and_state("US", "Chicago"), city_and_state("GB", "Bath, Somerset")
    (('New York', 'NY'), ('Chicago', ''), ('Bath, Somerset', ''))
    """
    city, comma, rest = text.rpartition(",")
    code = _named(country).get(city_key(rest), "") if comma else ""
    return (city.strip(), code) if code else (text, "")


def national(text: str, calling_code: str) -> str:
    """The beginning of a national number, without what is dialled before it. Raises ValueError when it is another country's.

    Anything may follow that a pattern can have; separators are left out.

    >>> national("+1 212", "1"), national("020 7946", "44"), national("(212) 5", "1"), national("0044 20", "44")
    ('212', '207946', '2125', '20')
    >>> national("+44 20", "1")
    Traceback (most recent call last):
    ValueError: +44 20
    """
    plain = _SEPARATORS.sub("", text)
    abroad = "011" if calling_code == "1" else "00"
    if plain.startswith(("+", abroad)):
        digits = plain.removeprefix("+").removeprefix(abroad)
        if not digits.startswith(calling_code):
            raise ValueError(text)
        plain = digits[len(calling_code) :]
    return plain.removeprefix(trunk_prefix(calling_code))


def pattern(text: str, calling_code: str) -> str:
    """A pattern that may lie anywhere, without separators; one that is a whole number loses what is dialled before it.

    >>> pattern("1-800-FLOWERS", "1"), pattern("777-1", "1"), pattern("020 7946 0000", "44"), pattern("007", "44")
    ('800FLOWERS', '7771', '2079460000', '007')
    """
    plain = _SEPARATORS.sub("", text)
    trunk = trunk_prefix(calling_code)
    if plain.startswith("+"):
        return plain[1:].removeprefix(calling_code)
    return plain.removeprefix(trunk) if len(plain) > 10 else plain


def fits_country(number: PhoneNumber, country: str) -> bool:
    """Whether a number may be used at a location in that country; the US and Canada share toll-free ones (ORD-17).

    >>> fits_country(PhoneNumber("+12125550101"), "US"), fits_country(PhoneNumber("+12125550101"), "CA")
    (True, False)
    >>> fits_country(PhoneNumber("+18005550101"), "CA"), fits_country(PhoneNumber("+18005550101"), "GB")
    (True, False)
    """
    if number.kind == "toll_free" and number.country in (*NORTH_AMERICA, ""):
        return country in NORTH_AMERICA
    return number.country == country


@cache
def trunk_prefix(calling_code: str) -> str:
    """What is dialled before a national number inside the country: 1 in North America, 0 in the United Kingdom.

    >>> trunk_prefix("1"), trunk_prefix("44"), trunk_prefix("39")
    ('1', '0', '')
    """
    region = phonenumbers.region_code_for_country_code(int(calling_code or "0"))
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return str(metadata.national_prefix or "") if metadata else ""

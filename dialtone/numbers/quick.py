"""Read the usual spellings of a country's numbers without the number library: thousands in a list take milliseconds.

What is answered here is exactly what the library would have said (a test compares them); everything else is left to it: numbers of
other countries, prefixes for abroad, extensions, odd characters, what no plan knows, and what could mean two numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from phonenumbers import PhoneMetadata, country_code_for_region

from dialtone.base.phone import MOST_DIGITS
from dialtone.numbers.worldplan import Meaning, world_plan

# A voice mailbox is called like any number.
STANDARD = frozenset({"standard", "voicemail"})
SHORTEST = 7  # digits; less can be a short code
_GONE = dict.fromkeys(map(ord, " \u00a0\u2009\u202f().-/\u2010\u2011\u2012\u2013\u2014\u2015"))


@cache
def reader(country: str) -> Callable[[str], str | None]:
    """A function from what a person in this country wrote to E.164; None where the library has to judge.

    >>> reader("FR")("01 42.68-01.00"), reader("US")("+1 (212) 731-0100"), reader("FR")("0044 20 7946 0100")
    ('+33142680100', '+12127310100', None)
    """
    code = str(country_code_for_region(country))
    metadata = PhoneMetadata.metadata_for_region(country, None)
    trunk = (metadata.national_prefix or "") if metadata else ""
    plan = world_plan()

    def find(digits: str) -> bool:
        return SHORTEST <= len(digits) <= MOST_DIGITS and plan.find(digits) is not None

    def read(written: str) -> str | None:
        if written.endswith(".0"):  # decimals of a spreadsheet, not a digit
            return None
        plain = written.translate(_GONE)
        if plain[:1] == "+":
            digits = plain[1:]
            is_ours = digits.isascii() and digits.isdigit() and digits.startswith(code)
            return "+" + digits if is_ours and find(digits) else None
        if len(plain) < SHORTEST or not (plain.isascii() and plain.isdigit()):
            return None
        national = plain.removeprefix(trunk)
        if not find(code + national) or (national != plain and find(code + plain)):
            return None
        return f"+{code}{national}"

    return read


def meaning(e164: str) -> Meaning | None:
    """Country and kind of a number, as `PhoneNumber.country` and `.kind` say them; None for one that the table does not know."""
    found = world_plan().find(e164[1:])
    if found is None or found.country == "001":
        return None
    return Meaning(found.country, "standard") if found.kind in STANDARD else found

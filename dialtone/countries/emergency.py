"""The emergency codes of a country, whether it is served or not: an office with a provider of its own may be anywhere."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from phonenumbers.phonemetadata import PhoneMetadata

from dialtone.countries.load import get, served

LONGEST_CODE = 5


def emergency_codes(iso: str, on: date) -> tuple[str, ...]:
    """The codes of a country's file. Where there is none, the public list's for this country and those of all countries
    served, to be on the safe side: a code too many is a call to help, one too few is none (E3).

    >>> "119" in emergency_codes("JP", date(2026, 11, 24)), emergency_codes("GB", date(2026, 11, 24))
    (True, ('112', '999'))
    """
    files = served(on)
    if iso in files:
        return get(iso, on).emergency.codes
    everywhere = {code for each in files for code in get(each, on).emergency.codes}
    return tuple(sorted(everywhere.union(listed_codes(iso))))


@cache
def listed_codes(iso: str) -> tuple[str, ...]:
    """What the library of phone numbers lists as a country's emergency codes; empty for what is no country.

    >>> listed_codes("NO"), listed_codes("")
    (('110', '112', '113'), ())
    """
    listed = PhoneMetadata.short_metadata_for_region(iso)
    if listed is None or listed.emergency is None or not listed.emergency.national_number_pattern:
        return ()
    pattern = re.compile(listed.emergency.national_number_pattern)
    lengths = [length for length in listed.emergency.possible_length if 0 < length <= LONGEST_CODE]
    tried = (f"{number:0{length}}" for length in lengths for number in range(10**length))
    return tuple(code for code in tried if pattern.fullmatch(code))

"""Facts per country as dated, sourced data. Knows no Django, no clock and no network.

get("DE", on).porting.windows         typed values as they stand on a day
explain("DE", "porting.min_lead", on) the same value with its date, basis, source and reason
served(on)                            where calling plans exist
house_defaults(on)                    what Dialtone decided where the sources are silent
"""

from dialtone.countries.emergency import emergency_codes, listed_codes
from dialtone.countries.facts import (
    AccountField,
    CaseForm,
    Country,
    LineType,
    NumberType,
    OrderingMode,
    Paper,
    PortType,
    Window,
)
from dialtone.countries.load import (
    BadCountryFile,
    CountryNotServed,
    Fact,
    HouseDefault,
    explain,
    facts,
    get,
    house_defaults,
    overlay,
    served,
)
from dialtone.countries.offer import Offer, offer

__all__ = [
    "AccountField",
    "BadCountryFile",
    "CaseForm",
    "Country",
    "CountryNotServed",
    "Fact",
    "HouseDefault",
    "LineType",
    "NumberType",
    "Offer",
    "OrderingMode",
    "Paper",
    "PortType",
    "Window",
    "emergency_codes",
    "explain",
    "facts",
    "get",
    "house_defaults",
    "listed_codes",
    "offer",
    "overlay",
    "served",
]

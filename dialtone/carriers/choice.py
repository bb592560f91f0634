"""Which carrier delivers numbers in which country, as the operator writes it in the setting `carriers`.

One carrier for all countries (`desk`), or one for each (`DK=desk, SE=desk`); an entry without a country stands for all others.
No Django: the checks at start read it, too.
"""

from __future__ import annotations

from collections.abc import Mapping

SANDBOX, DESK = "sandbox", "desk"
ANYWHERE = ""
# What a real installation can choose from; the sandbox carrier only simulates.
REAL = (DESK,)


def parse(text: str) -> dict[str, str]:
    """Carrier code by country; ANYWHERE stands for all others. Raises ValueError for an entry that says nothing, or a country
    that stands twice.

    >>> parse("desk"), parse("DK=desk, se = desk"), parse("")
    ({'': 'desk'}, {'DK': 'desk', 'SE': 'desk'}, {})
    """
    found: dict[str, str] = {}
    for entry in filter(None, (each.strip() for each in text.split(","))):
        country, _, code = entry.rpartition("=")
        country, code = country.strip().upper(), code.strip()
        if not code or country in found:
            raise ValueError(entry)
        found[country] = code
    return found


def read(text: str) -> dict[str, str]:
    """The same; nothing for text that cannot be understood, which the checks at start refuse."""
    try:
        return parse(text)
    except ValueError:
        return {}


def carrier_in(country: str, chosen: Mapping[str, str]) -> str:
    """The carrier chosen for a country; "" when there is none.

    >>> carrier_in("DK", {"DK": "desk"}), carrier_in("SE", {"DK": "desk"}), carrier_in("SE", {"": "desk"})
    ('desk', '', 'desk')
    """
    return chosen.get(country) or chosen.get(ANYWHERE, "")

"""The time zone in which a number's area lies, where its digits tell (decision H2: "local" is where the number is)."""

from __future__ import annotations

from functools import cache

import yaml

from dialtone.countries.load import FILES


def zone_of(e164: str) -> str | None:
    """The zone of a number's area; None where the digits do not tell: toll-free numbers, countries with one zone.

    >>> zone_of("+13125550182"), zone_of("+18005550182"), zone_of("+4433012345")
    ('America/Chicago', None, None)
    """
    digits = e164.removeprefix("+")
    for code, areas in _areas().items():
        if digits.startswith(code):
            rest = digits[len(code) :]
            longest = max((area for area in areas if rest.startswith(area)), key=len, default="")
            return areas.get(longest)
    return None


@cache
def _areas() -> dict[str, dict[str, str]]:
    """Calling code to area to zone."""
    told = yaml.safe_load((FILES / "area_zones.yaml").read_bytes())
    return {
        code: {str(area): zone for zone, areas in zones.items() for area in areas}
        for code, zones in told.items()
    }

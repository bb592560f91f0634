"""Pure rules of locations: connections, countries, and when numbers may be ordered (LOC-02, LOC-09, ACC-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CALLING_PLAN = "calling_plan"
CONNECTIONS = (CALLING_PLAN, "non_integrated_ccp", "integrated_ccp", "premises")
# Ordered by the customer alone; other served countries go through a support case (ORD-08).
SELF_SERVICE = ("US", "CA", "GB")
SERVED = (
    "AU",
    "BE",
    "CA",
    "CH",
    "DE",
    "DK",
    "FI",
    "FR",
    "GB",
    "GR",
    "IT",
    "LT",
    "LU",
    "NL",
    "NZ",
    "PL",
    "SE",
    "US",
)


@dataclass(frozen=True)
class Ready:
    """Whether numbers may be ordered for a location, or the code that says why not."""

    allowed: bool
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def may_order(
    *, name: str, country: str, connection: str, has_contract: bool, has_emergency_address: bool
) -> Ready:
    """LOC-09: the calling plan must be set up, with a contract contact and a valid emergency address.

    >>> may_order(name="HQ", country="US", connection="calling_plan", has_contract=True, has_emergency_address=False).code
    'orders.no_emergency_address'
    """
    if connection != CALLING_PLAN or not has_contract:
        return Ready(False, "orders.location_not_ready", {"location": name})
    if country not in SELF_SERVICE:
        return Ready(False, "orders.by_case_only", {"country": country})
    if not has_emergency_address:
        return Ready(False, "orders.no_emergency_address", {"location": name})
    return Ready(True)

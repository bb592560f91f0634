"""Pure rules of locations: connections, what is still missing, when numbers may be ordered (LOC-01 to LOC-10,
ACC-06)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

CALLING_PLAN = "calling_plan"
PREMISES = "premises"
# LOC-02; the cloud-connected option is two: set up here with the provider, or brought along.
CONNECTIONS = (CALLING_PLAN, "non_integrated_ccp", "integrated_ccp", PREMISES)
# The steps of the set-up (LOC-05 to LOC-08); each saves, so that it can be left and resumed (SPK-01).
STEPS = ("site", "connection", "contact", "emergency", "summary")


@dataclass(frozen=True)
class Ready:
    """Whether something may be done for a location, or the code that says why not."""

    allowed: bool
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SetUp:
    """How far the set-up of a location is."""

    name: str
    country: str
    connection: str
    has_contract: bool
    has_emergency_address: bool
    is_signed: bool = False
    gateway_enabled: bool = False


def options(is_served: bool) -> tuple[str, ...]:
    """The connections to choose from: the calling plan only where it is offered (ACC-06).

    >>> options(False)
    ('non_integrated_ccp', 'integrated_ccp', 'premises')
    """
    return tuple(kind for kind in CONNECTIONS if is_served or kind != CALLING_PLAN)


def connection_id(kind: str) -> UUID:
    """The plain UUID by which programs name a kind of connection; the same for ever (webex-api.md section 4)."""
    return uuid5(NAMESPACE_URL, f"dialtone:{kind}")


def may_connect(
    current: str, wanted: str, *, name: str, numbers_here: int, other_provider: bool = False
) -> Ready:
    """A location that has numbers moves to another connection, or to another provider, only along a migration path
    (LOC-10).

    >>> may_connect("calling_plan", "premises", name="HQ", numbers_here=3).code
    'locations.needs_migration'
    """
    if current and (current != wanted or other_provider) and numbers_here:
        return Ready(False, "locations.needs_migration", {"name": name, "count": numbers_here})
    return Ready(True)


def missing(site: SetUp) -> list[str]:
    """What the set-up still lacks, in the order of its steps: names of STEPS, then "signature" or "gateway".

    >>> missing(SetUp("HQ", "US", "calling_plan", True, False))
    ['emergency', 'signature']
    >>> missing(SetUp("HQ", "US", "premises", False, False))
    ['gateway']
    """
    if not site.connection:
        return ["connection"]
    if site.connection == PREMISES:
        return [] if site.gateway_enabled else ["gateway"]  # LOC-03
    if site.connection != CALLING_PLAN:
        return []
    wanted = {
        "contact": site.has_contract,
        "emergency": site.has_emergency_address,
        "signature": site.is_signed,
    }
    return [name for name, is_there in wanted.items() if not is_there]


def may_begin(site: SetUp) -> Ready:
    """LOC-09: before any order or port the calling plan must be set up: connection, contract contact, emergency
    address. The signature may follow: the first order waits for it (SPK-09)."""
    if site.connection != CALLING_PLAN:
        return Ready(False, "orders.location_not_ready", {"location": site.name})
    if not site.has_contract:
        return Ready(False, "orders.no_contract_contact", {"location": site.name})
    if not site.has_emergency_address:
        return Ready(False, "orders.no_emergency_address", {"location": site.name})
    return Ready(True)


def may_order(site: SetUp, *, by_search: bool) -> Ready:
    """LOC-09 for new numbers; where they are had only by a support case, that is said instead (ORD-08).

    >>> may_order(SetUp("HQ", "US", "calling_plan", True, False), by_search=True).code
    'orders.no_emergency_address'
    """
    ready = may_begin(site)
    if ready.code in ("orders.location_not_ready", "orders.no_contract_contact") or by_search:
        return ready
    return Ready(False, "orders.by_case_only", {"country": site.country})


def coordinate(value: object, largest: int) -> float | None:
    """Degrees between -largest and largest; None for anything else, NaN included (BAD-EMG-20, BAD-EMG-21).

    >>> coordinate("40.7484", 90), coordinate(91, 90), coordinate("NaN", 90)
    (40.7484, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 24:
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= largest else None

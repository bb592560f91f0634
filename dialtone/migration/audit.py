"""The number audit report that a move begins with (MIG-16): by section what keeps locations from moving. Only looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dialtone import countries
from dialtone.base import clock
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.locations.models import Location
from dialtone.migration import rules
from dialtone.migration.models import Move
from dialtone.numbers import queries as numbers
from dialtone.numbers import states as number_states
from dialtone.porting import queries as porting
from dialtone.providers import queries as providers
from dialtone.services import contact_centers

SECTIONS = ("way", "calling", "market", "numbers", "ports", "centers")


@dataclass(frozen=True)
class Finding:
    """One error: which location, and how many numbers or orders it is about (0 for the location itself)."""

    location_id: UUID
    name: str
    count: int = 0


@dataclass(frozen=True)
class Section:
    name: str
    errors: Sequence[Finding]


@dataclass(frozen=True)
class Report:
    """All sections, right ones too. `numbers` is how many numbers were looked at."""

    sections: Sequence[Section]
    locations: int
    numbers: int

    @property
    def errors(self) -> int:
        return sum(len(each.errors) for each in self.sections)


def audit(move: Move, sites: Sequence[Location]) -> Report:
    """Look at the locations of a move as they are now."""
    markets = markets_of(move.target, move.provider_id)
    found: dict[str, list[Finding]] = {name: [] for name in SECTIONS}
    total = 0
    names = provider_codes(sites)
    target = target_of(move)
    for site in sites:
        held = numbers.numbers(numbers.Filter(location_ids=[site.id]))
        total += held.count()
        pending = held.filter(state=number_states.PENDING).count()
        open_ports = porting.pending_orders_at(site.id)
        to_plans = move.target == location_rules.CALLING_PLAN
        centers = contact_centers.at_location(site.id) if to_plans else 0
        wrong = {
            "way": rules.path(start_of(site, names), target).how != rules.SELF_SERVICE,
            "calling": not site.calling_enabled,
            "market": markets is not None and site.country not in markets,
            "numbers": pending > 0,
            "ports": open_ports > 0,
            "centers": centers > 0,
        }
        counts = {"numbers": pending, "ports": open_ports, "centers": centers}
        for name, is_wrong in wrong.items():
            if is_wrong:
                found[name].append(Finding(site.id, site.name, counts.get(name, 0)))
    return Report([Section(name, errors) for name, errors in found.items()], len(sites), total)


def markets_of(target: str, provider_id: UUID | None) -> set[str] | None:
    """The countries in which a new connection is offered; None for any (premises-based)."""
    if provider_id is not None:
        return set(providers.provider(provider_id).markets)
    return None if target == location_rules.PREMISES else set(countries.served(clock.now().date()))


def provider_codes(sites: Sequence[Location]) -> dict[UUID, str]:
    """The short names of the providers that these locations have, by provider id."""
    wanted = {each.provider_id for each in sites if each.provider_id}
    return dict(providers.all_kept().filter(id__in=wanted).values_list("id", "code"))


def start_of(site: Location, codes: dict[UUID, str]) -> rules.End:
    """Where a location stands in the matrix."""
    return rules.End(site.connection, codes.get(site.provider_id, "") if site.provider_id else "")


def target_of(move: Move) -> rules.End:
    """Where a move leads to in the matrix."""
    code = providers.provider(move.provider_id).code if move.provider_id else ""
    return rules.End(move.target, code)


def of_move(move: Move) -> Report:
    """The report of a move's own locations."""
    ids = list(move.site_set.values_list("location_id", flat=True))
    return audit(move, list(locations.with_ids(ids).filter(deleted_at=None).order_by("search_name", "id")))

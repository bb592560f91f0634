"""Moves of the customer, their locations, and what could be moved (MIG-14, MIG-25)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.migration import rules, states
from dialtone.migration.audit import markets_of, provider_codes, start_of
from dialtone.migration.models import ManualMove, Move, Site
from dialtone.providers import queries as providers

TARGETS = ("integrated_ccp", "calling_plan", "premises")  # what a self-service way leads to
# MIG-14: what the banner is about.
BANNER_FROM, BANNER_TO = "non_integrated_ccp", "integrated_ccp"


def moves() -> QuerySet[Move]:
    """All runs of the wizard, newest first."""
    found: QuerySet[Move] = Move.objects.order_by("-begun_at", "-id")
    return found


def open_move() -> Move | None:
    """The one that is under way, to go on with."""
    found: Move | None = Move.objects.filter(ended_at=None).first()
    return found


def move(move_id: UUID, *, lock: bool = False) -> Move:
    """One move, locked if asked. Raises Problem not_found."""
    asked = Move.objects.select_for_update() if lock else Move.objects
    found: Move | None = asked.filter(id=move_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def sites(move_id: UUID) -> list[Site]:
    """The locations of a move by name."""
    return list(Site.objects.filter(move_id=move_id).order_by("name", "id"))


def site(move_id: UUID, location_id: UUID, *, lock: bool = False) -> Site:
    """One location of a move. Raises Problem not_found."""
    asked = Site.objects.select_for_update(of=("self",)) if lock else Site.objects
    found: Site | None = asked.filter(move_id=move_id, location_id=location_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def manual_move(move_id: UUID, *, lock: bool = False) -> ManualMove:
    """One move by hand, locked if asked. Raises Problem not_found."""
    asked = ManualMove.objects.select_for_update() if lock else ManualMove.objects
    found: ManualMove | None = asked.filter(id=move_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def manual_moves() -> QuerySet[ManualMove]:
    """All moves by hand, newest first."""
    found: QuerySet[ManualMove] = ManualMove.objects.order_by("-begun_at", "-id")
    return found


def open_manual_moves() -> QuerySet[ManualMove]:
    """Those under way, newest first."""
    return manual_moves().filter(ended_at=None)


def eligible(target: str, provider_id: UUID | None = None) -> list[Location]:
    """The locations that may go there by self-service, by name. One in a country that the provider does not serve stays: it
    would keep the others from moving, as no section of the report may have errors (MIG-16)."""
    markets = markets_of(target, provider_id)
    reachable = locations.list_all().exclude(connection__in=["", target])
    connected = list(reachable if markets is None else reachable.filter(country__in=markets))
    codes = provider_codes(connected)
    code = providers.provider(provider_id).code if provider_id else ""
    end = rules.End(target, code)
    return [each for each in connected if rules.path(start_of(each, codes), end).how == rules.SELF_SERVICE]


def waits_for_integration() -> int:
    """How many locations can go from non-integrated to integrated, as an integrated provider serves their country: the banner
    shows while there is one (MIG-14, MIG-25)."""
    offered = providers.shown().filter(connection=BANNER_TO).values_list("markets", flat=True)
    markets = {country for each in offered for country in each}
    found = locations.list_all().filter(connection=BANNER_FROM, country__in=markets)
    return found.count()


def way_back(found: Site) -> bool:
    """Whether a location may still be undone, as far as the move says."""
    return found.state == states.MOVED and found.move.state == states.LOCATIONS

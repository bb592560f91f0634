"""Open one piece of a confirmed estate: from here things leave the house.

A sheet is nobody's acceptance: whatever it says of a number, its carrier is asked about the emergency address as for any other, and
the number can call once it has accepted (docs/decisions/0004-imported-numbers.md).
"""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, period
from dialtone.emergency import go_live
from dialtone.estate.models import EstateImport, Piece
from dialtone.locations import queries as locations
from dialtone.people import close_imported, invite_again
from dialtone.plans import queries as plans


def customer(found: EstateImport, piece: Piece) -> None:
    """Its people may come in, and it may order."""
    assert piece.for_customer is not None
    close_imported.open_up(piece.for_customer)


def location(found: EstateImport, piece: Piece) -> None:
    """Nothing: its numbers are pieces of their own."""


def numbers(found: EstateImport, piece: Piece) -> None:
    """Delivered, charged from the day on which billing starts, and able to call once their carrier has the address."""
    site = locations.location(UUID(piece.made["location_id"]))
    starts_on = plans.service_starts_on() or clock.today(site.time_zone)
    go_live.go_live(
        piece.made["numbers"], location_id=site.id, since=period.midnight(starts_on, site.time_zone)
    )


def people(found: EstateImport, piece: Piece) -> None:
    """The letters of invitation."""
    for id in map(UUID, piece.made["people"]):
        invite_again.invite_again(id, by_role=found.by_role)


def own(found: EstateImport, piece: Piece) -> None:
    """Nothing: a number asks its carrier for its own address before the location's."""

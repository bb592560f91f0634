"""Take one piece of an estate out again. The customers are closed until the import is confirmed, so nothing but the import hangs
on what goes; what stays is the audit trail."""

from __future__ import annotations

from uuid import UUID

from dialtone.emergency import own_address, withdraw_address
from dialtone.emergency import queries as emergency
from dialtone.estate.models import EstateImport, Piece
from dialtone.locations import create_location
from dialtone.numbers import take_live
from dialtone.numbers.remove_lines import remove_lines
from dialtone.people import close_imported
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans


def customer(found: EstateImport, piece: Piece) -> None:
    assert piece.for_customer is not None
    close_imported.withdraw(piece.for_customer)


def location(found: EstateImport, piece: Piece) -> None:
    location_id = UUID(piece.made["location_id"])
    for each in emergency.versions_of_location(location_id):
        withdraw_address.withdraw_address(each.id)
    create_location.change_location(location_id, calling_enabled=False)
    create_location.delete_location(location_id)


def numbers(found: EstateImport, piece: Piece) -> None:
    take_live.take_back(piece.made["numbers"])


def people(found: EstateImport, piece: Piece) -> None:
    for id in map(UUID, piece.made["people"]):
        remove_lines(id)
        for item in plans.licences_of(id):
            assign_licence.release_licence(item, id)


def own(found: EstateImport, piece: Piece) -> None:
    for e164 in piece.made["numbers"]:
        own_address.remove_own_address(e164)

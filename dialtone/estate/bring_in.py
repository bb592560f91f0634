"""Bring one piece of an estate in. Nothing leaves the house: no letter, no command to a carrier; numbers are pending, so that they
can neither call nor be charged, and the customers are closed until somebody confirms."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dialtone.base import tenancy
from dialtone.base.address import CivicAddress
from dialtone.emergency import enter_address, own_address
from dialtone.estate import sheets
from dialtone.estate.models import EstateImport, Piece
from dialtone.locations import connect, create_location
from dialtone.locations import queries as locations
from dialtone.numbers import take_live
from dialtone.numbers.set_line import Owner
from dialtone.people import create_customer, invite_person
from dialtone.plans import subscribe
from dialtone.services.equip import Equipment, equip


def customer(found: EstateImport, piece: Piece) -> None:
    """The customer, closed, with what it has bought."""
    row = piece.rows[0]
    made = create_customer.create_customer(
        name=row["customer"],
        country=row["country"],
        partner_id=UUID(row["partner"]),
        language=row["language"],
        time_zone=row["time_zone"],
        currency=row["currency"],
        state=create_customer.IMPORTING,
    )
    piece.for_customer = made.id
    with tenancy.customer_scope(made.id, made.partner_id):
        subscribe.start_paid()
        for column, item in sheets.LICENCES.items():
            if row[column]:
                subscribe.buy_licence(item, row[column], date.fromisoformat(row["billing_starts_on"]))


def location(found: EstateImport, piece: Piece) -> None:
    """The location on its calling plan, and its emergency address, looked up."""
    row = piece.rows[0]
    made = create_location.create_location(
        name=row["location"],
        address=CivicAddress.from_json(row["address"]),
        time_zone=row["time_zone"],
        language=row["language"],
    )
    connect.connect(made.id, "calling_plan")
    enter_address.enter_address(made.id, CivicAddress.from_json(row["emergency"]))
    piece.made = {"location_id": str(made.id)}


def numbers(found: EstateImport, piece: Piece) -> None:
    """Some numbers of a location: the customer's from now on, and nobody else's."""
    site = locations.by_name(piece.location)
    taken = take_live.take_live(
        [
            take_live.Arriving(
                e164=row["number"],
                kind=row["kind"],
                country=row["country"],
                usage=row["usage"],
                is_main=row["main"],
                is_live=row["live"],
                block=row["block"],
            )
            for row in piece.rows
        ],
        location_id=site.id,
        carrier=site.carrier,
        import_id=found.id,
    )
    piece.made = {"location_id": str(site.id), "numbers": [each.e164 for each in taken]}


def people(found: EstateImport, piece: Piece) -> None:
    """Some people of a customer, with their lines; their letters wait."""
    made = []
    for row in piece.rows:
        person = invite_person.invite_person(
            tenancy.current_customer_id(),
            email=row["email"],
            role=row["role"],
            by_role=found.by_role,
            first_name=row["first_name"],
            last_name=row["last_name"],
            display_name=row["display_name"],
            language=row["language"],
            location_ids=[locations.by_name(name).id for name in row["admin_of"]],
            with_letter=False,
        )
        made.append(str(person.id))
        if row["number"] or row["extension"]:
            items = {"calling_professional"} | ({"outbound_calling_plan"} if row["calling_plan"] else set())
            equip(
                Owner("person", person.id, person.display_name),
                Equipment(
                    items=items,
                    location_id=locations.by_name(row["location"]).id,
                    e164=row["number"] or None,
                    extension=row["extension"],
                ),
            )
    piece.made = {"people": made}


def own(found: EstateImport, piece: Piece) -> None:
    """Own emergency addresses of numbers that people have."""
    for row in piece.rows:
        own_address.set_own_address(row["number"], CivicAddress.from_json(row["own"]))
    piece.made = {"numbers": [row["number"] for row in piece.rows]}

"""A customer that came with an estate is closed until the import is confirmed: nobody comes in, nobody acts for it."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import record
from dialtone.base.record import Moved
from dialtone.people.change_organisation import locked
from dialtone.people.models import Organisation, Person
from dialtone.people.rules import IMPORTING, WITHDRAWN


def open_up(customer_id: UUID) -> Organisation:
    """The import is confirmed. Raises Problem not_found."""
    return _turn(customer_id, "active", "import_confirmed")


def withdraw(customer_id: UUID) -> Organisation:
    """The import was undone: the customer is not there any more, its people's addresses are free. Raises Problem not_found."""
    for person in Person.objects.select_for_update().filter(customer_id=customer_id):
        person.is_active = False
        person.email = f"{person.id.hex}@removed.invalid"
        person.location_ids = []
        person.version += 1
        person.save(update_fields=["is_active", "email", "location_ids", "version"])
    return _turn(customer_id, WITHDRAWN, "import_undone")


def _turn(customer_id: UUID, state: str, event: str) -> Organisation:
    found = locked(customer_id)
    if found.state != IMPORTING:
        return found
    found.state = state
    found.version += 1
    found.save()
    record.change(
        found,
        f"customer_{event}",
        name=found.name,
        moves=[Moved("organisation", found.id, IMPORTING, state, event)],
    )
    return found

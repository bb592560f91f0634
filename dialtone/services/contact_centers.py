"""Contact centres: what answers a number somewhere else, at whoever runs it. Only on PSTN options other than calling plans (USE-07, H19).

Dialtone keeps which number is theirs. Calls to it go over the lines of the location's provider, so inside it is dialled like any
outside number.
"""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import queries as numbers
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.rename_owner import rename_owner
from dialtone.numbers.set_line import Owner, set_line
from dialtone.services.models import ContactCenter
from dialtone.services.places import place_of

KIND = "contact_center"


def contact_centers() -> QuerySet[ContactCenter]:
    """By name."""
    found: QuerySet[ContactCenter] = ContactCenter.objects.order_by("search_name", "id")
    return found


def contact_center(center_id: UUID, *, lock: bool = False) -> ContactCenter:
    """One of the scope. Raises Problem not_found."""
    asked = ContactCenter.objects.select_for_update() if lock else ContactCenter.objects
    found: ContactCenter | None = asked.filter(id=center_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def owner_of(found: ContactCenter) -> Owner:
    """A contact centre as the owner of numbers."""
    return Owner(KIND, found.id, found.name)


def at_location(location_id: UUID) -> int:
    """How many have a number there: such a location cannot go to calling plans."""
    return numbers.owner_counts(location_id).get(KIND, 0)


def add_contact_center(location_id: UUID, *, name: object, e164: str) -> ContactCenter:
    """A contact centre with its number, standard, toll-free or service. Raises Problem not_found, services.calling_disabled,
    services.contact_center_plan, services.name_taken, those of text, and what `numbers.set_line` raises."""
    location = locations.lock(location_id)
    if not location.calling_enabled:
        raise Problem("services.calling_disabled", field="/locationId", values={"location": location.name})
    made = ContactCenter(id=uuid7(), location_id=location.id, created_at=clock.now())
    _store(made, name, insert=True)
    _give(made, location, e164)
    record.change(
        made, "contact_center_added", name=made.name, after={"name": made.name, "number": e164},
        event="contact_center.created",
    )  # fmt: skip
    return made


def change_contact_center(center_id: UUID, *, name: object = None, e164: str | None = None) -> ContactCenter:
    """What is None stays. Raises as `add_contact_center`.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = contact_center(center_id, lock=True)
    before = {"name": found.name, "number": number_of(found)}
    found.version += 1
    _store(found, found.name if name is None else name)
    rename_owner(owner_of(found))
    if e164 is not None:
        _give(found, locations.lock(found.location_id), e164)
    record.change(
        found, "contact_center_changed", name=found.name, before=before,
        after={"name": found.name, "number": number_of(found)}, event="contact_center.updated",
    )  # fmt: skip
    return found


def remove_contact_center(center_id: UUID) -> None:
    """Its number is free. Raises Problem not_found.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    found = contact_center(center_id, lock=True)
    remove_lines(found.id)
    record.change(
        found, "contact_center_removed", name=found.name, before={"name": found.name},
        event="contact_center.deleted",
    )  # fmt: skip
    found.delete()


def number_of(found: ContactCenter) -> str:
    """Its number; "" when somebody took it away."""
    line = numbers.lines_of_owner([found.id]).get(found.id)
    return line.number.e164 if line and line.number else ""


def _give(found: ContactCenter, location: Location, e164: str) -> None:
    if location.connection == CALLING_PLAN:
        raise Problem("services.contact_center_plan", field="/locationId", values={"location": location.name})
    if not e164:
        raise Problem("field.required", field="/phoneNumber", values={"field": "phoneNumber"})
    set_line(owner_of(found), place_of(location), e164=e164, extension="", field="/phoneNumber")


def _store(found: ContactCenter, name: object, *, insert: bool = False) -> None:
    found.name = clean(name, field="/name", limit=120)
    found.search_name = search_key(found.name)
    try:
        with transaction.atomic():
            found.save(force_insert=insert)
    except IntegrityError as error:
        raise Problem("services.name_taken", field="/name", values={"name": found.name}) from error

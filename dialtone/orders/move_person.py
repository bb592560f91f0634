"""A person goes to another location of the customer with their line: the number they have goes along and shows the new location's
emergency address from that instant, or they get one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.emergency import move_number, own_address
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.set_line import set_line
from dialtone.people import queries as people
from dialtone.services.add_person import owner_of
from dialtone.services.places import place_of


@dataclass(frozen=True)
class Wanted:
    """What the person has there. None keeps what they have, which then goes along; "" takes it away."""

    e164: str | None = None
    extension: str | None = None


def move_person(person_id: UUID, target_id: UUID, wanted: Wanted | None = None) -> Line:
    """The line at its new location; licences, permissions and memberships stay, further numbers are free at the old one.

    Raises Problem not_found, people.no_line, people.same_location, services.calling_disabled, what `emergency.move_number` raises
    for a number that cannot go, and what `numbers.set_line` raises.
    """
    wanted = wanted or Wanted()
    person = people.person(person_id)
    line = numbers.lines_of_owner([person_id]).get(person_id)
    if line is None:
        raise Problem("people.no_line", field="/userId", values={"name": person.display_name})
    target = locations.location(target_id)
    if line.location_id == target_id:
        values = {"name": person.display_name, "location": target.name}
        raise Problem("people.same_location", field="/locationId", values=values)
    if not target.calling_enabled:
        raise Problem("services.calling_disabled", field="/locationId", values={"location": target.name})
    had = line.number.e164 if line.number else ""
    e164 = had if wanted.e164 is None else wanted.e164
    extension = line.extension if wanted.extension is None else wanted.extension
    source_id = line.location_id
    remove_lines(person_id)
    own_address.fall_back_unassigned()  # a home worker's own address was of the line they had; they are told
    if e164 and e164 == had:
        move_number.move_number(had, source_id, target_id, field="/phoneNumber")
    return set_line(
        owner_of(person), place_of(target), e164=e164 or None, extension=extension, field="/phoneNumber"
    )

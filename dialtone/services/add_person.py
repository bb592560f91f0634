"""Add a person with licences and a line: all of it, or nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dialtone.numbers.models import Line
from dialtone.numbers.set_line import Owner
from dialtone.people import invite_person
from dialtone.people.models import Person
from dialtone.services.equip import Equipment, equip
from dialtone.services.finish_set_up import tell_newcomer


def owner_of(person: Person) -> Owner:
    """A person as the owner of lines."""
    return Owner("person", person.id, person.display_name)


def add_person(
    organisation_id: UUID, wanted: Equipment, *, by_role: str, **person: Any
) -> tuple[Person, Line | None]:
    """The person and the line. `person` is told to `people.invite_person`; raises what that and `equip` raise."""
    made = invite_person.invite_person(organisation_id, by_role=by_role, **person)
    line = equip(owner_of(made), wanted) if wanted != Equipment() else None
    tell_newcomer(made, line)
    return made, line

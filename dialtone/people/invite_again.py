"""Send the letter of invitation once more, to who has not set a password yet."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.people.change_person import locked_person
from dialtone.people.invite_person import write_letter
from dialtone.people.models import Person


def invite_again(person_id: UUID, *, by_role: str) -> Person:
    """Raises Problem not_found, people.role, people.has_password."""
    person, organisation = locked_person(person_id, by_role)
    if person.has_usable_password():
        raise Problem("people.has_password", values={"name": person.display_name})
    person.invited_at = clock.now()
    person.save(update_fields=["invited_at"])
    record.change(person, "person_invited_again", name=person.display_name)
    write_letter(person, organisation)
    return person

"""Keep a person out for now, and let them in again: a directory says so when somebody leaves, or an administrator does.

Sessions and tokens end at once; number, extension, licences and emergency address stay, so that nothing is given away
silently: the person's page says so, and removing the person frees them.
"""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.people import consents, end_session, tokens
from dialtone.people.change_person import keep_an_admin, locked_person
from dialtone.people.models import Person, Token


def deactivate_person(person_id: UUID, *, by_role: str) -> Person:
    """Again does nothing. Raises Problem not_found, people.role, people.last_admin (BAD-AUT-10)."""
    person, organisation = locked_person(person_id, by_role)
    if person.deactivated_at is not None:
        return person
    keep_an_admin(person, organisation)
    for token in Token.objects.select_for_update().filter(person=person, revoked_at=None):
        tokens.end(token)
    consents.end_all_of(person.id)
    end_session.end_all_sessions(person.id)
    person.deactivated_at = clock.now()
    return _stored(person, "person_deactivated")


def reactivate_person(person_id: UUID, *, by_role: str) -> Person:
    """The person may sign in again; tokens that ended stay ended. Raises Problem not_found, people.role."""
    person, _organisation = locked_person(person_id, by_role)
    if person.deactivated_at is None:
        return person
    person.deactivated_at = None
    return _stored(person, "person_reactivated")


def _stored(person: Person, action: str) -> Person:
    person.version += 1
    person.save()
    record.change(person, action, name=person.display_name, event="person.updated")
    return person

"""Remove a person: sign-in, tokens and address end at once; the name stays in history."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import record
from dialtone.people import consents, fields, groups, tokens
from dialtone.people.change_person import facts_of, keep_an_admin, locked_person
from dialtone.people.models import DirectoryEntry, Person, Token


def remove_person(person_id: UUID, *, by_role: str, version: int | None = None) -> Person:
    """The address becomes free for a new invitation. Number, extension and licence are freed by the door, before this.

    Raises Problem not_found, version.stale, people.role, people.last_admin (BAD-AUT-10).
    """
    person, organisation = locked_person(person_id, by_role)
    fields.check_version(person.version, version)
    keep_an_admin(person, organisation)
    before = facts_of(person)
    for token in Token.objects.select_for_update().filter(person=person, revoked_at=None):
        tokens.end(token)
    consents.end_all_of(person.id)
    # The directory's name for the person is free again, as the address is.
    DirectoryEntry.objects.filter(person=person).delete()
    groups.leave_groups(person.id)
    person.is_active = False
    person.email = f"{person.id.hex}@removed.invalid"
    person.location_ids = []
    # Sessions carry a hash of the password, so this ends them too.
    person.set_unusable_password()
    person.version += 1
    person.save()
    record.change(
        person, "person_removed", name=person.display_name, before=before, after={}, event="person.deleted"
    )
    return person

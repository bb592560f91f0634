"""Change a person's names, address, role or locations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.base.text import clean, clean_email
from dialtone.people import fields, rules
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people.invite_person import check_role, search_text
from dialtone.people.models import Organisation, Person


def change_person(
    person_id: UUID,
    *,
    by_role: str,
    email: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    display_name: str | None = None,
    role: str | None = None,
    location_ids: Sequence[UUID] | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    organisation_id: UUID | None = None,
    version: int | None = None,
) -> Person:
    """Store what is given; None leaves a field as it is. `organisation_id` may only repeat the own one (BAD-AUT-08).

    Raises Problem not_found, version.stale, people.organisation_fixed, people.email_taken, people.role,
    people.locations_needed, people.last_admin, and those of the fields.
    """
    person, organisation = locked_person(person_id, by_role)
    fields.check_version(person.version, version)
    if organisation_id is not None and organisation_id != organisation.id:
        raise Problem("people.organisation_fixed", field="/orgId")
    before = facts_of(person)
    if role is not None or location_ids is not None:
        _change_role(person, organisation, by_role, role or person.role, location_ids)
    if first_name is not None:
        person.first_name = clean(first_name, field="/firstName", limit=80, required=False)
    if last_name is not None:
        person.last_name = clean(last_name, field="/lastName", limit=80, required=False)
    if display_name is not None:
        person.display_name = clean(display_name, field="/displayName", limit=160)
    if email is not None:
        person.email = clean_email(email)
    if language is not None:
        person.language = fields.language(language)
    if time_zone is not None:
        person.time_zone = fields.time_zone(time_zone)
    after = facts_of(person)
    if after == before:
        return person
    person.search_name = search_text(person.display_name, person.email)
    person.version += 1
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Problem("people.email_taken", field="/email", values={"email": person.email}) from error
    record.change(
        person, "person_changed", name=person.display_name, before=before, after=after, event="person.updated"
    )
    return person


def locked_person(person_id: UUID, by_role: str) -> tuple[Person, Organisation]:
    """A person of the scope, locked together with the organisation, so that administrators are counted one at a time.

    Raises Problem not_found, and people.role for somebody who stands above `by_role`.
    """
    found = Person.objects.filter(id=person_id, is_active=True).first()
    if found is None:
        raise Problem("not_found")
    organisation = Organisation.objects.select_for_update().filter(id=found.organisation_id).first()
    person = Person.objects.select_for_update().filter(id=person_id, is_active=True).first()
    if organisation is None or person is None:
        raise Problem("not_found")
    choices = rules.roles_to_give(by_role, organisation.kind)
    if person.role not in choices:
        values = {"role": person.role, "choices": ", ".join(choices)}
        raise Problem("people.role", field="/role", values=values)
    return person, organisation


def keep_an_admin(person: Person, organisation: Organisation) -> None:
    """Raises Problem people.last_admin if the organisation would be without an administrator (BAD-AUT-10)."""
    admin = rules.ADMIN_OF_KIND[organisation.kind]
    if person.role != admin or not person.may_come_in:
        return
    others = Person.objects.filter(
        organisation=organisation, role=admin, is_active=True, deactivated_at=None
    ).exclude(id=person.id)
    if not others.exists():
        values = {"name": person.display_name, "organisation": organisation.name}
        raise Problem("people.last_admin", values=values)


def facts_of(person: Person) -> dict[str, Any]:
    """What the audit trail keeps of a person."""
    return {
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "display_name": person.display_name,
        "role": person.role,
        "location_ids": [str(id) for id in person.location_ids],
        "language": person.language,
        "time_zone": person.time_zone,
    }


def _change_role(
    person: Person, organisation: Organisation, by_role: str, role: str, location_ids: Sequence[UUID] | None
) -> None:
    wanted = list(person.location_ids if location_ids is None else location_ids)
    check_role(role, organisation, by_role, wanted)
    if role != person.role:
        keep_an_admin(person, organisation)
    person.role = role
    person.location_ids = wanted if role == "location" else []

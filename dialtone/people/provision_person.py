"""People as a customer's directory keeps them (SCIM 2.0, RFC 7643): added, changed, kept out.

The person stays the truth; what only the directory knows is in the directory's entry. Nobody gets a letter: the directory
tells its people itself. Removing somebody is `services.remove_person`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from dialtone.base import record
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import fields, queries
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people.change_person import change_person
from dialtone.people.deactivate_person import deactivate_person, reactivate_person
from dialtone.people.invite_person import invite_person
from dialtone.people.models import DirectoryEntry, Person

# The address of somebody of whom the directory knows none: nothing is ever sent there.
NOWHERE = "@no-address.invalid"
LONGEST_NAME = 254


@dataclass(frozen=True)
class Described:
    """A person in the words of a directory; `said` is the whole resource, for the directory to read again."""

    user_name: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    display_name: str = ""
    language: str = ""
    time_zone: str = ""
    external_id: str = ""
    is_active: bool = True
    said: Mapping[str, Any] = field(default_factory=dict)

    def shown(self) -> str:
        """The name as shown: the one given, or made of the parts, or what the directory calls the person."""
        return self.display_name or f"{self.first_name} {self.last_name}".strip() or self.user_name


def key_of(user_name: str) -> str:
    """Two names that are one to a directory: case does not count (RFC 7643 section 4.1.1)."""
    return user_name.strip().casefold()


def provision_person(organisation_id: UUID, wanted: Described, *, by_role: str) -> Person:
    """Add a person without any role. Raises Problem people.user_name_taken, people.email_taken and those of the fields."""
    _check_free(wanted.user_name, None)
    made = invite_person(
        organisation_id,
        email=wanted.email or _nowhere(),
        role="person",
        by_role=by_role,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        display_name=wanted.shown()[:160],
        language=_language(wanted.language),
        time_zone=_time_zone(wanted.time_zone),
        with_letter=False,
    )
    _keep_entry(made, wanted)
    return made if wanted.is_active else deactivate_person(made.id, by_role=by_role)


def follow_directory(person_id: UUID, wanted: Described, *, by_role: str) -> Person:
    """Change a person to what the directory says now; the role stays.

    Raises Problem not_found, people.role, people.last_admin, people.user_name_taken, people.email_taken, those of the fields.
    """
    _check_free(wanted.user_name, person_id)
    present = queries.person(person_id).email
    person = change_person(
        person_id,
        by_role=by_role,
        email=wanted.email or (present if is_nowhere(present) else _nowhere()),
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        display_name=wanted.shown()[:160],
        language=_language(wanted.language),
        time_zone=_time_zone(wanted.time_zone),
    )
    _keep_entry(person, wanted)
    if wanted.is_active:
        return reactivate_person(person_id, by_role=by_role)
    return deactivate_person(person_id, by_role=by_role)


def entries_of(person_ids: list[UUID]) -> dict[UUID, DirectoryEntry]:
    """What the directory says about these people, by person."""
    return {each.person_id: each for each in DirectoryEntry.objects.filter(person_id__in=person_ids)}


def is_nowhere(email: str) -> bool:
    """Whether this stands for an address that the directory does not know."""
    return email.endswith(NOWHERE)


def _nowhere() -> str:
    return f"{uuid7().hex}{NOWHERE}"


def _check_free(user_name: str, person_id: UUID | None) -> None:
    """One name, one person, whether the directory added them or somebody here did, under the e-mail address."""
    key = key_of(clean(user_name, field="/userName", limit=LONGEST_NAME))
    named = DirectoryEntry.objects.filter(user_name_key=key)
    mailed = Person.objects.filter(email=key, is_active=True, directory_entry=None)
    if person_id is not None:
        named, mailed = named.exclude(person_id=person_id), mailed.exclude(id=person_id)
    if named.exists() or mailed.exists():
        raise Problem("people.user_name_taken", field="/userName", values={"name": user_name[:80]})


def _keep_entry(person: Person, wanted: Described) -> None:
    entry = DirectoryEntry.objects.filter(person=person).first() or DirectoryEntry(person=person)
    before = {"user_name": entry.user_name, "external_id": entry.external_id}
    entry.user_name, entry.user_name_key = wanted.user_name.strip(), key_of(wanted.user_name)
    entry.external_id = clean(wanted.external_id, field="/externalId", limit=LONGEST_NAME, required=False)
    entry.said = dict(wanted.said)
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        raise Problem(
            "people.user_name_taken", field="/userName", values={"name": wanted.user_name[:80]}
        ) from error
    after = {"user_name": entry.user_name, "external_id": entry.external_id}
    if after != before:
        record.change(person, "directory_followed", name=person.display_name, before=before, after=after)


def _language(wanted: str) -> str | None:
    """The language of ours that the directory means ("da-DK" is Danish); None leaves it as it is."""
    code = wanted.strip().lower().replace("_", "-")
    ours = {name.lower(): name for name, _shown in settings.LANGUAGES} | {
        "no": "nb",
        "zh-tw": "zh-hant",
        "zh-hk": "zh-hant",
    }
    return ours.get(code) or ours.get(code.partition("-")[0])


def _time_zone(wanted: str) -> str | None:
    """A time zone that there is; None leaves it as it is."""
    try:
        return fields.time_zone(wanted) if wanted else None
    except Problem:
        return None

"""People change their own names, language and time zone."""

from __future__ import annotations

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import fields
from dialtone.people.caller import Caller
from dialtone.people.change_person import facts_of
from dialtone.people.invite_person import search_text
from dialtone.people.models import Person


def change_profile(
    caller: Caller,
    *,
    display_name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    version: int | None = None,
) -> Person:
    """Store what is given, in the scope of the own organisation, whatever is looked at.

    Raises Problem version.stale and those of the fields.
    """
    with caller.home_scope():
        person = Person.objects.select_for_update().filter(id=caller.person_id, is_active=True).first()
        if person is None:
            raise Problem("not_found")
        fields.check_version(person.version, version)
        before = facts_of(person)
        if display_name is not None:
            person.display_name = clean(display_name, field="/displayName", limit=160)
            person.search_name = search_text(person.display_name, person.email)
        if language is not None:
            person.language = fields.language(language)
        if time_zone is not None:
            person.time_zone = fields.time_zone(time_zone)
        after = facts_of(person)
        if after != before:
            person.version += 1
            person.save()
            record.change(person, "profile_changed", name=person.display_name, before=before, after=after)
        return person

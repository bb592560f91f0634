"""The end of the first set-up: everybody who has a phone gets a mail that says so, with the way to the app (SMB-27).

Afterwards whoever is given a phone gets it, too: once each.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from dialtone.base import clock, mail, record
from dialtone.base.phone import PhoneNumber
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.people.change_organisation import locked
from dialtone.people.models import Organisation, Person


def finish_set_up(organisation_id: UUID) -> int:
    """Answers how many people were written to. Once finished, again writes to nobody twice. Raises Problem not_found."""
    found = locked(organisation_id)
    told = 0
    lines = list(numbers.lines_with_numbers().filter(owner_kind="person", is_primary=True))
    persons = people.persons([line.owner_id for line in lines])
    for line in lines:
        if line.owner_id in persons:
            _write(found, persons[line.owner_id], line)
            told += 1
    if found.set_up_at is None:
        found.set_up_at = clock.now()
        found.version += 1
        found.save(update_fields=["set_up_at", "version"])
        record.change(found, "set_up_finished", name=found.name, facts={"told": told})
    return told


def tell_newcomer(person: Person, line: Line | None) -> None:
    """Write to somebody who got a phone after the set-up was finished; before, nobody is written to one by one."""
    organisation = people.organisation(person.organisation_id)
    if line is not None and organisation.set_up_at is not None:
        _write(organisation, person, line)


def _write(organisation: Organisation, person: Person, line: Line) -> None:
    mail.write(
        "phone_ready",
        to=person.email,
        language=person.language,
        person_id=person.id,
        reference=f"phone-ready:{person.id}",
        facts={
            "name": person.display_name,
            "organisation": organisation.name,
            "number": PhoneNumber(line.number.e164).formatted() if line.number else "",
            "extension": line.extension,
            "app_url": settings.APP_URL,
        },
    )

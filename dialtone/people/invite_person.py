"""Add a person to an organisation, and write the letter that leads to a password of their own."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean, clean_email, search_key
from dialtone.people import fields, queries, rules
from dialtone.people.models import Organisation, Person


def invite_person(
    organisation_id: UUID,
    *,
    email: str,
    role: str,
    by_role: str,
    first_name: str = "",
    last_name: str = "",
    display_name: str = "",
    language: str | None = None,
    time_zone: str | None = None,
    location_ids: Sequence[UUID] = (),
    with_letter: bool = True,
) -> Person:
    """Answers the person. `by_role` is the inviter's role, above which nobody is invited (S5, BAD-AUT-09).

    The letter carries no secret: it leads to the form that mails a link for a password, so an admin who sees the
    letter cannot take the account. The caller of this verb checks that `location_ids` are the organisation's.
    Raises Problem not_found, people.email_taken, people.role, people.locations_needed, and those of the fields.
    """
    organisation = queries.organisation(organisation_id)
    address = clean_email(email)
    check_role(role, organisation, by_role, location_ids)
    first = clean(first_name, field="/firstName", limit=80, required=False)
    last = clean(last_name, field="/lastName", limit=80, required=False)
    shown = clean(display_name, field="/displayName", limit=160, required=False)
    shown = shown or f"{first} {last}".strip() or address.split("@")[0]
    now = clock.now()
    person = Person(
        organisation=organisation,
        partner_id=organisation.partner_id,
        customer_id=organisation.customer_id,
        email=address,
        first_name=first,
        last_name=last,
        display_name=shown,
        search_name=search_text(shown, address),
        role=role,
        location_ids=list(location_ids) if role == "location" else [],
        language=fields.language(language or organisation.language),
        time_zone=fields.time_zone(time_zone or organisation.time_zone),
        invited_at=now,
        created_at=now,
    )
    person.set_unusable_password()
    _store(person)
    record.change(
        person,
        "person_invited",
        name=shown,
        after={"email": address, "role": role, "location_ids": person.location_ids},
        event="person.created",
    )
    if with_letter:
        write_letter(person, organisation)
    return person


def check_role(role: str, organisation: Organisation, by_role: str, location_ids: Sequence[UUID]) -> None:
    """Raises Problem people.role, people.locations_needed."""
    choices = rules.roles_to_give(by_role, organisation.kind)
    if role not in choices:
        values = {"role": str(role)[:40], "choices": ", ".join(choices)}
        raise Problem("people.role", field="/role", values=values)
    if role == "location" and not location_ids:
        raise Problem("people.locations_needed", field="/locationIds")


def search_text(name: str, email: str) -> str:
    """What a search looks through: name and address, folded."""
    return search_key(f"{name} {email}")[:320]


def _store(person: Person) -> None:
    """The address is unique in the whole installation, and row security hides whose it is: the database decides."""
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("people.email_taken", field="/email", values={"email": person.email}) from error


def write_letter(person: Person, organisation: Organisation) -> None:
    """The invitation, without a secret in it."""
    mail.write(
        "invitation",
        to=person.email,
        language=person.language,
        person_id=person.id,
        facts={
            "name": person.display_name,
            "organisation": organisation.name,
            "inviter": tenancy.actor().name,
            "path": f"/account/password/reset/?{urlencode({'email': person.email})}",
        },
    )

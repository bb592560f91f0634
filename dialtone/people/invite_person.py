"""Add a person to an organisation; with a letter that lets them choose a password."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean, clean_email, search_key
from dialtone.people import permissions
from dialtone.people.models import Organisation, Person


def invite_person(
    organisation: Organisation,
    *,
    email: object,
    first_name: object = "",
    last_name: object = "",
    display_name: object = "",
    role: str = "person",
    language: str = "en",
    location_ids: Sequence[UUID] = (),
    password: str | None = None,
) -> Person:
    """The new person. Raises Problem: email.shape, people.email_taken, people.role, field.blank."""
    allowed = permissions.ROLES_OF_KIND[organisation.kind]
    if role not in allowed:
        raise Problem("people.role", field="/role", values={"role": role[:30], "roles": ", ".join(allowed)})
    address = clean_email(email)
    first = clean(first_name, field="/firstName", limit=80, required=False)
    last = clean(last_name, field="/lastName", limit=80, required=False)
    shown = clean(
        display_name or f"{first} {last}".strip() or address.split("@")[0], field="/displayName", limit=160
    )
    person = Person(
        organisation=organisation,
        partner_id=organisation.partner_id,
        customer_id=organisation.customer_id,
        email=address,
        first_name=first,
        last_name=last,
        display_name=shown,
        search_name=search_key(f"{shown} {address}"),
        role=role,
        location_ids=list(location_ids),
        language=language,
        time_zone=organisation.time_zone,
        invited_at=clock.now(),
        created_at=clock.now(),
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("people.email_taken", field="/email", values={"email": address}) from error
    record.change(person, "person_invited", name=shown, after={"role": role, "email": address})
    return person

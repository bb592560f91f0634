"""The first organisation of an installation: its operator, the house partner, and one administrator."""

from __future__ import annotations

from dataclasses import dataclass

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.people import fields
from dialtone.people.create_partner import create_partner
from dialtone.people.enrol_partner import enrol
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Organisation, Person


@dataclass(frozen=True)
class Begun:
    """What a new installation begins with."""

    operator: Organisation
    house_partner: Organisation
    admin: Person


def first_operator(
    *,
    name: str,
    email: str,
    admin_name: str = "",
    country: str = "US",
    language: str = "en",
    time_zone: str = "UTC",
    currency: str = "USD",
    password: str | None = None,
    with_letter: bool = True,
) -> Begun:
    """Used once, by `dialtone setup`; opens the operator's scope itself. With a `password` no letter is written.

    Raises Problem people.set_up_already, and those of the fields.
    """
    with tenancy.operator_scope():
        operator = create_operator(
            name=name, country=country, language=language, time_zone=time_zone, currency=currency
        )
        house = create_partner(
            name=operator.name,
            country=country,
            language=language,
            time_zone=time_zone,
            currency=currency,
            house=True,
        )
        house = enrol(house.id)
        admin = invite_person(
            operator.id,
            email=email,
            role="operator",
            by_role="operator",
            display_name=admin_name,
            with_letter=with_letter and password is None,
        )
        if password is not None:
            set_password(admin, password)
    return Begun(operator, house, admin)


def create_operator(
    *, name: str, country: str = "US", language: str = "en", time_zone: str = "UTC", currency: str = "USD"
) -> Organisation:
    """The one operator. Needs the operator's scope. Raises Problem people.set_up_already, and those of the fields."""
    alone.until_commit("operator")
    if Organisation.objects.filter(kind="operator").exists():
        raise Problem("people.set_up_already")
    label = clean(name, field="/name", limit=120)
    operator = Organisation(
        id=uuid7(),
        partner_id=None,
        customer_id=None,
        kind="operator",
        name=label,
        search_name=search_key(label),
        country=fields.country(country),
        language=fields.language(language),
        time_zone=fields.time_zone(time_zone),
        currency=fields.currency(currency),
        created_at=clock.now(),
    )
    operator.save(force_insert=True)
    record.change(operator, "operator_created", name=label, after={"name": label, "country": country})
    return operator


def set_password(person: Person, password: str) -> None:
    """Give a person a password without a mail: for the first one, and for the people of a sandbox."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record.change(person, "password_set", name=person.display_name)

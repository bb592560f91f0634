"""Who there is: organisations and people."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.people.models import Organisation, Person


def reader(person_id: UUID | None) -> Person | None:
    """A person to write to, if still there."""
    return Person.objects.filter(id=person_id, is_active=True).first() if person_id else None


def full_admins(customer_id: UUID) -> list[Person]:
    """The customer's full administrators."""
    return list(Person.objects.filter(customer_id=customer_id, role="full", is_active=True).order_by("email"))


def people(text: str = "") -> QuerySet[Person]:
    """The people in the scope's organisation, by name; found with and without accents."""
    scope = tenancy.current()
    found = Person.objects.filter(is_active=True).order_by("search_name", "id")
    if scope.customer_id:
        found = found.filter(customer_id=scope.customer_id)
    elif scope.partner_id:
        found = found.filter(partner_id=scope.partner_id, customer_id=None)
    return found.filter(search_name__contains=search_key(text)) if text else found


def person(person_id: UUID) -> Person:
    """One person. Raises not_found."""
    found = people().filter(id=person_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def customers(text: str = "") -> QuerySet[Organisation]:
    """The customers that the scope may see, by name."""
    found = Organisation.objects.filter(kind="customer").order_by("search_name", "id")
    return found.filter(search_name__contains=search_key(text)) if text else found


def partners() -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind="partner").order_by("search_name", "id")


def organisation(organisation_id: UUID) -> Organisation:
    """An organisation that row security lets the scope see. Raises not_found."""
    found = Organisation._base_manager.filter(id=organisation_id).first()
    if found is None:
        raise Problem("not_found")
    return found

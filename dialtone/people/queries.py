"""Lists and searches of organisations and people, and who reads mail for a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people import rules
from dialtone.people.caller import Caller
from dialtone.people.models import Organisation, Person

_BY_HEIGHT = Case(
    When(kind="operator", then=Value(0)),
    When(kind="partner", then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def organisations(*, kind: str = "", text: str = "") -> QuerySet[Organisation]:
    """What the scope may see: itself and the organisations below it; by name, found without accents and case."""
    found: QuerySet[Organisation] = Organisation.objects.order_by("search_name", "id")
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(search_name__contains=search_key(text))
    return found


def customers(text: str = "", *, partner_id: UUID | None = None) -> QuerySet[Organisation]:
    """Customers of the scope, by name."""
    found = organisations(kind="customer", text=text).exclude(state=rules.WITHDRAWN)
    return found.filter(partner_id=partner_id) if partner_id else found


def partners(text: str = "") -> QuerySet[Organisation]:
    """Partners of the scope, by name: all for the operator, a partner sees itself."""
    return organisations(kind="partner", text=text)


def customers_by_partner(partner_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many customers each of these partners has."""
    found = Organisation.objects.filter(kind="customer", partner_id__in=list(partner_ids))
    found = found.exclude(state=rules.WITHDRAWN)
    return dict(found.values_list("partner_id").annotate(count=Count("id")).order_by())


def organisation(organisation_id: UUID) -> Organisation:
    """One organisation of the scope. Raises Problem not_found."""
    found: Organisation | None = Organisation.objects.filter(id=organisation_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def owner_names(rows: Iterable[Any]) -> dict[UUID | None, str]:
    """The names of the organisations that rows belong to, by `owner_id(row)`; the operator's own have none."""
    ids = {id for row in rows if (id := owner_id(row)) is not None}
    return {each.id: each.name for each in organisations().filter(id__in=ids)} if ids else {}


def owner_id(row: Any) -> UUID | None:
    """Whose a row of a tenant is: a customer's, else a partner's, else the operator's (None)."""
    found: UUID | None = row.customer_id or row.partner_id
    return found


def house_partner() -> Organisation | None:
    """The partner that direct customers belong to; only the operator sees it unless it is the own."""
    found: Organisation | None = Organisation.objects.filter(kind="partner", is_house_partner=True).first()
    return found


def partner_of(customer_id: UUID) -> Organisation:
    """The partner of a customer, which the customer may see too. Raises Problem not_found."""
    customer = organisation(customer_id)
    # Row security shows a customer its partner; the tenant's manager would look for customers only.
    found = Organisation._base_manager.filter(kind="partner", partner_id=customer.partner_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def looked_after_by(customer_id: UUID) -> str:
    """Whom the people of a customer talk to: its partner by name, or the operator of a direct customer."""
    partner = partner_of(customer_id)
    return operator_name() if partner.is_house_partner else partner.name


def may_offer_calling_plans(customer_id: UUID) -> bool:
    """Whether the customer's partner is an authorised calling partner: enrolled and not suspended (ACC-03)."""
    partner = partner_of(customer_id)
    return partner.enrolled_at is not None and partner.state == "active"


def need_calling_partner(customer_id: UUID) -> None:
    """Raises Problem people.not_enrolled unless the partner may offer calling plans (ACC-03)."""
    if not may_offer_calling_plans(customer_id):
        raise Problem("people.not_enrolled", values={"partner": partner_of(customer_id).name})


def organisation_choices(caller: Caller, *, text: str = "", most: int = 50) -> Sequence[Organisation]:
    """What the caller may look at instead of the own organisation, by name; for the switcher. Opens its own scope."""
    if caller.home_kind == "customer":
        return []
    with caller.home_scope():
        found = organisations(text=text).exclude(id=caller.home_id).exclude(kind="operator")
        found = found.exclude(state__in=(rules.IMPORTING, rules.WITHDRAWN))
        return list(found.order_by(_BY_HEIGHT, "search_name", "id")[:most])


def people(
    text: str = "",
    *,
    organisation_id: UUID | None = None,
    roles: Sequence[str] = (),
    with_removed: bool = False,
) -> QuerySet[Person]:
    """People of the scope's own organisation, or of another one that it sees; by name.

    `text` is part of a name or address, without accents and case.
    """
    found = Person.objects.order_by("search_name", "id")
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    else:
        scope = tenancy.current()
        found = found.filter(partner_id=scope.partner_id, customer_id=scope.customer_id)
    if roles:
        found = found.filter(role__in=list(roles))
    if text:
        found = found.filter(search_name__contains=search_key(text))
    return found if with_removed else found.filter(is_active=True)


def person(person_id: UUID) -> Person:
    """One person of the scope: of the own organisation or one below it. Raises Problem not_found."""
    found = Person.objects.filter(id=person_id, is_active=True).first()
    if found is None:
        raise Problem("not_found")
    return found


def persons(person_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Those of these people that the scope sees, by id; who was removed is there too."""
    return {person.id: person for person in Person.objects.filter(id__in=list(person_ids))}


def with_emails(organisation_id: UUID, emails: Sequence[str]) -> list[Person]:
    """Those people of an organisation who have one of these addresses, as they are kept: in small letters."""
    return list(people(organisation_id=organisation_id).filter(email__in=list(emails)))


def languages_of(emails: Sequence[str]) -> dict[str, str]:
    """The language of each of these addresses that is a person's of the scope."""
    return dict(Person.objects.filter(email__in=list(emails)).values_list("email", "language"))


def names_of(person_ids: Sequence[UUID]) -> dict[UUID | None, str]:
    """The names of people of the scope, also of removed ones, for histories."""
    found = Person.objects.filter(id__in=list(person_ids))
    return dict(found.values_list("id", "display_name"))


def addresses_of(person_ids: Sequence[UUID | None]) -> dict[UUID | None, str]:
    """The present addresses of people of the scope."""
    found = Person.objects.filter(id__in=[id for id in person_ids if id])
    return dict(found.values_list("id", "email"))


def reader(person_id: UUID | None) -> Person | None:
    """Whom to write to about what this person did; None if gone, or of an organisation that the scope cannot see."""
    return Person.objects.filter(id=person_id, is_active=True).first() if person_id else None


def full_admins(organisation_id: UUID) -> Sequence[Person]:
    """The full administrators of a customer or partner: they accept terms and read its mail."""
    return full_admins_of([organisation_id]).get(organisation_id, [])


def full_admins_of(organisation_ids: Sequence[UUID]) -> dict[UUID, list[Person]]:
    """The full administrators of some customers or partners; nothing for who has none."""
    roles = [rules.ADMIN_OF_KIND[kind] for kind in ("customer", "partner")]
    rows = Person.objects.filter(
        organisation_id__in=list(organisation_ids), role__in=roles, is_active=True, deactivated_at=None
    )
    found: dict[UUID, list[Person]] = {}
    for each in rows.order_by("search_name", "id"):
        found.setdefault(each.organisation_id, []).append(each)
    return found


def roles_to_give(caller: Caller, kind: str) -> tuple[str, ...]:
    """The roles that the caller may give in an organisation of a kind, for forms."""
    return rules.roles_to_give(caller.role, kind) if caller.may("edits_people") else ()


def operator() -> Organisation:
    """The operator of this installation. Operator's scope."""
    return Organisation.objects.get(kind="operator")


def seller() -> Organisation:
    """Who sells to the customers of this installation; every organisation may know it."""
    return Organisation._base_manager.get(kind="operator")


def operator_name() -> str:
    """What the operator of this installation is called; every organisation may know it."""
    found = Organisation._base_manager.filter(kind="operator").values_list("name", flat=True).first()
    return found or "Dialtone"

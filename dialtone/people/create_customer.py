"""A new customer of a partner; one without a partner belongs to the house partner."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.people import fields
from dialtone.people.models import Organisation
from dialtone.people.rules import IMPORTING

__all__ = ["IMPORTING", "create_customer"]


def create_customer(
    *,
    name: str,
    country: str,
    partner_id: UUID | None = None,
    language: str = "en",
    time_zone: str = "UTC",
    currency: str = "USD",
    state: str = "active",
) -> Organisation:
    """Answers the customer. Needs the scope of its partner or of the operator (who may name a partner).

    Raises Problem not_found for a partner that is not there, people.suspended, people.not_enrolled (ACC-03), and those
    of the fields.
    """
    partner = _partner(partner_id)
    if partner.state != "active":
        raise Problem("people.suspended", values={"organisation": partner.name})
    if partner.enrolled_at is None:
        raise Problem("people.not_enrolled", values={"partner": partner.name})
    id = uuid7()
    label = clean(name, field="/name", limit=120)
    customer = Organisation(
        id=id,
        partner_id=partner.id,
        customer_id=id,
        kind="customer",
        name=label,
        search_name=search_key(label),
        country=fields.country(country),
        language=fields.language(language),
        time_zone=fields.time_zone(time_zone),
        currency=fields.currency(currency),
        state=state,
        created_at=clock.now(),
    )
    customer.save(force_insert=True)
    record.change(
        customer,
        "customer_created",
        name=label,
        after={"name": label, "country": country, "partner": partner.name},
        event="customer.created",
    )
    return customer


def _partner(partner_id: UUID | None) -> Organisation:
    scope = tenancy.current()
    partners = Organisation.objects.filter(kind="partner")
    if scope.level is tenancy.Level.PARTNER and partner_id is None:
        partner_id = scope.partner_id
    found = partners.filter(is_house_partner=True) if partner_id is None else partners.filter(id=partner_id)
    partner: Organisation | None = found.first()
    if partner is None:
        raise Problem("not_found", field="/partnerId")
    return partner

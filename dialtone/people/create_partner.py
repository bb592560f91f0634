"""A new partner, made by the operator; it may offer calling plans once enrolled (ACC-03)."""

from __future__ import annotations

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.text import clean, search_key
from dialtone.people import fields
from dialtone.people.models import Organisation


def create_partner(
    *,
    name: str,
    country: str,
    language: str = "en",
    time_zone: str = "UTC",
    currency: str = "USD",
    house: bool = False,
) -> Organisation:
    """Answers the partner. Needs the operator's scope. `house` marks the one that direct customers belong to.

    Raises Problem of the fields.
    """
    id = uuid7()
    label = clean(name, field="/name", limit=120)
    partner = Organisation(
        id=id,
        partner_id=id,
        customer_id=None,
        kind="partner",
        name=label,
        search_name=search_key(label),
        country=fields.country(country),
        language=fields.language(language),
        time_zone=fields.time_zone(time_zone),
        currency=fields.currency(currency),
        is_house_partner=house,
        created_at=clock.now(),
    )
    partner.save(force_insert=True)
    record.change(
        partner, "partner_created", name=label, after={"name": label, "country": country, "house": house}
    )
    return partner

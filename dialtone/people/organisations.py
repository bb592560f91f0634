"""Make organisations: the operator once, partners and their customers (ACC-01, ACC-03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.period import check_zone
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.people.models import Organisation


def create(
    kind: str, name: object, *, country: str, time_zone: str, partner_id: UUID | None = None, **more: Any
) -> Organisation:
    """A new organisation; a customer needs the partner it belongs to. Raises Problem for a bad name or zone,
    people.not_enrolled for a partner outside the programme."""
    cleaned = clean(name, field="/name", limit=120)
    check_zone(time_zone)
    id = uuid7()
    if kind == "customer":
        partner = Organisation._base_manager.filter(id=partner_id, kind="partner").first()
        if partner is None:
            raise Problem("not_found", field="/partnerId")
        if partner.enrolled_at is None:
            raise Problem("people.not_enrolled")
    found = Organisation(
        id=id,
        kind=kind,
        name=cleaned,
        search_name=search_key(cleaned),
        partner_id={"operator": None, "partner": id}.get(kind, partner_id),
        customer_id=id if kind == "customer" else None,
        country=country,
        time_zone=time_zone,
        created_at=clock.now(),
        **more,
    )
    found.save(force_insert=True)
    record.change(found, f"{kind}_created", name=cleaned, after={"name": cleaned, "country": country})
    return found


def enrol(partner_id: UUID) -> Organisation:
    """Enrol a partner in the calling programme (ACC-03): it has accepted the addendum."""
    partner = Organisation.objects.select_for_update().filter(id=partner_id, kind="partner").first()
    if partner is None:
        raise Problem("not_found")
    if partner.enrolled_at is None:
        partner.enrolled_at = clock.now()
        partner.version += 1
        partner.save()
        record.change(partner, "partner_enrolled", name=partner.name)
    return partner

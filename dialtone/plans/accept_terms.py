"""A customer's full administrator accepts the terms of service; nobody else can (ACC-02)."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.plans.models import Acceptance
from dialtone.plans.queries import current_terms


def accept_terms(*, by: UUID, by_name: str, role: str) -> Acceptance:
    """The acceptance; accepting twice changes nothing. Raises Problem plans.terms_by_customer, plans.no_terms."""
    if role != "full" or tenancy.actor().org_id != tenancy.current_customer_id():
        raise Problem("plans.terms_by_customer")
    terms = current_terms()
    known: Acceptance | None = Acceptance.objects.filter(terms_id=terms.id).first()
    if known is not None:
        return known
    made = Acceptance(
        terms_id=terms.id, accepted_by=by, accepted_by_name=by_name[:160], accepted_at=clock.now()
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # two people pressed the button at once
        return Acceptance.objects.get(terms_id=terms.id)
    record.change(
        made,
        "terms_accepted",
        name=terms.version,
        event="terms.accepted",
        event_facts={"version": terms.version},
    )
    return made

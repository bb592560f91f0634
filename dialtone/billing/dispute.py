"""The customer finds an invoice wrong: a support case about it, for the people who can put it right (SUP-07)."""

from __future__ import annotations

from uuid import UUID

from dialtone.billing import queries
from dialtone.support import open_case
from dialtone.support.models import Case

SITUATION = "billing_dispute"


def dispute(invoice_id: UUID, title: object, text: object) -> Case:
    """Open a case about an invoice of the scope. Raises Problem not_found, support.too_many, field.*, text.*."""
    found = queries.invoice(invoice_id)
    return open_case.open_case(
        SITUATION,
        title,
        text,
        subject_kind="invoice",
        subject_id=found.id,
        facts={"invoice": found.label, "total": found.content["total"], "currency": found.currency},
    )

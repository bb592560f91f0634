"""The buyer finds an invoice wrong: a support case about it, for the people who can put it right (SUP-07). A customer disputes its own, and
a partner to which the operator sells its wholesale papers. While the case is open, the invoice is disputed; it is due as before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from dialtone.base import alone, tenancy
from dialtone.base.problems import Problem
from dialtone.billing import queries
from dialtone.billing.models import Invoice
from dialtone.people import queries as people
from dialtone.support import open_case
from dialtone.support import queries as support
from dialtone.support.models import Case

SITUATION = "billing_dispute"


def dispute(invoice_id: UUID, title: object, text: object) -> Case:
    """Open a case about an invoice of which the scope is the buyer, with what it is about. Raises Problem not_found, billing.not_the_buyer,
    billing.disputed, support.too_many, field.*, text.*."""
    found = queries.invoice(invoice_id)
    check_buyer(found)
    alone.until_commit("dispute", found.id)
    known = of(found)
    if known is not None:
        raise Problem("billing.disputed", values={"number": known.number})
    return open_case.open_case(
        SITUATION, title, text, subject_kind="invoice", subject_id=found.id, facts=facts(found)
    )


def check_buyer(found: Invoice) -> None:
    """Raises Problem billing.not_the_buyer: the case would be somebody else's, who has nothing to dispute."""
    scope = tenancy.current()
    if (scope.customer_id or scope.partner_id) != people.owner_id(found):
        raise Problem("billing.not_the_buyer")


def facts(found: Invoice) -> dict[str, str]:
    """What goes along with the question, so that nobody has to write it down again (SUP-09)."""
    return {
        "invoice": found.label,
        "month": found.content["month"],
        "total": found.content["total"],
        "currency": found.currency,
    }


def of(found: Invoice) -> Case | None:
    """The open case in which an invoice is disputed, if there is one."""
    return _open_about(found.id).first()


def with_dispute(found: QuerySet[Invoice]) -> QuerySet[Any]:
    """Invoices with `dispute_id`: the open case in which each is disputed, or None."""
    return found.annotate(dispute_id=Subquery(_open_about(OuterRef("id")).values("id")[:1]))


def disputed(found: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Those that are disputed now."""
    return found.filter(Exists(_open_about(OuterRef("id"))))


def _open_about(invoice_id: Any) -> QuerySet[Case]:
    found = support.cases(open_only=True, subject_id=invoice_id)
    return found.filter(subject_kind="invoice", situation=SITUATION)

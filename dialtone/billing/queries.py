"""Invoices and charges of the open scope: a customer's own, a partner's customers', or all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from dialtone.base.problems import Problem
from dialtone.billing.days import Month
from dialtone.billing.models import CREDIT_NOTE, INVOICE, Charge, Invoice, Payment, Run


def invoices(*, month: Month | None = None) -> QuerySet[Invoice]:
    """Invoices and credit notes of customers, newest first."""
    found: QuerySet[Invoice] = Invoice.objects.filter(customer_id__isnull=False).order_by("-issued_on", "-id")
    return found.filter(month=month.first) if month else found


def wholesale(*, month: Month | None = None) -> QuerySet[Invoice]:
    """The papers of partners to which the operator sells, newest first; none in a customer's scope."""
    found: QuerySet[Invoice] = Invoice.objects.filter(customer_id=None).order_by("-issued_on", "-id")
    return found.filter(month=month.first) if month else found


def invoice(invoice_id: UUID) -> Invoice:
    """One invoice or credit note of the scope, a partner's own too. Raises Problem not_found."""
    found: Invoice | None = Invoice.objects.filter(id=invoice_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def credit_notes(found: Invoice) -> list[Invoice]:
    """The credit notes about an invoice, the first one first."""
    return list(Invoice.objects.filter(credits=found, kind=CREDIT_NOTE).order_by("number"))


def payments(found: Invoice) -> list[Payment]:
    """What was paid for an invoice and taken back, in the order in which it was written down."""
    paid = Payment.objects.filter(invoice=found).select_related("taken_back_by")
    return list(paid.order_by("recorded_at", "id"))


def payment(payment_id: UUID) -> Payment:
    """One payment of the scope. Raises Problem not_found."""
    found: Payment | None = Payment.objects.select_related("invoice").filter(id=payment_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def open_amount(found: Invoice) -> Decimal:
    """What is still owed of an invoice: without what was credited and paid; below zero where it was credited after it was paid."""
    return left_to_credit(found) - sum((each.amount for each in payments(found)), Decimal(0))


def with_open(found: QuerySet[Invoice]) -> QuerySet[Any]:
    """Invoices with `still_open`, as `open_amount`; None for a credit note."""
    none = Value(Decimal(0), output_field=DecimalField(max_digits=20, decimal_places=4))
    own = OuterRef("id")
    credited = Invoice.objects.filter(credits=own).order_by().values("credits").annotate(sum=Sum("total"))
    paid = Payment.objects.filter(invoice=own).order_by().values("invoice").annotate(sum=Sum("amount"))
    left = (
        F("total")
        + Coalesce(Subquery(credited.values("sum")), none)
        - Coalesce(Subquery(paid.values("sum")), none)
    )
    return found.annotate(still_open=Case(When(kind=INVOICE, then=left), default=None))


def unpaid(found: QuerySet[Invoice], today: date | None = None) -> QuerySet[Any]:
    """Those of which something is owed; with a day, only what was due before it."""
    owed = with_open(found).filter(still_open__gt=0)
    return owed.filter(due_on__lt=today) if today else owed


def left_to_credit(found: Invoice) -> Decimal:
    """How much of an invoice has not been credited."""
    return found.total + sum((each.total for each in credit_notes(found)), Decimal(0))


def charge(charge_id: UUID) -> Charge:
    """One charge of the scope. Raises Problem not_found."""
    found: Charge | None = Charge.objects.filter(id=charge_id).select_related("transaction").first()
    if found is None:
        raise Problem("not_found")
    return found


def usage_charges(found: Invoice) -> Mapping[tuple[str, str, str], UUID]:
    """The charges for calls of an invoice, by month, destination and location."""
    rows = Charge.objects.filter(transaction__invoice=found, kind="usage")
    return {(str(Month.of(each.month)), each.name, str(each.location_id or "")): each.id for each in rows}


def totals(*, month: Month | None = None) -> list[dict[str, Any]]:
    """What the invoices of the scope come to, by currency: what a partner's customers pay together (M10)."""
    rows = invoices(month=month).order_by().values("currency")
    rows = rows.annotate(count=Count("id"), total=Sum("total")).order_by("currency")
    return [dict(each) for each in rows]


def check_open(day: date, field: str) -> None:
    """Refuse a first day that lies in a month which has been invoiced. Raises Problem billing.month_closed (409)."""
    latest = Run.objects.order_by("-month").values_list("month", flat=True).first()
    if latest is not None and day < Month.of(latest).next.first:
        values = {"month": str(Month.of(day)), "first": Month.of(latest).next.first.isoformat()}
        raise Problem("billing.month_closed", field=field, values=values)

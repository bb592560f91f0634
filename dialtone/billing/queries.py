"""Invoices and charges of the open scope: a customer's own, a partner's customers', or all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from dialtone.base.problems import Problem
from dialtone.billing.days import Month
from dialtone.billing.models import CREDIT_NOTE, Charge, Invoice, Run


def invoices(*, month: Month | None = None) -> QuerySet[Invoice]:
    """Invoices and credit notes, newest first."""
    found: QuerySet[Invoice] = Invoice.objects.order_by("-issued_on", "-id")
    return found.filter(month=month.first) if month else found


def invoice(invoice_id: UUID) -> Invoice:
    """One invoice or credit note of the scope. Raises Problem not_found."""
    found: Invoice | None = Invoice.objects.filter(id=invoice_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def credit_notes(found: Invoice) -> list[Invoice]:
    """The credit notes about an invoice, the first one first."""
    return list(Invoice.objects.filter(credits=found, kind=CREDIT_NOTE).order_by("number"))


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

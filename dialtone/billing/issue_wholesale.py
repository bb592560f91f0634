"""Write down what a partner pays for a month: once, whatever happens (M1, M3, M4). One transaction of the caller's, in the order of `issue`.

The paper is the partner's own and no customer's; its series is one of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid5

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from dialtone.base import bulk
from dialtone.base.problems import Problem
from dialtone.billing import ask_taxes, choose_tax_service, content, facts, ledger, tax_service, wholesale
from dialtone.billing.days import Month
from dialtone.billing.issue import numbered, of_line, of_usage, tell
from dialtone.billing.models import (
    INVOICE,
    WHOLESALE_SERIES,
    Invoice,
    Transaction,
    WholesaleCharge,
    WholesaleChargedCall,
)
from dialtone.billing.wholesale import WholesaleDraft
from dialtone.people import queries as people
from dialtone.people.models import Organisation, tenant_of
from dialtone.rates.models import WholesaleCall
from dialtone.rates.rules import PRICED

SERIES = WHOLESALE_SERIES[INVOICE]


def issue_wholesale(
    partner: Organisation, month: Month, *, issued_on: date, rating_version: int
) -> Invoice | None:
    """The paper; None when there is nothing to pay, or when there is one already. Raises Problem billing.no_price, billing.no_tax;
    ask_taxes.TaxesWantedError where a tax service has to be asked first. Operator's scope."""
    own = Invoice.objects.filter(partner_id=partner.id, customer_id=None, month=month.first, kind=INVOICE)
    if own.exists():
        return None
    try:
        with transaction.atomic():
            return _issued(partner, month, issued_on, rating_version)
    except _NothingToPayError:
        return None


class _NothingToPayError(Exception):
    """Undoes what was marked: it waits for the next month's."""


def _issued(partner: Organisation, month: Month, issued_on: date, rating_version: int) -> Invoice:
    key = f"wholesale:{month}"
    unnumbered = Invoice(id=uuid5(partner.id, key), **tenant_of(partner))
    opened = ledger.open_transaction(unnumbered, INVOICE, key)
    made = wholesale.worked_out(partner, month, _marking(opened, rating_version))
    if made.unpriced:
        customer, line = made.unpriced[0]
        what = f"{customer.name}: {line.item.name}"
        raise Problem("billing.no_price", values={"what": what, "currency": partner.currency})
    code = choose_tax_service.chosen()
    kept = ask_taxes.Kept(made, code) if code != tax_service.TABLE else None
    made.taxes = wholesale.taxes_of(made, kept)
    if made.total.is_zero:
        raise _NothingToPayError
    if made.untaxed:
        raise Problem("billing.no_tax", values={"place": made.untaxed[0].country})
    told = content.of_wholesale(made)
    number = ledger.next_number(SERIES)
    invoice = numbered(opened, SERIES, number, made, told, issued_on, kept.told if kept else {})
    invoice.save(force_insert=True)
    charges = _charges(made, opened)
    bulk.insert(charges)
    postings = ledger.wholesale(charges, [each.amount.amount for each in made.taxes], made.total.amount)
    ledger.post(opened, made.currency, postings)
    tell(invoice, people.full_admins(partner.id))
    return invoice


def _marking(opened: Transaction, version: int) -> wholesale.Calls:
    """The calls of a customer and month, all of them marked as charged by this transaction, which only one can do."""

    def calls(customer: Organisation, month: Month) -> QuerySet[Any]:
        begin, end = facts.month_bounds(customer, month)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO billing_wholesalechargedcall (partner_id, customer_id, call_id, transaction_id)"
                " SELECT r.partner_id, r.customer_id, r.call_id, %s FROM rates_wholesalecall r"
                " JOIN people_organisation p ON p.id = r.partner_id AND p.currency = r.currency"
                " WHERE r.customer_id = %s AND r.rating_version = %s AND r.basis = %s"
                " AND r.started_at >= %s AND r.started_at < %s ON CONFLICT (call_id) DO NOTHING",
                [opened.id, customer.id, version, PRICED, begin, end],
            )
        marked = WholesaleChargedCall.objects.filter(call_id=OuterRef("call_id"), transaction_id=opened.id)
        return facts.rated_calls(customer, month, version, WholesaleCall).filter(Exists(marked))

    return calls


def _charges(made: WholesaleDraft, opened: Transaction) -> list[WholesaleCharge]:
    told = [
        (each.customer, values)
        for each in made.sold
        for values in (*map(of_line, each.lines), *map(of_usage, each.usage))
    ]
    return [
        WholesaleCharge(
            id=uuid5(opened.id, str(position)),
            transaction=opened,
            position=position,
            **tenant_of(customer),
            **values,
        )
        for position, (customer, values) in enumerate(told)
    ]

"""Invoice one customer for one month: once, whatever happens (M1, M3, M4). One transaction of the caller's.

1. a transaction of the ledger is opened, and the calls are marked as charged by it, which only one can do;
2. lines, calls and taxes are worked out, as the preview does; a line without a price refuses the whole;
3. charges and their entries are written, which add up to zero;
4. last the invoice gets its number, since the series waits for whoever has taken one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, QuerySet

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.billing import ask_taxes, choose_tax_service, content, draft, facts, ledger, tax_service
from dialtone.billing.days import Month
from dialtone.billing.draft import Draft
from dialtone.billing.facts import Usage
from dialtone.billing.models import INVOICE, SERIES, Charge, ChargedCall, Invoice
from dialtone.billing.rules import USAGE, Line
from dialtone.billing.wholesale import WholesaleDraft
from dialtone.people import queries as people
from dialtone.people.models import Organisation, tenant_of
from dialtone.rates.models import RatedCall
from dialtone.rates.rules import PRICED

DAYS_TO_PAY = 30


def issue(customer: Organisation, month: Month, *, issued_on: date, rating_version: int) -> Invoice | None:
    """The invoice; None when there is nothing to pay, or when there is one already. Raises Problem billing.no_price,
    billing.no_tax; ask_taxes.TaxesWantedError where a tax service has to be asked first. Operator's scope."""
    if Invoice.objects.filter(customer_id=customer.id, month=month.first, kind=INVOICE).exists():
        return None
    try:
        with transaction.atomic():
            return _issued(customer, month, issued_on, rating_version)
    except _NothingToPayError:
        return None


class _NothingToPayError(Exception):
    """Undoes what was marked: a tenth of a cent of calls waits for the next month's."""


def _issued(customer: Organisation, month: Month, issued_on: date, rating_version: int) -> Invoice:
    key = f"invoice:{month}"
    unnumbered = Invoice(id=uuid5(customer.id, key), **tenant_of(customer))
    opened = ledger.open_transaction(unnumbered, INVOICE, key)
    made = _draft(customer, month, rating_version, opened.id)
    if made.unpriced:
        what = made.unpriced[0].item.name
        raise Problem("billing.no_price", values={"what": what, "currency": customer.currency})
    code = choose_tax_service.chosen()
    kept = ask_taxes.Kept(made, code) if code != tax_service.TABLE else None
    made.taxes = draft.taxes_of(made, kept)
    if made.total.is_zero:
        raise _NothingToPayError
    if made.untaxed:
        place = "-".join(part for part in (made.untaxed[0].country, made.untaxed[0].region) if part)
        raise Problem("billing.no_tax", values={"place": place})
    invoice = numbered(
        unnumbered, SERIES[INVOICE], made, content.of_draft(made), issued_on, kept.told if kept else {}
    )
    values = [*map(of_line, made.lines), *map(of_usage, made.usage)]
    charges = [
        Charge(
            id=uuid5(opened.id, str(position)),
            transaction=opened,
            position=position,
            **tenant_of(customer),
            **each,
        )
        for position, each in enumerate(values)
    ]
    Charge.objects.bulk_create(charges, batch_size=1000)
    postings = ledger.sale(charges, [each.amount.amount for each in made.taxes], made.total.amount)
    ledger.post(opened, made.currency, postings)
    tell(invoice)
    return invoice


def _draft(customer: Organisation, month: Month, version: int, transaction_id: UUID) -> Draft:
    """As `draft.preview`, with the calls of earlier months that came late, all of them marked."""
    late = draft.late_months(month)
    made = Draft(customer, month, draft.recurring(customer, [*late, month]))
    used = [each.before for each in late] + [month.before]
    begin, end = facts.month_bounds(customer, used[0])[0], facts.month_bounds(customer, used[-1])[1]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_chargedcall (partner_id, customer_id, call_id, transaction_id)"
            " SELECT partner_id, customer_id, call_id, %s FROM rates_ratedcall"
            " WHERE customer_id = %s AND rating_version = %s AND basis = %s AND currency = %s"
            " AND started_at >= %s AND started_at < %s ON CONFLICT (call_id) DO NOTHING",
            [transaction_id, customer.id, version, PRICED, customer.currency, begin, end],
        )
        if cursor.rowcount:
            for each in used:
                calls = facts.rated_calls(customer, each, version).filter(_marked(transaction_id))
                made.usage += facts.usage(customer, calls, each)
    made.activity = facts.activity(customer, month.before, version)
    return made


def calls_of(charge: Charge) -> QuerySet[RatedCall]:
    """The calls behind a charge for usage, for whoever clicks it; any scope that sees the charge."""
    found: QuerySet[RatedCall] = RatedCall.objects.filter(
        _marked(charge.transaction_id), destination=charge.name, location_id=charge.location_id, basis=PRICED
    )
    return found.order_by("started_at", "id")


def _marked(transaction_id: UUID) -> Exists:
    return Exists(ChargedCall.objects.filter(call_id=OuterRef("call_id"), transaction_id=transaction_id))


def numbered(
    unnumbered: Invoice,
    series: str,
    made: Draft | WholesaleDraft,
    told: Mapping[str, Any],
    issued_on: date,
    tax_reply: Mapping[str, str],
) -> Invoice:
    """The invoice with its number, its sums and what it tells (`told`), stored. From here on the series waits for this transaction."""
    number = ledger.next_number(series)
    invoice = Invoice(
        id=unnumbered.id,
        partner_id=unnumbered.partner_id,
        customer_id=unnumbered.customer_id,
        kind=INVOICE,
        series=series,
        number=number,
        month=made.month.first,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=DAYS_TO_PAY),
        currency=made.currency,
        net=made.net.amount,
        tax=made.tax.amount,
        total=made.total.amount,
        created_at=clock.now(),
    )
    invoice.content = {
        **told,
        "number": invoice.label,
        "issued_on": issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        **({"tax_reply": dict(tax_reply)} if tax_reply else {}),
    }
    invoice.content_hash = content.hashed(invoice.content)
    invoice.save(force_insert=True)
    return invoice


def of_line(line: Line) -> dict[str, Any]:
    """The charge that a line is."""
    assert line.amount is not None
    return {
        "kind": line.kind,
        "subject_kind": line.item.subject_kind,
        "subject_id": line.item.subject_id,
        "name": line.item.name,
        "during": DateRange(line.days.start, line.days.end),
        "month": line.month.first,
        "location_id": line.item.location_id,
        "why": line.item.why,
        "free": line.free,
        "quantity": line.item.quantity,
        "facts": {"price": line.price.money.text, **line.price.facts} if line.price else {},
        "amount": line.amount.amount,
        "exact": line.amount.amount,
        "currency": line.amount.currency,
    }


def of_usage(found: Usage) -> dict[str, Any]:
    """The charge that calls to one destination are."""
    return {
        "kind": USAGE,
        "subject_kind": "calls",
        "subject_id": uuid5(found.location_id or UUID(int=0), f"{found.month}:{found.destination}"),
        "name": found.destination,
        "during": DateRange(found.month.first, found.month.next.first),
        "month": found.month.first,
        "location_id": found.location_id,
        "quantity": found.calls,
        "facts": {"billed_seconds": found.billed_seconds},
        "amount": found.amount.amount,
        "exact": found.exact,
        "currency": found.currency,
    }


def tell(invoice: Invoice) -> None:
    """The event, and a letter to the buyer's full administrators, who are its billing contacts."""
    total = {"total": invoice.content["total"], "currency": invoice.currency}
    record.change(
        invoice,
        "invoice_issued",
        name=invoice.label,
        after={"month": invoice.content["month"], **total},
        event="invoice.issued",
        event_facts={"number": invoice.label, "month": invoice.content["month"], **total},
    )
    with tenancy.owner_scope(invoice):
        for each in people.full_admins(invoice.customer_id or invoice.partner_id):
            mail.write(
                "invoice_issued",
                person_id=each.id,
                facts={"number": invoice.label, "path": f"/invoices/{invoice.id}/", **total},
                reference=f"invoice:{invoice.id}",
                papers_of=("invoice", invoice.id),
            )

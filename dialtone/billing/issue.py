"""Invoice customers for one month: each once, whatever happens (M1, M3, M4). One transaction of the caller's.

1. a transaction of the ledger is opened, and the calls are marked as charged by it, which only one can do;
2. lines, calls and taxes are worked out, as the preview does; a line without a price refuses the whole;
3. charges and their entries are written, which add up to zero;
4. last the invoice gets its number, since the series waits for whoever has taken one.

Steps 1 and 2 are taken for each customer by itself (`Turn.prepare`), 3 and 4 for all of a turn together (`write`, `Turn.number`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, QuerySet

from dialtone.base import bulk, clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.billing import (
    ask_taxes,
    choose_tax_service,
    content,
    draft,
    facts,
    ledger,
    set_party,
    tax_service,
)
from dialtone.billing.days import Month
from dialtone.billing.draft import Draft
from dialtone.billing.facts import Usage
from dialtone.billing.gathered import Gathered
from dialtone.billing.models import INVOICE, SERIES, Charge, ChargedCall, Entry, Invoice, Transaction
from dialtone.billing.rules import USAGE, Line
from dialtone.billing.set_party import Parties
from dialtone.billing.wholesale import WholesaleDraft
from dialtone.people import queries as people
from dialtone.people.models import Organisation, Person, tenant_of
from dialtone.rates.models import RatedCall
from dialtone.rates.rules import PRICED

DAYS_TO_PAY = 30


def issue(customer: Organisation, month: Month, *, issued_on: date, rating_version: int) -> Invoice | None:
    """The invoice; None when there is nothing to pay, or when there is one already. Raises Problem billing.no_price,
    billing.no_tax; ask_taxes.TaxesWantedError where a tax service has to be asked first. Operator's scope."""
    turn = Turn([customer], month, rating_version)
    made = turn.prepare(customer)
    if made is None:
        return None
    write([made])
    return turn.number([made], issued_on)[0]


@dataclass(frozen=True)
class Prepared:
    """All of an invoice but its number: its calls are marked, and what it charges is worked out."""

    opened: Transaction
    draft: Draft
    parties: Parties
    tax_reply: Mapping[str, str]


class Turn:
    """Customers that are invoiced in one transaction: what all of them ask for is read once, and what is written of all of them is
    written together. First each is prepared; whatever refuses one leaves nothing of it. Then they get their numbers. Operator's scope."""

    def __init__(self, customers: Sequence[Organisation], month: Month, rating_version: int) -> None:
        ids = [each.id for each in customers]
        own = Invoice.objects.filter(customer_id__in=ids, month=month.first, kind=INVOICE)
        self._month, self._version = month, rating_version
        self._invoiced = set(own.values_list("customer_id", flat=True))
        self._late = draft.late_months(month)
        self._gathered = Gathered(customers)
        self._parties = set_party.parties_of(customers)
        self._tax_service = choose_tax_service.chosen()

    def prepare(self, customer: Organisation) -> Prepared | None:
        """What `issue` does before there is a number, with its answers and refusals."""
        if customer.id in self._invoiced:
            return None
        try:
            with transaction.atomic():
                return self._prepared(customer)
        except _NothingToPayError:
            return None

    def number(self, prepared: Sequence[Prepared], issued_on: date) -> list[Invoice]:
        """The invoices with their numbers, in this order. From here on the series waits for this transaction."""
        numbers = ledger.next_numbers(SERIES[INVOICE], len(prepared))
        made = [
            numbered(
                each.opened,
                SERIES[INVOICE],
                number,
                each.draft,
                content.of_draft(each.draft, each.parties),
                issued_on,
                each.tax_reply,
            )
            for number, each in zip(numbers, prepared, strict=True)
        ]
        bulk.insert(made)
        readers = people.full_admins_of([each.draft.customer.id for each in prepared])
        for invoice, each in zip(made, prepared, strict=True):
            tell(invoice, readers.get(each.draft.customer.id, ()))
        return made

    def _prepared(self, customer: Organisation) -> Prepared:
        key = f"invoice:{self._month}"
        unnumbered = Invoice(id=uuid5(customer.id, key), **tenant_of(customer))
        opened = ledger.open_transaction(unnumbered, INVOICE, key)
        made, parties = self._draft(customer, opened.id), self._parties[customer.id]
        if made.unpriced:
            what = made.unpriced[0].item.name
            raise Problem("billing.no_price", values={"what": what, "currency": customer.currency})
        kept = ask_taxes.Kept(made, self._tax_service) if self._tax_service != tax_service.TABLE else None
        made.taxes = draft.taxes_of(made, parties, kept)
        if made.total.is_zero:
            raise _NothingToPayError
        if made.untaxed:
            place = "-".join(part for part in (made.untaxed[0].country, made.untaxed[0].region) if part)
            raise Problem("billing.no_tax", values={"place": place})
        return Prepared(opened, made, parties, kept.told if kept else {})

    def _draft(self, customer: Organisation, transaction_id: UUID) -> Draft:
        """As `draft.preview`, with the calls of earlier months that came late, all of them marked."""
        lines = draft.recurring(customer, [*self._late, self._month], gathered=self._gathered)
        made = Draft(customer, self._month, lines)
        used = [each.before for each in (*self._late, self._month)]
        sums = _mark(customer, used, self._version, transaction_id)
        for each in used:
            made.usage += facts.used(customer, sums.get(each, ()), each, self._gathered)
        made.activity = facts.activity(customer, self._month.before, self._version)
        return made


class _NothingToPayError(Exception):
    """Undoes what was marked: a tenth of a cent of calls waits for the next month's."""


def write(prepared: Sequence[Prepared]) -> None:
    """The charges and entries of some invoices; they need no number."""
    charges: list[Charge] = []
    entries: list[Entry] = []
    for each in prepared:
        own, taxes = _charges(each), [tax.amount.amount for tax in each.draft.taxes]
        postings = ledger.sale(own, taxes, each.draft.total.amount)
        charges += own
        entries += ledger.entries(each.opened, each.draft.currency, postings)
    bulk.insert(charges)
    bulk.insert(entries)


def _charges(prepared: Prepared) -> list[Charge]:
    values = [*map(of_line, prepared.draft.lines), *map(of_usage, prepared.draft.usage)]
    return [
        Charge(
            id=uuid5(prepared.opened.id, str(position)),
            transaction=prepared.opened,
            position=position,
            **tenant_of(prepared.draft.customer),
            **each,
        )
        for position, each in enumerate(values)
    ]


# One statement, so that what is summed is what was marked, whatever comes in beside it.
_MARK = """
WITH own AS MATERIALIZED (
    SELECT partner_id, customer_id, call_id, width_bucket(started_at, %s::timestamptz[]) AS month, destination, location_id,
        billed_seconds, amount
    FROM rates_ratedcall
    WHERE customer_id = %s AND rating_version = %s AND basis = %s AND currency = %s AND started_at >= %s AND started_at < %s
), marked AS (
    INSERT INTO billing_chargedcall (partner_id, customer_id, call_id, transaction_id)
    SELECT partner_id, customer_id, call_id, %s FROM own ON CONFLICT (call_id) DO NOTHING RETURNING call_id
)
SELECT month, destination, location_id, count(*), sum(billed_seconds), sum(amount)
FROM own JOIN marked USING (call_id) GROUP BY 1, 2, 3"""
_Sum = tuple[str, UUID | None, int, int, Decimal]


def _mark(
    customer: Organisation, used: Sequence[Month], version: int, transaction_id: UUID
) -> dict[Month, list[_Sum]]:
    """Mark the calls of months that follow each other as charged, which only one transaction can do; by month the sums of what was
    marked, as `facts.used` takes them."""
    begins = [facts.month_bounds(customer, each)[0] for each in used]
    end = facts.month_bounds(customer, used[-1])[1]
    sums: dict[Month, list[_Sum]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            [begins, customer.id, version, PRICED, customer.currency, begins[0], end, transaction_id],
        )
        for place, *told in cursor.fetchall():
            sums.setdefault(used[place - 1], []).append(tuple(told))
    return sums


def calls_of(charge: Charge) -> QuerySet[RatedCall]:
    """The calls behind a charge for usage, for whoever clicks it; any scope that sees the charge."""
    found: QuerySet[RatedCall] = RatedCall.objects.filter(
        _marked(charge.transaction_id), destination=charge.name, location_id=charge.location_id, basis=PRICED
    )
    return found.order_by("started_at", "id")


def _marked(transaction_id: UUID) -> Exists:
    return Exists(ChargedCall.objects.filter(call_id=OuterRef("call_id"), transaction_id=transaction_id))


def numbered(
    opened: Transaction,
    series: str,
    number: int,
    made: Draft | WholesaleDraft,
    told: Mapping[str, Any],
    issued_on: date,
    tax_reply: Mapping[str, str],
) -> Invoice:
    """The invoice with its number, its sums and what it tells (`told`), to be stored."""
    invoice = Invoice(
        id=opened.invoice_id,
        partner_id=opened.partner_id,
        customer_id=opened.customer_id,
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


def tell(invoice: Invoice, readers: Sequence[Person]) -> None:
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
    if not readers:
        return
    with tenancy.owner_scope(invoice):
        for each in readers:
            mail.write(
                "invoice_issued",
                person_id=each.id,
                facts={"number": invoice.label, "path": f"/invoices/{invoice.id}/", **total},
                reference=f"invoice:{invoice.id}",
                papers_of=("invoice", invoice.id),
            )

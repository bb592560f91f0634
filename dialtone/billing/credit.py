"""Put an invoice right by a credit note: another paper, and entries the other way round; the invoice stays as it is (M4)."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.billing import content, ledger, queries
from dialtone.billing.models import CREDIT_NOTE, INVOICE, Invoice
from dialtone.billing.taxes import part
from dialtone.people.models import Organisation

SERIES = "CN"


def credit(invoice_id: UUID, amount: object, reason: object, *, request_key: str) -> Invoice:
    """A credit note over an amount, tax included, such as "12.00"; the same key again answers the one that was made.

    Net and tax go back in the proportion of the invoice. Raises Problem not_found, billing.not_creditable, money.*,
    billing.credit_too_large, text.*. Operator's scope.
    """
    # The lock makes two at once wait for each other, so that together they do not give back too much.
    Organisation.objects.select_for_update().get(id=queries.invoice(invoice_id).customer_id)
    found = queries.invoice(invoice_id)
    if found.kind != INVOICE:
        raise Problem("billing.not_creditable")
    known: Invoice | None = Invoice.objects.filter(credits=found, request_key=request_key).first()
    if known is not None:
        return known
    money = Money.from_text(amount, found.currency, zero=False)
    left = Money(queries.left_to_credit(found), found.currency)
    if money > left:
        raise Problem("billing.credit_too_large", field="/amount", values={"left": str(left)})
    why = clean(reason, field="/reason", limit=200)
    return _made(found, money, why, request_key)


def _made(found: Invoice, money: Money, why: str, request_key: str) -> Invoice:
    now = clock.now()
    tax = part(money, Fraction(found.tax) / Fraction(found.total))
    net = money - tax
    note = Invoice(
        id=uuid7(),
        partner_id=found.partner_id,
        customer_id=found.customer_id,
        kind=CREDIT_NOTE,
        series=SERIES,
        number=ledger.next_number(SERIES),
        month=found.month,
        issued_on=now.date(),
        due_on=now.date(),
        currency=found.currency,
        net=-net.amount,
        tax=-tax.amount,
        total=-money.amount,
        credits=found,
        request_key=request_key[:64],
        created_at=now,
    )
    note.content = {
        **{key: found.content[key] for key in ("month", "currency", "seller", "buyer", "simulated")},
        "lines": [],
        "taxes": [],
        "activity": [],
        "net": (-net).text,
        "tax": (-tax).text,
        "total": (-money).text,
        "number": note.label,
        "issued_on": note.issued_on.isoformat(),
        "due_on": note.due_on.isoformat(),
        "credits": found.label,
        "reason": why,
    }
    note.content_hash = content.hashed(note.content)
    note.save(force_insert=True)
    opened = ledger.open_transaction(note, CREDIT_NOTE, f"credit:{note.label}")
    ledger.post(
        opened,
        note.currency,
        [
            ledger.Posting(ledger.RECEIVABLE, -money.amount),
            ledger.Posting(ledger.REVENUE, net.amount),
            ledger.Posting(ledger.TAX, tax.amount),
        ],
    )
    told = {"total": note.content["total"], "currency": note.currency, "credits": found.label}
    record.change(
        note,
        "invoice_credited",
        name=note.label,
        after={**told, "reason": why},
        event="invoice.credited",
        event_facts={"number": note.label, **told},
    )
    return note

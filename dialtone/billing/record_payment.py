"""Write down that money came in for an invoice: what is owed goes down by it in the ledger (M2)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.billing import ledger, queries
from dialtone.billing.models import INVOICE, Payment
from dialtone.people.models import Organisation

PAYMENT = "payment"


def record_payment(
    invoice_id: UUID, amount: object, received_on: date, reference: object = "", *, request_key: str
) -> Payment:
    """The same key again answers what was written down. Raises Problem not_found, billing.not_payable, billing.paid_too_much,
    billing.paid_in_future, money.*, text.*. Operator's scope."""
    found = queries.invoice(invoice_id)
    Organisation.objects.select_for_update().get(
        id=found.customer_id or found.partner_id
    )  # two at once wait for each other
    if found.kind != INVOICE:
        raise Problem("billing.not_payable")
    own = Payment.objects.filter(invoice=found, takes_back=None)
    known: Payment | None = own.filter(request_key=request_key[:64]).first()
    if known is not None:
        return known
    money = Money.from_text(amount, found.currency, zero=False)
    left = Money(queries.open_amount(found), found.currency)
    if money > left:
        raise Problem("billing.paid_too_much", field="/amount", values={"left": str(left)})
    now = clock.now()
    if received_on > now.date():
        raise Problem("billing.paid_in_future", field="/receivedOn")
    made = Payment.objects.create(
        partner_id=found.partner_id,
        customer_id=found.customer_id,
        invoice=found,
        amount=money.amount,
        received_on=received_on,
        reference=clean(reference, field="/reference", limit=80, required=False),
        request_key=request_key[:64],
        recorded_at=now,
        recorded_by=tenancy.actor().name[:200],
    )
    opened = ledger.open_transaction(found, PAYMENT, f"payment:{made.id}")
    ledger.post(opened, found.currency, enter(money.amount))
    told = {"amount": money.text, "currency": found.currency, "received_on": received_on.isoformat()}
    record.change(
        found,
        "payment_recorded",
        name=found.label,
        after={**told, "reference": made.reference},
        event="invoice.paid" if money.amount == left.amount else None,
        event_facts={"number": found.label, **told},
    )
    return made


def enter(amount: Decimal) -> list[ledger.Posting]:
    """The entries of a payment; below zero those of one that is taken back."""
    return [ledger.Posting(ledger.BANK, amount), ledger.Posting(ledger.RECEIVABLE, -amount)]

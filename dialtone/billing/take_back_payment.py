"""Take back a payment that was written down: it was somebody else's, or the bank fetched it back. Nothing is deleted: a second row says
so below zero, with entries the other way round, and what is owed goes up again (M2)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.billing import ledger, queries
from dialtone.billing.models import Payment
from dialtone.billing.record_payment import PAYMENT, enter
from dialtone.people.models import Organisation


def take_back(payment_id: UUID, reason: object) -> Payment:
    """The row that takes the whole payment back; asked again, the same one. Raises Problem not_found, billing.taken_back for a row
    that takes one back itself, text.*. Operator's scope."""
    paid = queries.payment(payment_id)
    Organisation.objects.select_for_update().get(
        id=paid.customer_id or paid.partner_id
    )  # two at once wait for each other
    if paid.takes_back_id is not None:
        raise Problem("billing.taken_back")
    known: Payment | None = Payment.objects.filter(takes_back=paid).first()
    if known is not None:
        return known
    now = clock.now()
    made = Payment.objects.create(
        partner_id=paid.partner_id,
        customer_id=paid.customer_id,
        invoice=paid.invoice,
        takes_back=paid,
        amount=-paid.amount,
        received_on=now.date(),
        reference=clean(reason, field="/reason", limit=80),
        recorded_at=now,
        recorded_by=tenancy.actor().name[:200],
    )
    opened = ledger.open_transaction(paid.invoice, PAYMENT, f"payment:{made.id}")
    ledger.post(opened, paid.invoice.currency, enter(made.amount))
    told = {"amount": Money(paid.amount, paid.invoice.currency).text, "currency": paid.invoice.currency}
    record.change(
        paid.invoice,
        "payment_taken_back",
        name=paid.invoice.label,
        before={**told, "received_on": paid.received_on.isoformat()},
        facts={"reason": made.reference},
        event="invoice.unpaid",
        event_facts={"number": paid.invoice.label, **told},
    )
    return made

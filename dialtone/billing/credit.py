"""Put an invoice right by a credit note: another paper, and entries the other way round; the invoice stays as it is (M4).

It corrects the ledger, so one person asks for it and another one consents (H15).

| state    | means                               | acts next |
|----------|-------------------------------------|-----------|
| waiting  | asked for, nothing is credited yet  | operator  |
| approved | the credit note is written          | nobody    |
| refused  | nothing is credited                 | nobody    |
"""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.text import clean
from dialtone.billing import content, ledger, queries
from dialtone.billing.models import CREDIT_NOTE, INVOICE, Correction, Invoice
from dialtone.billing.taxes import part
from dialtone.people.models import Organisation

SERIES = "CN"
WAITING, APPROVED, REFUSED = "waiting", "approved", "refused"


def propose(invoice_id: UUID, amount: object, reason: object, *, request_key: str) -> Correction:
    """Ask for a credit note over an amount, tax included, such as "12.00"; the same key again answers what was asked for.

    Raises Problem not_found, billing.not_creditable, money.*, billing.credit_too_large, text.*. Operator's scope.
    """
    found = _locked(invoice_id)
    if found.kind != INVOICE:
        raise Problem("billing.not_creditable")
    known: Correction | None = Correction.objects.filter(invoice=found, request_key=request_key).first()
    if known is not None:
        return known
    money = Money.from_text(amount, found.currency, zero=False)
    _check_left(found, money)
    actor = tenancy.actor()
    if actor.id is None:
        raise Problem("permission.missing", values={"permission": "runs_billing"})
    made = Correction.objects.create(
        partner_id=found.partner_id,
        customer_id=found.customer_id,
        invoice=found,
        request_key=request_key[:64],
        amount=money.amount,
        reason=clean(reason, field="/reason", limit=200),
        state=WAITING,
        asked_at=clock.now(),
        asked_by=actor.id,
        asked_by_name=actor.name[:200],
    )
    record.change(
        made, "correction_asked", name=found.label, after={"amount": money.text, "reason": made.reason}
    )
    return made


def approve(correction_id: UUID) -> Correction:
    """Consent, as another person than who asked: the credit note is written (H15).

    Raises Problem not_found, billing.decided, billing.second_person, billing.credit_too_large. Operator's scope.
    """
    asked = _for_decision(correction_id)
    if tenancy.actor().id in (None, asked.asked_by):
        raise Problem("billing.second_person", values={"who": asked.asked_by_name})
    found = _locked(asked.invoice_id)
    money = Money(asked.amount, found.currency)
    _check_left(found, money)
    asked.note = _made(found, money.rounded(), asked.reason, asked.request_key)
    return _decided(asked, APPROVED)


def refuse(correction_id: UUID) -> Correction:
    """Do not consent, or think better of it oneself; nothing is credited. Raises Problem not_found, billing.decided."""
    return _decided(_for_decision(correction_id), REFUSED)


def named(correction_id: UUID) -> Correction:
    """What was asked for. Raises Problem not_found."""
    found: Correction | None = Correction.objects.filter(id=correction_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def _locked(invoice_id: UUID) -> Invoice:
    """The invoice; the lock makes two at once wait for each other, so that together they do not give back too much."""
    found = queries.invoice(invoice_id)
    Organisation.objects.select_for_update().get(id=found.customer_id)
    return found


def _check_left(found: Invoice, money: Money) -> None:
    left = Money(queries.left_to_credit(found), found.currency)
    if money > left:
        raise Problem("billing.credit_too_large", field="/amount", values={"left": str(left)})


def _for_decision(correction_id: UUID) -> Correction:
    found: Correction | None = Correction.objects.select_for_update().filter(id=correction_id).first()
    if found is None:
        raise Problem("not_found")
    if found.state != WAITING:
        raise Problem("billing.decided")
    return found


def _decided(asked: Correction, state: str) -> Correction:
    actor = tenancy.actor()
    asked.state, asked.decided_at = state, clock.now()
    asked.decided_by, asked.decided_by_name = actor.id, actor.name[:200]
    asked.save()
    record.change(
        asked,
        f"correction_{state}",
        name=asked.invoice.label,
        after={"asked_by": asked.asked_by_name},
        moves=[Moved("correction", asked.id, WAITING, state, state)],
    )
    return asked


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

"""Put an invoice right by a credit note: another paper, and entries the other way round; the invoice stays as it is (M4).

It corrects the ledger, so one person asks for it and another one consents (H15, `people/approvals.py`), which writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.ids import uuid7
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.billing import content, ledger, queries
from dialtone.billing.models import CREDIT_NOTE, INVOICE, SERIES, WHOLESALE_SERIES, Invoice
from dialtone.billing.taxes import part, shares
from dialtone.people import approvals
from dialtone.people.models import Approval, Organisation

COPIED = ("month", "currency", "seller", "seller_details", "buyer", "buyer_details", "simulated")
BY_TWO = "credit_note"


def propose(invoice_id: UUID, amount: object, reason: object, *, request_key: str) -> Approval:
    """Ask for a credit note over an amount, tax included, such as "12.00"; the same key again answers what was asked for.

    Raises Problem not_found, billing.not_creditable, money.*, billing.credit_too_large, text.*. Operator's scope.
    """
    found = _locked(invoice_id)
    if found.kind != INVOICE:
        raise Problem("billing.not_creditable")
    key = {"invoice": str(found.id), "request_key": request_key[:64]}
    known = approvals.about(BY_TWO, **key).first()
    if known is not None:
        return known
    money = Money.from_text(amount, found.currency, zero=False)
    _check_left(found, money)
    asked = {
        **key,
        "number": found.label,
        "amount": money.text,
        "currency": found.currency,
        "reason": clean(reason, field="/reason", limit=200),
    }
    return approvals.ask(BY_TWO, asked, 1)


def note_of(asked: Approval) -> Invoice | None:
    """The credit note that came of what was asked for; None before there is consent."""
    wanted = {"credits_id": asked.asked["invoice"], "request_key": asked.asked["request_key"]}
    found: Invoice | None = Invoice.objects.filter(kind=CREDIT_NOTE, **wanted).first()
    return found


def _carry_out(asked: Mapping[str, Any]) -> None:
    """Raises Problem billing.credit_too_large, if others were written meanwhile."""
    found = _locked(UUID(asked["invoice"]))
    money = Money.from_text(asked["amount"], found.currency)
    _check_left(found, money)
    _made(found, money.rounded(), asked["reason"], asked["request_key"])


approvals.register(BY_TWO, "runs_billing", _carry_out)


def _shared(found: Invoice, net: Money, tax: Money) -> list[dict[str, Any]]:
    """What is given back of each tax, and of what it was on: as they stand on the invoice, together exactly `tax`, and where they
    are on all of it, `net`. Invoices from before taxes knew their lines give back their tax as a whole."""
    taxes = [each for each in found.content["taxes"] if "lines" in each]
    if len(taxes) != len(found.content["taxes"]):
        return []
    vats = [Decimal(each["base"]) if each["vat"] else Decimal(0) for each in taxes]
    bases = shares(net, [*vats, found.net - sum(vats)])
    amounts = shares(tax, [Decimal(each["amount"]) for each in taxes])
    whole = Fraction(net.amount) / Fraction(found.net) if found.net else Fraction(0)
    return [
        {
            **each,
            "lines": [],
            "base": (
                -(base if each["vat"] else part(Money(Decimal(each["base"]), found.currency), whole))
            ).text,
            "amount": (-amount).text,
        }
        for each, base, amount in zip(taxes, bases, amounts, strict=False)
    ]


def _locked(invoice_id: UUID) -> Invoice:
    """The invoice; the lock makes two at once wait for each other, so that together they do not give back too much."""
    found = queries.invoice(invoice_id)
    Organisation.objects.select_for_update().get(id=found.customer_id or found.partner_id)
    return found


def _check_left(found: Invoice, money: Money) -> None:
    left = Money(queries.left_to_credit(found), found.currency)
    if money > left:
        raise Problem("billing.credit_too_large", field="/amount", values={"left": str(left)})


def _made(found: Invoice, money: Money, why: str, request_key: str) -> Invoice:
    now = clock.now()
    tax = part(money, Fraction(found.tax) / Fraction(found.total))
    net = money - tax
    series = (WHOLESALE_SERIES if found.is_wholesale else SERIES)[CREDIT_NOTE]
    note = Invoice(
        id=uuid7(),
        partner_id=found.partner_id,
        customer_id=found.customer_id,
        kind=CREDIT_NOTE,
        series=series,
        number=ledger.next_number(series),
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
        **{key: found.content[key] for key in COPIED if key in found.content},
        "lines": [],
        "taxes": _shared(found, net, tax),
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

"""The ledger: double entry, written once. A mistake is put right by entries the other way round, never by a change (M2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid5

from django.db import connection

from dialtone.base import bulk, clock
from dialtone.base.ids import uuid7
from dialtone.billing.models import Charge, Entry, Invoice, Transaction, WholesaleCharge

RECEIVABLE, REVENUE, TAX, ROUNDING, BANK = "receivable", "revenue", "tax", "rounding", "bank"


@dataclass(frozen=True)
class Posting:
    """What one account gains (or loses, below zero); usage may have millionths, which the account `rounding` takes up."""

    account: str
    amount: Decimal
    charge_id: UUID | None = None


def transaction_id(buyer_id: UUID, key: str) -> UUID:
    """The id follows from the business key, so that a run that is begun again makes the same rows."""
    return uuid5(buyer_id, key)


def open_transaction(invoice: Invoice, kind: str, key: str) -> Transaction:
    """A transaction to post entries to; its invoice may be saved after it, before the end. IntegrityError when its business key has
    been used (M1). Operator's scope."""
    return Transaction.objects.create(
        id=transaction_id(invoice.customer_id or invoice.partner_id, key),
        partner_id=invoice.partner_id,
        customer_id=invoice.customer_id,
        kind=kind,
        key=key,
        at=clock.now(),
        invoice_id=invoice.id,
    )


def post(transaction: Transaction, currency: str, postings: Sequence[Posting]) -> None:
    """Write entries; what is zero is left out. ValueError unless they add up to zero; the database checks it again at commit."""
    bulk.insert(entries(transaction, currency, postings))


def entries(transaction: Transaction, currency: str, postings: Sequence[Posting]) -> list[Entry]:
    """The entries to write, as `post` writes them."""
    if sum((each.amount for each in postings), Decimal(0)):
        raise ValueError("the entries of a transaction add up to zero")
    return [
        Entry(
            id=uuid7(),
            partner_id=transaction.partner_id,
            customer_id=transaction.customer_id,
            transaction=transaction,
            account=each.account,
            amount=each.amount,
            currency=currency,
            charge_id=each.charge_id,
        )
        for each in postings
        if each.amount
    ]


def sale(charges: Sequence[Charge], taxes: Sequence[Decimal], total: Decimal) -> list[Posting]:
    """The entries of an invoice: what the customer owes, against revenue as exact as it is known, tax, and what rounding made."""
    revenue = [Posting(REVENUE, -each.exact, each.id) for each in charges]
    return _sale(revenue, charges, taxes, total)


def wholesale(charges: Sequence[WholesaleCharge], taxes: Sequence[Decimal], total: Decimal) -> list[Posting]:
    """The entries of a partner's paper: one of revenue for each customer's line."""
    by_customer: dict[UUID, Decimal] = {}
    for each in charges:
        by_customer[each.customer_id] = by_customer.get(each.customer_id, Decimal(0)) + each.exact
    return _sale([Posting(REVENUE, -exact) for exact in by_customer.values()], charges, taxes, total)


def _sale(
    revenue: Sequence[Posting],
    charges: Sequence[Charge] | Sequence[WholesaleCharge],
    taxes: Sequence[Decimal],
    total: Decimal,
) -> list[Posting]:
    rounding = sum((each.amount - each.exact for each in charges), Decimal(0))
    tax = [Posting(TAX, -each) for each in taxes]
    return [Posting(RECEIVABLE, total), *revenue, *tax, Posting(ROUNDING, -rounding)]


def next_number(series: str) -> int:
    """The next number of a series, its own only once this transaction commits: none is ever left out (M4). Operator's scope."""
    return next_numbers(series, 1)[0]


def next_numbers(series: str, count: int) -> range:
    """So many next numbers of a series, as `next_number`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_series (name, last) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET last = billing_series.last + excluded.last RETURNING last",
            [series, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)

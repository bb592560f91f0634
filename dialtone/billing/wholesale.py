"""What a partner through which the operator sells pays for a month: what each of its customers used, at the partner's prices. Worked out,
nothing written; the page of the running month shows it, and `issue_wholesale` writes it down (docs/decisions/0006).

What was used is one, so days, trials and free main numbers are those of the customers' own invoices; prices, currency and free minutes are
the partner's. It is taxed where the partner is, on the last day of the month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.billing import draft, facts, queries, rules, set_party, taxes
from dialtone.billing.days import Month
from dialtone.billing.facts import Usage
from dialtone.billing.models import (
    CREDIT_NOTE,
    INVOICE,
    Charge,
    Invoice,
    WholesaleCharge,
    WholesaleChargedCall,
)
from dialtone.billing.rules import Line
from dialtone.billing.taxes import Taxed, TaxLine, TaxService, shares
from dialtone.people import queries as people
from dialtone.people.models import Organisation
from dialtone.rates import resale
from dialtone.rates.models import WholesaleCall, WholesaleParked

Calls = Callable[[Organisation, Month], QuerySet[Any]]


@dataclass
class Sold:
    """What one customer used, at its partner's prices: a line of the partner's paper, and the charges behind it."""

    customer: Organisation
    currency: str
    lines: list[Line]
    usage: list[Usage]

    @property
    def amount(self) -> Money:
        """Lines without a price are in no sum."""
        amounts = [line.amount for line in self.lines if line.amount] + [each.amount for each in self.usage]
        return Money.total(amounts, self.currency)

    @property
    def calls(self) -> int:
        return sum(each.calls for each in self.usage)


@dataclass
class WholesaleDraft:
    """What a partner's paper of a month says: a line for each of its customers of whom there is anything to charge."""

    partner: Organisation
    month: Month
    sold: list[Sold]
    taxes: list[TaxLine] = field(default_factory=list)

    @property
    def customer(self) -> Organisation:
        """Who buys, as of any draft."""
        return self.partner

    @property
    def currency(self) -> str:
        return self.partner.currency

    @property
    def unpriced(self) -> list[tuple[Organisation, Line]]:
        return [(each.customer, line) for each in self.sold for line in each.lines if line.amount is None]

    @property
    def untaxed(self) -> list[Taxed]:
        """Lines in a place whose taxes nobody has told; they stop the paper."""
        return taxes.untaxed(taxed(self), self.taxes)

    @property
    def is_simulated(self) -> bool:
        """Whether a price or tax in it is made up (H26)."""
        lines = [line for each in self.sold for line in each.lines]
        prices = any(line.price and line.price.facts.get("simulated") for line in lines)
        return prices or any(tax.is_simulated for tax in self.taxes)

    @property
    def net(self) -> Money:
        return Money.total((each.amount for each in self.sold), self.currency)

    @property
    def tax(self) -> Money:
        return Money.total((each.amount for each in self.taxes), self.currency)

    @property
    def total(self) -> Money:
        return self.net + self.tax


def preview(partner: Organisation, month: Month, rating_version: int = 1) -> WholesaleDraft:
    """A partner's paper of a month as it would be if nothing changed any more until its end. The operator's scope, or the partner's."""
    charged = WholesaleChargedCall.objects.filter(call_id=OuterRef("call_id"))

    def calls(customer: Organisation, used: Month) -> QuerySet[Any]:
        rated = facts.rated_calls(customer, used, rating_version, WholesaleCall)
        return rated.filter(~Exists(charged))

    made = worked_out(partner, month, calls)
    made.taxes = taxes_of(made)
    return made


def worked_out(partner: Organisation, month: Month, calls: Calls) -> WholesaleDraft:
    """Without taxes. What is asked is the month and what came to light of those before, where the operator sold through the partner
    then; of calls the months before each."""
    asked, used = months(partner, month)
    sold = []
    for customer in buyers(partner):
        found = Sold(customer, partner.currency, draft.recurring(customer, asked, partner), [])
        for each in used:
            found.usage += facts.usage(customer, calls(customer, each), each, partner.currency)
        if found.lines or found.usage:
            sold.append(found)
    return WholesaleDraft(partner, month, sold)


def months(partner: Organisation, month: Month) -> tuple[list[Month], list[Month]]:
    """The months whose days a paper charges, and those whose calls: only such in which the operator sells through the partner."""
    held = resale.of(partner.id)
    asked = [*draft.late_months(month), month]
    return (
        [each for each in asked if each.first in held],
        [each.before for each in asked if each.before.first in held],
    )


def buyers(partner: Organisation) -> QuerySet[Organisation]:
    """The customers of a partner, in the order of their lines."""
    return people.customers(partner_id=partner.id).exclude(state="importing").order_by("id")


def taxes_of(found: WholesaleDraft, asked: TaxService | None = None) -> list[TaxLine]:
    """The taxes of a paper, by who sells to whom; `asked` in the place of our own table."""
    return taxes.of_invoice(
        taxed(found), found.currency, draft.treated(set_party.parties(found.partner)), asked
    )


def taxed(found: WholesaleDraft) -> list[Taxed]:
    """Each customer's line, at the partner's place."""
    party = set_party.of(found.partner)
    country = party.country if party else found.partner.country
    last = found.month.next.first - timedelta(days=1)
    return [
        Taxed(rules.WHOLESALE, country, "", each.amount, last, str(each.customer.id), at)
        for at, each in enumerate(found.sold)
        if not each.amount.is_zero
    ]


def parked(partner: Organisation) -> int:
    """How many calls wait for a wholesale price; they are charged when there is one (M6)."""
    return WholesaleParked.objects.filter(partner_id=partner.id, settled_at=None).count()


def charges(found: Invoice, customer_id: UUID) -> QuerySet[WholesaleCharge]:
    """What is behind a customer's line of a partner's paper, in its order. The operator's scope, or the partner's."""
    rows: QuerySet[WholesaleCharge] = WholesaleCharge.objects.filter(
        transaction__invoice=found, transaction__kind=INVOICE, customer_id=customer_id
    )
    return rows.order_by("position")


def charge(charge_id: UUID) -> WholesaleCharge:
    """One of them. Raises Problem not_found."""
    found: WholesaleCharge | None = (
        WholesaleCharge.objects.filter(id=charge_id).select_related("transaction__invoice").first()
    )
    if found is None:
        raise Problem("not_found")
    return found


def calls_of(found: WholesaleCharge) -> QuerySet[WholesaleCall]:
    """The calls behind a charge for usage."""
    charged = WholesaleChargedCall.objects.filter(
        call_id=OuterRef("call_id"), transaction_id=found.transaction_id
    )
    rows: QuerySet[WholesaleCall] = WholesaleCall.objects.filter(
        Exists(charged),
        customer_id=found.customer_id,
        destination=found.name,
        location_id=found.location_id,
    )
    return rows.order_by("started_at", "id")


@dataclass(frozen=True)
class Margin:
    """What a customer was charged with its invoice of the same month, of what its partner bought, and what the partner paid for it; before
    taxes. What was given back of both by credit notes is beside them. What the customer was charged, and what of it was given back, is None
    where the two are in different currencies."""

    customer_id: UUID
    name: str
    bought: Money
    bought_credited: Money
    sold: Money | None
    sold_credited: Money | None

    @property
    def left(self) -> Money | None:
        """What the partner keeps, after credit notes on both sides."""
        if self.sold is None or self.sold_credited is None:
            return None
        return self.sold - self.sold_credited - (self.bought - self.bought_credited)


def margins(found: Invoice) -> list[Margin]:
    """Of each line of a partner's paper. The partner's scope.

    A credit note gives back of a paper as a whole: that about the partner's is shared by its lines, and that about a customer's counts as far
    as the customer's charges are of months in which the partner bought (H14: parts add up to the cent).
    """
    held = resale.of(found.partner_id)
    lines = found.content["lines"]
    given_back = shares(
        _credited(queries.credit_notes(found), found), [Decimal(each["amount"]) for each in lines]
    )
    sold = _sold(found, held)
    return [
        Margin(
            UUID(line["subject_id"]),
            line["name"],
            Money(Decimal(line["amount"]), found.currency),
            credited,
            *_in_currency(sold.get(UUID(line["subject_id"])), found.currency),
        )
        for line, credited in zip(lines, given_back, strict=True)
    ]


def _sold(found: Invoice, held: resale.Months) -> dict[UUID | None, tuple[Money, Money]]:
    """What each customer was charged with its invoice of the month of a partner's paper, of months in which the partner bought, and
    what of it was given back."""
    own = queries.invoices(month=Month.of(found.month)).order_by("number").defer("content")
    notes: dict[UUID | None, list[Invoice]] = {}
    for note in own.filter(kind=CREDIT_NOTE):
        notes.setdefault(note.credits_id, []).append(note)
    rows = Charge.objects.filter(transaction__invoice__month=found.month, transaction__invoice__kind=INVOICE)
    charged: dict[UUID | None, list[tuple[date, Decimal]]] = {}
    for row in rows.values("customer_id", "month").annotate(sum=Sum("amount")).order_by():
        charged.setdefault(row["customer_id"], []).append((row["month"], row["sum"]))
    told = {}
    for invoice in own.filter(kind=INVOICE):
        sums = charged.get(invoice.customer_id, [])
        bought = sum((each for month, each in sums if month in held), Decimal(0))
        others = sum((each for month, each in sums if month not in held), Decimal(0))
        credited = shares(_credited(notes.get(invoice.id, []), invoice), [bought, others])[0]
        told[invoice.customer_id] = (Money(bought, invoice.currency), credited)
    return told


def _credited(notes: list[Invoice], found: Invoice) -> Money:
    """What credit notes about a paper give back of it, before taxes; not below zero."""
    return Money.total((Money(-each.net, each.currency) for each in notes), found.currency)


def _in_currency(found: tuple[Money, Money] | None, currency: str) -> tuple[Money | None, Money | None]:
    """What a customer was charged and given back; of one without an invoice nothing, and None in another currency."""
    sold, credited = found or (Money.zero(currency), Money.zero(currency))
    return (sold, credited) if sold.currency == currency else (None, None)

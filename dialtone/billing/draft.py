"""What a customer's invoice of a month says, or would say: worked out, and nothing written.

The page of the running month shows it, and the month-end run writes it down (`issue.py`), so that both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from dialtone.base.money import Money
from dialtone.billing import facts, rules, set_party, taxes
from dialtone.billing.days import Month, months
from dialtone.billing.facts import Usage
from dialtone.billing.gathered import Gathered
from dialtone.billing.models import Charge, Run, WholesaleCharge
from dialtone.billing.rules import Line
from dialtone.billing.set_party import Parties
from dialtone.billing.taxes import Taxed, TaxLine, TaxService
from dialtone.billing.treatment import Buyer, country_of_vat_id
from dialtone.people.models import Organisation

LATE_MONTHS = 6  # house decision: later than that, a bill is a surprise


@dataclass
class Draft:
    """The lines of a month, the calls of the month before, and what comes on top. Lines without a price are in no sum."""

    customer: Organisation
    month: Month
    lines: list[Line]
    usage: list[Usage] = field(default_factory=list)
    taxes: list[TaxLine] = field(default_factory=list)
    activity: list[tuple[str, int, int]] = field(default_factory=list)
    """Calls of the month before by why they cost something or not: how many, and their seconds (BILL-03)."""

    @property
    def currency(self) -> str:
        return self.customer.currency

    @property
    def unpriced(self) -> list[Line]:
        return [line for line in self.lines if line.amount is None]

    @property
    def untaxed(self) -> list[Taxed]:
        """Charges in places whose taxes nobody has told; they stop the invoice."""
        return taxes.untaxed(taxed(self), self.taxes)

    @property
    def is_simulated(self) -> bool:
        """Whether a price or tax in it is made up (H26)."""
        prices = any(line.price and line.price.facts.get("simulated") for line in self.lines)
        return prices or any(tax.is_simulated for tax in self.taxes)

    @property
    def net(self) -> Money:
        amounts = [line.amount for line in self.lines if line.amount] + [each.amount for each in self.usage]
        return Money.total(amounts, self.currency)

    @property
    def tax(self) -> Money:
        return Money.total((each.amount for each in self.taxes), self.currency)

    @property
    def total(self) -> Money:
        return self.net + self.tax


def preview(customer: Organisation, month: Month, rating_version: int = 1) -> Draft:
    """The invoice of a month as it would be if nothing changed any more until its end. Any scope that sees the customer."""
    made = Draft(customer, month, recurring(customer, [*late_months(month), month]))
    before = month.before
    calls = facts.rated_calls(customer, before, rating_version)
    made.usage = facts.usage(customer, calls, before)
    made.activity = facts.activity(customer, before, rating_version)
    made.taxes = taxes_of(made, set_party.parties(customer))
    return made


def taxes_of(draft: Draft, parties: Parties, asked: TaxService | None = None) -> list[TaxLine]:
    """The taxes of what a draft charges, by who sells to whom; `asked` in the place of our own table."""
    return taxes.of_invoice(taxed(draft), draft.currency, treated(parties), asked)


def treated(parties: Parties) -> Buyer:
    """What of the seller and of a buyer decides how taxes are treated."""
    sold_by, party = parties.sold_by, parties.bought_by
    return Buyer(
        seller_country=sold_by.country if sold_by else parties.seller.country,
        seller_has_vat_id=bool(sold_by and sold_by.vat_id),
        vat_country=country_of_vat_id(party.vat_id) if party else "",
        exempt_reason=party.exempt_reason if party else "",
    )


def recurring(
    customer: Organisation,
    asked: Sequence[Month],
    buyer: Organisation | None = None,
    gathered: Gathered | None = None,
) -> list[Line]:
    """The lines of some months that are not charged yet, the earlier month first; to the customer, or to its partner as the buyer."""
    if not asked:
        return []
    gathered = gathered or Gathered([customer], buyer)
    buyer = buyer or customer
    items = facts.items(customer, asked[0], gathered)
    if not items:
        return []
    trials, prices = facts.trials(customer, gathered), facts.prices(customer, buyer, gathered)
    done = gathered.charged(tuple(asked), Charge if buyer.id == customer.id else WholesaleCharge)
    found = []
    for month in asked:
        lines = rules.lines(items, month, trials, prices, buyer.currency)
        found += [line for line in lines if (line.kind, line.item.subject_id, month.first) not in done]
    return found


def late_months(month: Month) -> list[Month]:
    """The months before that have been invoiced, six at most: what has come to light since is charged with this one."""
    first = (
        Run.objects.filter(month__lt=month.first).order_by("month").values_list("month", flat=True).first()
    )
    return months(Month.of(first), month.before)[-LATE_MONTHS:] if first else []


def taxed(draft: Draft) -> list[Taxed]:
    """What taxes may be on; `line` is the position among the lines and then the calls of the invoice."""
    found = [
        Taxed(
            line.kind,
            line.item.country,
            line.item.region,
            line.amount,
            (line.days.end or line.month.next.first) - timedelta(days=1),
            str(line.item.subject_id),
            at,
        )
        for at, line in enumerate(draft.lines)
        if line.amount and not line.free
    ]
    last = draft.month.next.first - timedelta(days=1)
    found += [
        Taxed(rules.USAGE, each.country, each.region, each.amount, last, each.destination, at)
        for at, each in enumerate(draft.usage, start=len(draft.lines))
        if not each.amount.is_zero
    ]
    return found

"""Several customers at a glance: what each has, and what waits for whom.

Facts come from one query per room for all customers of a page; `waits` turns them into sentences and is pure.
Sources: ACC-05, H13 (end of a trial), ORD-16 (terms), SPK-09 (contract), SPK-01 (set-up that was skipped).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.orders import queries as orders
from dialtone.people.models import Organisation
from dialtone.plans import queries as plans
from dialtone.plans.models import Subscription
from dialtone.support import queries as support
from dialtone.support import states as cases
from dialtone.web import plan_words

PARTNER, CUSTOMER, SIGNATORY, OPERATOR = "partner", "customer", "signatory", "operator"
WHO = {
    PARTNER: gettext_lazy("Partner"),
    CUSTOMER: gettext_lazy("Customer"),
    SIGNATORY: gettext_lazy("Signatory"),
    OPERATOR: gettext_lazy("Operator"),
}


@dataclass(frozen=True)
class Facts:
    """What is known of one customer."""

    subscription: Subscription | None = None
    has_plan: bool = False
    has_terms: bool = False
    numbers: int = 0
    locations: int = 0
    unconnected: int = 0
    unsigned: int = 0
    open_orders: int = 0
    cases_with_us: int = 0
    cases_with_them: int = 0


@dataclass(frozen=True)
class Wait:
    """One thing that waits: for whom, what, and until when if that is known. `page` is the url name that settles it."""

    who: str
    what: str
    page: str
    due_at: datetime | None = None

    @property
    def who_word(self) -> Any:
        return WHO[self.who]


@dataclass(frozen=True)
class Glance:
    """A row of the list of customers."""

    customer: Organisation
    facts: Facts
    waits: Sequence[Wait]
    partner: str = ""

    @property
    def plan(self) -> tuple[str, Any]:
        return plan_words.state_of(self.facts.subscription)

    @property
    def days_left(self) -> str:
        return plan_words.days_left(self.facts.subscription)


def facts_of(customer_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """The facts of each of these customers, in the scope of who looks after them."""
    subscriptions = plans.subscriptions_of(customer_ids)
    with_plan, with_terms = plans.with_plan(customer_ids), plans.have_accepted_terms(customer_ids)
    held, sites = numbers.held_by_customer(customer_ids), locations.by_customer(customer_ids)
    waiting, asked = orders.open_by_customer(customer_ids), support.open_by_customer(customer_ids)
    found = {}
    for id in customer_ids:
        site = sites.get(id)
        found[id] = Facts(
            subscription=subscriptions.get(id),
            has_plan=id in with_plan,
            has_terms=id in with_terms,
            numbers=held.get(id, 0),
            locations=site.total if site else 0,
            unconnected=site.unconnected if site else 0,
            unsigned=site.unsigned if site else 0,
            open_orders=waiting.get(id, 0),
            cases_with_us=asked.get((id, cases.OPEN), 0),
            cases_with_them=asked.get((id, cases.ANSWERED), 0),
        )
    return found


def waits(facts: Facts) -> list[Wait]:
    """What waits for whom, first things first."""
    found = [*_plan_waits(facts)]
    if facts.subscription is not None and not facts.locations:
        found.append(Wait(PARTNER, _("PSTN is not set up yet"), "pstn-set-up"))
    if facts.unconnected:
        said = ngettext(
            "%(count)s location has no PSTN connection yet",
            "%(count)s locations have no PSTN connection yet",
            facts.unconnected,
        )
        found.append(Wait(PARTNER, said % {"count": facts.unconnected}, "pstn-set-up"))
    if facts.unsigned:
        said = ngettext(
            "%(count)s contract is not signed", "%(count)s contracts are not signed", facts.unsigned
        )
        found.append(Wait(SIGNATORY, said % {"count": facts.unsigned}, "locations"))
    if facts.open_orders and not facts.has_terms:
        said = ngettext(
            "%(count)s order waits for the terms of service",
            "%(count)s orders wait for the terms of service",
            facts.open_orders,
        )
        found.append(Wait(CUSTOMER, said % {"count": facts.open_orders}, "orders"))
    if facts.cases_with_them:
        said = ngettext("%(count)s case was answered", "%(count)s cases were answered", facts.cases_with_them)
        found.append(Wait(CUSTOMER, said % {"count": facts.cases_with_them}, "cases"))
    if facts.cases_with_us:
        said = ngettext("%(count)s case is open", "%(count)s cases are open", facts.cases_with_us)
        found.append(Wait(OPERATOR, said % {"count": facts.cases_with_us}, "cases"))
    return found


def _plan_waits(facts: Facts) -> list[Wait]:
    living = facts.subscription
    if living is None:
        return [Wait(PARTNER, _("No plan was bought, and no trial runs"), "plans")]
    due_at = plan_words.numbers_go_at(living)
    if due_at is not None:
        return [Wait(PARTNER, _("The trial is over: convert it, or its numbers go"), "plan-convert", due_at)]
    if living.kind == "paid" and not facts.has_plan:
        return [Wait(PARTNER, _("A committed outbound calling plan licence is missing"), "plan-buy")]
    return []


def glances(found: Sequence[Organisation], partners: dict[UUID, str] | None = None) -> list[Glance]:
    """The rows of these customers; `partners` names them where the reader sees those of several."""
    facts = facts_of([each.id for each in found])
    return [
        Glance(each, facts[each.id], waits(facts[each.id]), (partners or {}).get(each.partner_id, ""))  # type: ignore[arg-type]
        for each in found
    ]

"""What the account has: subscription, licences, accepted terms."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import get_language

from dialtone.base import clock
from dialtone.people import queries as people
from dialtone.plans.models import Acceptance, Licence, LicenceUse, Subscription, Terms
from dialtone.plans.rules import AccountFacts

OCP = "outbound_calling_plan"


@dataclass(frozen=True)
class TermsText:
    """A version of the terms in the reader's language."""

    id: UUID
    version: str
    text: str


def subscription() -> Subscription | None:
    """The scope's customer's living subscription."""
    found: Subscription | None = Subscription.objects.filter(ended_at=None).order_by("-started_at").first()
    return found


def licences() -> list[Licence]:
    """Licences in force, by item."""
    return list(_in_force().order_by("item", "ordered_at"))


def units(item: str, *, committed_only: bool = False) -> int:
    """Licence units in force of one item, whatever their first day of service."""
    found = _in_force().filter(item=item)
    if committed_only:
        found = found.filter(committed=True)
    return int(found.aggregate(total=Sum("quantity"))["total"] or 0)


def units_in_use(item: str) -> int:
    """Units that somebody has."""
    return LicenceUse.objects.filter(item=item, until_at=None).count()


def licences_of(holder_id: UUID) -> list[str]:
    """The items of which a person or workspace has a unit."""
    found = LicenceUse.objects.filter(holder_id=holder_id, until_at=None).order_by("item")
    return list(found.values_list("item", flat=True))


def account_facts(customer_id: UUID, *, numbers_held: int = 0, locked: bool = True) -> AccountFacts:
    """The facts for `rules.may`. The subscription's row is locked, so that two orders of one trial cannot both
    bring the tenth number; a mere question need not (`locked=False`). `numbers_held` comes from the caller, because
    numbers live above; only orders of numbers need it."""
    found = Subscription.objects.select_for_update() if locked else Subscription.objects.all()
    living = found.filter(customer_id=customer_id, ended_at=None).order_by("-started_at").first()
    return AccountFacts(
        kind=living.kind if living else "",
        state=living.state if living else "",
        committed_plans=units(OCP, committed_only=True),
        numbers_held=numbers_held,
        organisation_state=people.organisation(customer_id).state,
        trial_ends_at=living.trial_ends_at if living else None,
        service_licence=units("service_number") > 0,
    )


def _in_force() -> QuerySet[Licence]:
    return Licence.objects.filter(Q(ended_at=None) | Q(ended_at__gt=clock.now()))


def current_terms() -> TermsText:
    """The terms of service in force, in the reader's language. Raises Terms.DoesNotExist before any were published."""
    found = (
        Terms.objects.filter(kind="service", effective_at__lte=clock.now()).order_by("-effective_at").first()
    )
    if found is None:
        raise Terms.DoesNotExist("publish the terms of service first")
    language = get_language() or "en"
    return TermsText(found.id, found.version, found.texts.get(language) or found.texts["en"])


def has_accepted_terms(customer_id: UUID | None) -> bool:
    """Whether an administrator of the customer has accepted the terms in force (ACC-02, ORD-16)."""
    return Acceptance.objects.filter(customer_id=customer_id, terms_id=current_terms().id).exists()

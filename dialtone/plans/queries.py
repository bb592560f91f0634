"""What the account has: subscription, licences, accepted terms."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.translation import get_language

from dialtone.base import clock
from dialtone.people import queries as people
from dialtone.plans.models import Acceptance, Licence, Subscription, Terms
from dialtone.plans.rules import AccountFacts

OCP = "outbound_calling_plan"


@dataclass(frozen=True)
class TermsText:
    """A version of the terms in the reader's language."""

    id: UUID
    version: str
    text: str


def subscription() -> Subscription | None:
    """The scope's customer's living subscription, newest first."""
    return Subscription.objects.filter(ended_at=None).order_by("-started_at").first()


def licences() -> list[Licence]:
    return list(Licence.objects.filter(ended_at=None).order_by("item", "ordered_at"))


def units(item: str) -> int:
    """Licence units in force today of one item."""
    now = clock.now()
    found = (
        Licence.objects.filter(item=item)
        .filter(Q(ended_at=None) | Q(ended_at__gt=now))
        .aggregate(total=Sum("quantity"))
    )
    return int(found["total"] or 0)


def account_facts(customer_id: UUID, *, numbers_held: int) -> AccountFacts:
    """The facts for `rules.may`. The subscription's row is locked, so that two orders of one trial cannot both be the tenth."""
    living = (
        Subscription.objects.select_for_update()
        .filter(customer_id=customer_id, ended_at=None)
        .order_by("-started_at")
        .first()
    )
    return AccountFacts(
        kind=living.kind if living else "",
        state=living.state if living else "none",
        committed_plans=units(OCP),
        numbers_held=numbers_held,
        organisation_state=people.organisation(customer_id).state,
        trial_ends_at=living.trial_ends_at if living else None,
        service_licence=units("service_number") > 0,
    )


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

"""What the account has: subscription, licences, accepted terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.utils.translation import get_language

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.people import queries as people
from dialtone.plans.models import Acceptance, Licence, LicenceUse, Subscription, Terms
from dialtone.plans.rules import AccountFacts

OCP = "outbound_calling_plan"


@dataclass(frozen=True)
class Bought:
    """All units of one item under the living subscription, and those of them committed for a term. `id` is that of its first licence, and names the item outside."""

    id: UUID
    item: str
    units: int
    subscription_id: UUID
    committed: int = 0


@dataclass(frozen=True)
class TermsText:
    """A version of the terms in the reader's language."""

    id: UUID
    version: str
    text: str


@dataclass(frozen=True)
class Accepted:
    """Who accepted the terms in force, and when."""

    by: str
    at: datetime


def subscription() -> Subscription | None:
    """The scope's customer's living subscription."""
    found: Subscription | None = Subscription.objects.filter(ended_at=None).order_by("-started_at").first()
    return found


def subscriptions_of(customer_ids: Sequence[UUID]) -> dict[UUID, Subscription]:
    """The living subscription of each of these customers, for who looks after several."""
    found = Subscription.objects.filter(customer_id__in=list(customer_ids), ended_at=None)
    return {each.customer_id: each for each in found}


def with_plan(customer_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the customers that have a committed outbound calling plan licence (ACC-05)."""
    found = _in_force().filter(customer_id__in=list(customer_ids), item=OCP, committed=True)
    return set(found.values_list("customer_id", flat=True))


def customers_on(kind: str) -> QuerySet[Any, dict[str, Any]]:
    """The ids of customers whose living subscription is of a kind; for a filter."""
    return Subscription.objects.filter(kind=kind, ended_at=None).values("customer_id")


def licences() -> list[Licence]:
    """Licences in force, by item."""
    return list(_in_force().order_by("item", "ordered_at"))


def licences_ever(customer_ids: Collection[UUID], item: str) -> list[Licence]:
    """All licences of an item that some customers ever had, with their subscriptions: for what is charged from when."""
    found = Licence.objects.filter(customer_id__in=customer_ids, item=item).select_related("subscription")
    return list(found.order_by("ordered_at", "id"))


def subscriptions_ever(customer_ids: Collection[UUID]) -> list[Subscription]:
    """All subscriptions that some customers ever had, the first one first."""
    return list(Subscription.objects.filter(customer_id__in=customer_ids).order_by("started_at", "id"))


def licence(licence_id: UUID) -> Licence:
    """One licence of the scope. Raises Problem not_found."""
    found: Licence | None = Licence.objects.filter(id=licence_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def bought() -> list[Bought]:
    """What the customer has bought, one entry for each item."""
    found: dict[str, Bought] = {}
    for each in licences():
        known = found.get(each.item)
        found[each.item] = Bought(
            known.id if known else each.id,
            each.item,
            each.quantity + (known.units if known else 0),
            each.subscription_id,
            (known.committed if known else 0) + (each.quantity if each.committed else 0),
        )
    return list(found.values())


def service_starts_on() -> date | None:
    """The first day of service of the scope's customer's licences in force."""
    day: date | None = _in_force().aggregate(first=Min("requested_service_on"))["first"]
    return day


def bought_by(customer_ids: Sequence[UUID]) -> dict[UUID, tuple[date, dict[str, int]]]:
    """The first day of service of each of these customers' licences in force, and how many units of which item they are."""
    found: dict[UUID, tuple[date, dict[str, int]]] = {}
    for each in _in_force().filter(customer_id__in=list(customer_ids)):
        first, units_of = found.get(each.customer_id, (each.requested_service_on, {}))
        units_of[each.item] = units_of.get(each.item, 0) + each.quantity
        found[each.customer_id] = (min(first, each.requested_service_on), units_of)
    return found


def holders_of(item: str, customer_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these customers has a unit of an item."""
    found = LicenceUse.objects.filter(item=item, customer_id__in=list(customer_ids), until_at=None)
    return set(found.values_list("holder_id", flat=True))


def units(item: str, *, committed_only: bool = False) -> int:
    """Licence units in force of one item, whatever their first day of service."""
    found = _in_force().filter(item=item)
    if committed_only:
        found = found.filter(committed=True)
    return int(found.aggregate(total=Sum("quantity"))["total"] or 0)


def has_service_licence() -> bool:
    """Whether the customer has the licence for service numbers (NUM-05, ACC-17)."""
    return units("service_number") > 0


def units_in_use(item: str) -> int:
    """Units that somebody has."""
    return LicenceUse.objects.filter(item=item, until_at=None).count()


def with_free_units(items: Sequence[str]) -> list[str]:
    """Those of the items of which the customer has bought more than are in use."""
    return [item for item in items if units(item) > units_in_use(item)]


def units_by_holder(items: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many units persons, workspaces and others have, by item and kind of holder."""
    rows = LicenceUse.objects.filter(item__in=list(items), until_at=None).values_list("item", "holder_kind")
    return {(item, kind): count for item, kind, count in rows.annotate(count=Count("id")).order_by()}


def holders(item: str) -> QuerySet[LicenceUse]:
    """Who has a unit of an item, in the order in which they got it."""
    found: QuerySet[LicenceUse] = LicenceUse.objects.filter(item=item, until_at=None)
    return found.order_by("from_at", "id")


def licences_of_all(holder_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The items of which each of these holders has a unit."""
    found: dict[UUID, list[str]] = {}
    uses = LicenceUse.objects.filter(holder_id__in=list(holder_ids), until_at=None).order_by("item")
    for holder_id, item in uses.values_list("holder_id", "item"):
        found.setdefault(holder_id, []).append(item)
    return found


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
        service_licence=has_service_licence(),
    )


def all_account_facts() -> dict[UUID, AccountFacts]:
    """The facts of every customer of the scope, without their numbers: for the picture that calls are decided from."""
    bought = dict(
        _in_force()
        .filter(item=OCP, committed=True)
        .values_list("customer_id")
        .annotate(total=Sum("quantity"))
        .values_list("customer_id", "total")
    )
    living = {
        each.customer_id: each for each in Subscription.objects.filter(ended_at=None).order_by("started_at")
    }
    found = {}
    for each in people.customers():
        own = living.get(each.id)
        found[each.id] = AccountFacts(
            kind=own.kind if own else "",
            state=own.state if own else "",
            committed_plans=int(bought.get(each.id) or 0),
            numbers_held=0,
            organisation_state=each.state,
            trial_ends_at=own.trial_ends_at if own else None,
        )
    return found


def _in_force() -> QuerySet[Licence]:
    return Licence.objects.filter(Q(ended_at=None) | Q(ended_at__gt=clock.now()))


def versions() -> list[Terms]:
    """All versions of the terms of service, the newest first."""
    return list(Terms.objects.filter(kind="service").order_by("-effective_at", "-id"))


def current_terms() -> TermsText:
    """The terms of service in force, in the reader's language. Raises Problem plans.no_terms before any were published."""
    found = _terms_in_force()
    if found is None:
        raise Problem("plans.no_terms")
    language = get_language() or "en"
    return TermsText(found.id, found.version, found.texts.get(language) or found.texts["en"])


def terms_in_force() -> Terms | None:
    """The version in force; None before any."""
    return _terms_in_force()


def acceptance(customer_id: UUID | None) -> Accepted | None:
    """Who accepted the terms in force for the customer; None while nobody has."""
    found = _acceptances().filter(customer_id=customer_id).first() if customer_id else None
    return Accepted(found.accepted_by_name, found.accepted_at) if found else None


def have_accepted_terms(customer_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the customers whose administrator has accepted the terms in force."""
    found = _acceptances().filter(customer_id__in=list(customer_ids))
    return set(found.values_list("customer_id", flat=True))


def has_accepted_terms(customer_id: UUID | None) -> bool:
    """Whether an administrator of the customer has accepted the terms in force (ACC-02, ORD-16)."""
    return customer_id is not None and _acceptances().filter(customer_id=customer_id).exists()


def _terms_in_force() -> Terms | None:
    """None before any were published: then nobody has accepted, and nothing ordered becomes active."""
    known = Terms.objects.filter(kind="service", effective_at__lte=clock.now())
    return known.order_by("-effective_at").first()


def _acceptances() -> QuerySet[Acceptance]:
    terms = _terms_in_force()
    found: QuerySet[Acceptance] = (
        Acceptance.objects.filter(terms=terms) if terms else Acceptance.objects.none()
    )
    return found

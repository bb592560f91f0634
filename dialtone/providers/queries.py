"""The catalogue as a customer sees it, and as the operator keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.providers import rules
from dialtone.providers.models import Preference, Provider


@dataclass(frozen=True)
class Wanted:
    """What of the catalogue is asked for; "" for everything. `text` finds names and summaries, and `named` are the
    classes whose name it is (`rules.classes_named`)."""

    text: str = ""
    named: tuple[str, ...] = ()
    class_of: str = ""
    service_type: str = ""
    market: str = ""


def shown(wanted: Wanted | None = None, *, partner_id: UUID | None = None) -> QuerySet[Provider]:
    """What is offered, each with its `shown_class`: preferred, certified, other, then by name (PROV-03, PROV-06,
    PROV-08). Preferred by the partner of the open scope, unless another is named."""
    asked = wanted or Wanted()
    preferred = preferred_by(partner_id or tenancy.current().partner_id)
    found = Provider.objects.filter(is_offered=True).annotate(
        shown_class=Case(
            When(id__in=preferred, then=Value(rules.PREFERRED)),
            default=F("standing"),
            output_field=CharField(),
        ),
        rank=Case(
            *(When(shown_class=name, then=Value(place)) for place, name in enumerate(rules.CLASSES)),
            output_field=IntegerField(),
        ),
    )
    if asked.text:
        by_text = Q(search_name__contains=search_key(asked.text)) | Q(summary__icontains=asked.text)
        found = found.filter(by_text | Q(shown_class__in=asked.named))
    if asked.class_of:
        found = found.filter(shown_class=asked.class_of)
    if asked.service_type:
        found = found.filter(service_types__contains=[asked.service_type])
    if asked.market:
        found = found.filter(markets__contains=[asked.market])
    return found.order_by("rank", "search_name", "id")


def provider(provider_id: UUID) -> Provider:
    """One provider, offered or not. Raises Problem not_found."""
    found = Provider.objects.filter(id=provider_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def to_select(provider_id: UUID, country: str) -> Provider:
    """The provider, if a location of this country may be connected through it. Raises Problem not_found,
    providers.not_offered, providers.not_in_market."""
    found = provider(provider_id)
    if not found.is_offered:
        raise Problem("providers.not_offered", field="/providerId", values={"provider": found.name})
    if country not in found.markets:
        values = {"provider": found.name, "country": country}
        raise Problem("providers.not_in_market", field="/providerId", values=values)
    return found


def for_market(country: str, connection: str = "") -> QuerySet[Provider]:
    """Those offered in a country, in the order of `shown`."""
    found = shown(Wanted(market=country))
    return found.filter(connection=connection) if connection else found


def all_kept() -> QuerySet[Provider]:
    """Every provider by name, offered or not, for the operator."""
    return Provider.objects.order_by("search_name", "id")


def names_of(provider_ids: set[UUID]) -> dict[UUID, str]:
    return dict(Provider.objects.filter(id__in=provider_ids).values_list("id", "name"))


def preferred_by(partner_id: UUID | None) -> list[UUID]:
    """The ids of what a partner prefers. A customer may see it of its own partner."""
    if partner_id is None:
        return []
    # Row security shows a customer its partner's list; the tenant's manager would look for the customer's own.
    found = Preference._base_manager.filter(partner_id=partner_id, customer_id__isnull=True)
    return list(found.values_list("provider_id", flat=True))

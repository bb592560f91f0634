"""May a location have service numbers, and why not? Its connection, its provider and the customer's plan decide
(ORD-29 to ORD-31, ORD-34, NUM-05, ACC-17)."""

from __future__ import annotations

from uuid import UUID

from dialtone.locations import queries as locations
from dialtone.numbers import rules
from dialtone.numbers.rules import Verdict
from dialtone.plans import queries as plans
from dialtone.providers import queries as providers
from dialtone.providers.rules import SERVICE_NUMBERS


def may_have(location_id: UUID) -> Verdict:
    """Whether numbers of the location may be service numbers, whether ordered, entered or changed. Raises Problem not_found."""
    place, living = locations.location(location_id), plans.subscription()
    return rules.may_have_service_numbers(
        place.connection,
        is_offered=_offers(place.provider_id),
        is_paid=living is not None and living.kind == "paid",
        has_licence=plans.has_service_licence(),
    )


def _offers(provider_id: UUID | None) -> bool | None:
    """Whether the provider has service numbers; None where no provider of the catalogue is named."""
    if provider_id is None:
        return None
    return SERVICE_NUMBERS in providers.provider(provider_id).service_types

"""Our own calls: the catalogue of PSTN providers, and what a partner prefers of it (PROV-01 to PROV-11, ACC-20)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.connection import TYPES
from dialtone.api.named import own_locations
from dialtone.api.wire import Answer, Paging, Strict, into, outside, paged
from dialtone.base.address import known_country
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.people import queries as people
from dialtone.providers import prefer, queries, rules
from dialtone.providers.queries import Wanted

routes = router("PSTN providers")

PROVIDER = "PSTN_PROVIDER"
MOST_LOCATIONS = 100


class ProviderFilters(Schema):
    text: str = Field("", max_length=80, description="Part of a name, a summary, or the name of a class")
    provider_class: str = Field("", alias="class", description="preferred, certified or other")
    service_type: str = Field("", alias="serviceType", description="For example GEOGRAPHIC_NUMBERS")
    market: str = Field("", description="A country, such as US")


class ProviderAnswer(Answer):
    """A provider; `providerClass` is how its customer sees it, and the list is ordered by it."""

    id: str
    name: str
    provider_class: str
    pstn_connection_type: str
    pstn_services: list[str]
    markets: list[str]
    summary: str
    simulated: bool


class ProviderLocation(Answer):
    id: str
    name: str


class ProviderDetails(ProviderAnswer):
    locations: list[ProviderLocation]
    selectable_locations: list[ProviderLocation]


class ProviderList(Answer):
    items: list[ProviderAnswer]


class Preferred(Answer):
    provider_ids: list[str]


class PreferredBody(Strict):
    """All that the partner prefers; what is not named is not preferred any more."""

    provider_ids: list[str] = Field(max_length=500)


@routes.get(
    "/telephony/pstn/providers",
    response=ProviderList,
    operation_id="listPstnProviders",
    summary="The PSTN providers: preferred, certified, then others",
)
@needs("sees_providers")
def list_providers(
    request: HttpRequest, response: HttpResponse, wanted: Query[ProviderFilters], paging: Query[Paging]
) -> Any:
    for value, choices, field in (
        (wanted.provider_class, rules.CLASSES, "/class"),
        (wanted.service_type, rules.SERVICE_TYPES, "/serviceType"),
    ):
        if value and value not in choices:
            values = {"value": value[:40], "choices": ", ".join(choices)}
            raise Problem("providers.choice", field=field, values=values)
    market = known_country(wanted.market, "/market") if wanted.market.strip() else ""
    text = wanted.text.strip()
    found = queries.shown(
        Wanted(
            text,
            rules.classes_named(text),
            wanted.provider_class,
            wanted.service_type,
            market,
        )
    )
    return ProviderList(items=paged(request, response, found, worded, paging))


@routes.get(
    "/telephony/pstn/providers/{provider_id}",
    response=ProviderDetails,
    operation_id="getPstnProvider",
    summary="One provider: summary, markets, the locations that use it and those that may select it",
)
@needs("sees_providers")
def get_provider(request: HttpRequest, provider_id: str) -> Any:
    found = queries.shown().filter(id=into(PROVIDER, provider_id)).first()
    if found is None:
        raise Problem("not_found")
    told = worded(found).model_dump()
    if caller_of(request).customer_id is None:
        return ProviderDetails(**told, locations=[], selectable_locations=[])
    is_plan = found.connection == location_rules.CALLING_PLAN
    using = own_locations(request, locations.using(found.id, is_calling_plan=is_plan))
    waiting = own_locations(request, locations.without_connection(found.markets))
    return ProviderDetails(
        **told,
        locations=[_named(each) for each in using[:MOST_LOCATIONS]],
        selectable_locations=[_named(each) for each in waiting[:MOST_LOCATIONS]],
    )


@routes.get(
    "/telephony/pstn/preferredProviders",
    response=Preferred,
    operation_id="getPreferredPstnProviders",
    summary="The providers that the partner prefers",
)
@needs("prefers_providers")
def get_preferred(request: HttpRequest) -> Any:
    return _preferred(_partner_of(request))


@routes.put(
    "/telephony/pstn/preferredProviders",
    response=Preferred,
    operation_id="preferPstnProviders",
    summary="Say which providers the partner prefers",
)
@needs("prefers_providers")
def put_preferred(request: HttpRequest, wanted: PreferredBody) -> Any:
    partner_id = _partner_of(request)
    asked = [
        into(PROVIDER, each, f"/providerIds/{position}") for position, each in enumerate(wanted.provider_ids)
    ]
    prefer.prefer(partner_id, asked)
    return _preferred(partner_id)


def worded(provider: Any) -> ProviderAnswer:
    return ProviderAnswer(
        id=outside(PROVIDER, provider.id),
        name=provider.name,
        provider_class=provider.shown_class,
        pstn_connection_type=TYPES[provider.connection],
        pstn_services=provider.service_types,
        markets=provider.markets,
        summary=provider.summary,
        simulated=provider.is_simulated,
    )


def _named(location: Any) -> ProviderLocation:
    return ProviderLocation(id=outside("LOCATION", location.id), name=location.name)


def _preferred(partner_id: UUID) -> Preferred:
    chosen = set(queries.preferred_by(partner_id))
    ordered = [each for each in queries.all_kept() if each.id in chosen]
    return Preferred(provider_ids=[outside(PROVIDER, each.id) for each in ordered])


def _partner_of(request: HttpRequest) -> UUID:
    """The partner that is looked at; direct customers have the house partner, whose preferences the operator keeps."""
    caller = caller_of(request)
    if caller.view_kind == "partner":
        return caller.view_id
    house = people.house_partner() if caller.view_kind == "operator" else None
    if house is None:
        raise Problem("not_found")
    found: UUID = house.id
    return found

"""Locations, and whether numbers may be ordered for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from dialtone import countries
from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.locations import contract, rules, states
from dialtone.locations.models import Contract, Location


def list_all(text: str = "", *, calling_only: bool = False) -> QuerySet[Location]:
    """The locations of the scope's tenant by name, found with and without accents."""
    found = Location.objects.filter(deleted_at=None).order_by("search_name", "id")
    if calling_only:
        found = found.filter(calling_enabled=True)
    return found.filter(search_name__contains=search_key(text)) if text else found


def location(location_id: UUID) -> Location:
    """One location. Raises not_found."""
    found = Location.objects.filter(id=location_id, deleted_at=None).first()
    if found is None:
        raise Problem("not_found")
    return found


def by_name(name: str) -> Location:
    """The location of the scope's customer that is called so. Raises Problem not_found."""
    found: Location | None = Location.objects.filter(
        search_name=search_key(name)[:160], deleted_at=None
    ).first()
    if found is None:
        raise Problem("not_found")
    return found


def with_ids(location_ids: Collection[UUID]) -> QuerySet[Location]:
    """These locations, those that were deleted too."""
    return Location.objects.filter(id__in=set(location_ids))


def name_of(location_id: UUID) -> str:
    return location(location_id).name


def country_of(location_id: UUID) -> str:
    return location(location_id).country


def carrier_of(location_id: UUID) -> str:
    return location(location_id).carrier


def set_up(location_id: UUID) -> rules.SetUp:
    """How far a location's set-up is. Whether a valid emergency address is there is asked of the database,
    because the room `emergency` is above. Raises not_found."""
    return set_ups([location(location_id)])[location_id]


def set_ups(found: Sequence[Location]) -> dict[UUID, rules.SetUp]:
    """How far the set-up of each of these locations is, by location id, with as many queries as for one."""
    ids = [each.id for each in found]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM unnest(%s::uuid[]) id WHERE emergency_has_default(id)", [ids])
        have_address = {row[0] for row in cursor.fetchall()}
    states_of = contract.states_among(ids)
    return {
        each.id: rules.SetUp(
            name=each.name,
            country=each.country,
            connection=each.connection,
            has_contract=each.id in states_of,
            has_emergency_address=each.id in have_address,
            is_signed=states_of.get(each.id) == states.SIGNED,
            gateway_enabled=bool(each.calling.get("gateway_enabled")),
        )
        for each in found
    }


def missing(location_id: UUID) -> list[str]:
    """What the set-up lacks, first things first; empty when it is complete (SPK-01: go on with the first of them)."""
    return rules.missing(set_up(location_id))


def may_order(location_id: UUID) -> rules.Ready:
    """Whether new numbers may be ordered for the location by search (LOC-09, ORD-08)."""
    site = set_up(location_id)
    return _not_served(site) or rules.may_order(site, by_search=_ordered_by_search(site.country))


def may_order_among(found: Sequence[Location]) -> dict[UUID, rules.Ready]:
    """The same for many locations, by location id, with as many queries as for one."""
    return {
        each: rules.may_order(site, by_search=_ordered_by_search(site.country))
        for each, site in set_ups(found).items()
    }


def may_begin(location_id: UUID) -> rules.Ready:
    """Whether a port, or an order by support case, may be started for the location (LOC-09)."""
    site = set_up(location_id)
    return _not_served(site) or rules.may_begin(site)


def _not_served(site: rules.SetUp) -> rules.Ready | None:
    """Where there are no calling plans at all, nobody is told to set one up (ACC-06, H24)."""
    served = countries.served(clock.now().date())
    if site.connection == rules.CALLING_PLAN or site.country in served:
        return None
    values = {"country": site.country, "served": ", ".join(sorted(served))}
    return rules.Ready(False, "locations.not_served", values)


def using(provider_id: UUID, *, is_calling_plan: bool = False) -> QuerySet[Location]:
    """The locations connected through a provider, by name (PROV-09). The provider of the calling plans has those, too,
    for which nobody named one."""
    found = Q(provider_id=provider_id)
    if is_calling_plan:
        found |= Q(provider_id=None, connection=rules.CALLING_PLAN)
    return list_all().filter(found)


def without_connection(countries_served: Collection[str] | None = None) -> QuerySet[Location]:
    """The locations whose calling service is not set up, by name (PROV-11); of these countries only, if given."""
    found = list_all().filter(connection="")
    return found if countries_served is None else found.filter(country__in=list(countries_served))


def connection_options(location_id: UUID) -> list[str]:
    """The kinds of PSTN connection that the location may choose; their ids are `rules.connection_id(kind)`."""
    found = location(location_id)
    return list(rules.options(found.country in countries.served(clock.today(found.time_zone))))


def _ordered_by_search(country: str) -> bool:
    today = clock.now().date()
    if country not in countries.served(today):
        return False
    return countries.get(country, today).ordering.mode == countries.OrderingMode.SELF_SERVICE_SEARCH


def lock(location_id: UUID) -> Location:
    """One location, locked until the transaction ends: whoever changes which address its numbers show goes one
    by one. Other rows may still refer to it meanwhile. Raises not_found."""
    found: Location | None = (
        Location.objects.select_for_update(no_key=True).filter(id=location_id, deleted_at=None).first()
    )
    if found is None:
        raise Problem("not_found")
    return found


@dataclass(frozen=True)
class Sites:
    """The locations of one customer: all, those without a PSTN connection, those whose contract is not signed."""

    total: int
    unconnected: int
    unsigned: int


def by_customer(customer_ids: Sequence[UUID]) -> dict[UUID, Sites]:
    """The locations of each of these customers in figures, for who looks after several."""
    signed = Exists(Contract.objects.filter(location=OuterRef("pk"), state=states.SIGNED))
    found = Location.objects.filter(customer_id__in=list(customer_ids), deleted_at=None).annotate(
        signed=signed
    )
    rows = found.values_list("customer_id").annotate(
        total=Count("id"),
        unconnected=Count("id", filter=Q(connection="")),
        unsigned=Count("id", filter=Q(connection=rules.CALLING_PLAN, signed=False)),
    )
    return {customer_id: Sites(*figures) for customer_id, *figures in rows.order_by()}


def routing_prefixes() -> dict[UUID, str]:
    """The routing prefixes of the open scope's locations that have one (an extension after it is an ESN)."""
    return {each.id: prefix for each in list_all() if (prefix := each.calling.get("routing_prefix"))}

"""The estate as it is, in the form in which it comes in: import and export of the same estate are the same rows.

In the scope of whoever asks: the operator's whole estate, a partner's customers, or some of them. Rows stand in the order of their
sheets' keys. What the form has no column for (phone menus, orders, ports, bills) is not in it; docs/operating/estate.md lists it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import queries as emergency
from dialtone.estate import sheets
from dialtone.locations.models import Location
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Line, Number
from dialtone.people import queries as people
from dialtone.people.models import Organisation, Person
from dialtone.plans import queries as plans

Rows = dict[str, list[dict[str, str]]]


def rows(customer_ids: Sequence[UUID] | None = None) -> Rows:
    """The four sheets of these customers, or of all in scope. Raises Problem estate.same_name."""
    wanted = people.customers()
    if customer_ids is not None:
        wanted = wanted.filter(id__in=list(customer_ids))
    customers = {each.id: each for each in wanted}
    twice = [
        name for name, count in Counter(each.search_name for each in customers.values()).items() if count > 1
    ]
    if twice:
        name = next(each.name for each in customers.values() if each.search_name == twice[0])
        raise Problem("estate.same_name", values={"name": name})
    names = {id: each.name for id, each in customers.items()}
    places = {each.id: each for each in Location.objects.filter(customer_id__in=list(names), deleted_at=None)}
    lines = {
        each.owner_id: each
        for each in Line.objects.filter(
            customer_id__in=list(names), owner_kind="person", is_primary=True
        ).select_related("number")
    }
    made: Rows = {
        sheets.CUSTOMERS: list(_customers(customers.values())),
        sheets.LOCATIONS: list(_locations(places.values(), names)),
        sheets.NUMBERS: list(_numbers(places, names)),
        sheets.PEOPLE: list(_people(places, names, lines)),
    }
    for sheet, found in made.items():
        keys = sheets.SHEETS[sheet][:3]
        found.sort(key=lambda row: tuple(row[key] for key in keys))
    return made


def _customers(customers: Iterable[Organisation]) -> Iterator[dict[str, str]]:
    partners = {each.id: each for each in people.partners()}
    wanted = list(customers)
    bought = plans.bought_by([each.id for each in wanted])
    for each in wanted:
        partner = partners.get(each.partner_id) if each.partner_id else None
        starts_on, units = bought.get(each.id, (None, {}))
        yield {
            "customer": each.name,
            "partner": partner.name if partner and not partner.is_house_partner else "",
            "country": each.country,
            "language": each.language,
            "time_zone": each.time_zone,
            "currency": each.currency,
            "billing_starts_on": starts_on.isoformat() if starts_on else "",
            **{column: str(units.get(item, 0)) for column, item in sheets.LICENCES.items()},
        }


def _locations(places: Iterable[Location], names: dict[UUID, str]) -> Iterator[dict[str, str]]:
    wanted = list(places)
    newest = emergency.newest_defaults([each.id for each in wanted])
    for each in wanted:
        shown = newest.get(each.id)
        own = _address(each.address)
        other = _address(shown.address) if shown else own
        yield {
            "customer": names[each.customer_id],
            "location": each.name,
            "country": each.country,
            "time_zone": each.time_zone,
            "language": each.language,
            **own,
            **(
                {f"emergency_{part}": value for part, value in other.items()}
                if other != own
                else _blank("emergency_")
            ),
        }


def _numbers(places: dict[UUID, Location], names: dict[UUID, str]) -> Iterator[dict[str, str]]:
    own = emergency.newest_own_of(list(names))
    held = Number.objects.filter(customer_id__in=list(names), state__in=number_states.HELD)
    for each in held.select_related("block").iterator(chunk_size=2_000):
        address = own.get(each.id)
        shown = {f"own_{part}": value for part, value in _address(address.address).items()} if address else {}
        yield {
            "customer": names[each.customer_id],
            "location": places[each.location_id].name,
            "number": each.e164,
            "usage": each.usage,
            "main": sheets.YES if each.is_main else "",
            "block": each.block.first if each.block else "",
            "live": sheets.NO if each.is_off else sheets.YES,
            **(shown or _blank("own_")),
        }


def _people(
    places: dict[UUID, Location], names: dict[UUID, str], lines: dict[UUID, Line]
) -> Iterator[dict[str, str]]:
    with_plan = plans.holders_of("outbound_calling_plan", list(names))
    for each in Person.objects.filter(customer_id__in=list(names), is_active=True).iterator(chunk_size=2_000):
        assert each.customer_id is not None
        line = lines.get(each.id)
        admin_of = sorted(places[id].name for id in each.location_ids if id in places)
        yield {
            "customer": names[each.customer_id],
            "email": each.email,
            "first_name": each.first_name,
            "last_name": each.last_name,
            "display_name": each.display_name,
            "role": each.role,
            "admin_of": sheets.BETWEEN.join(admin_of),
            "language": each.language,
            "location": places[line.location_id].name if line else "",
            "number": line.number.e164 if line and line.number else "",
            "extension": line.extension if line else "",
            "calling_plan": sheets.YES if each.id in with_plan else "",
        }


def _address(kept: Any) -> dict[str, str]:
    address = CivicAddress.from_json(kept)
    return {part: str(getattr(address, part)) for part in sheets.ADDRESS}


def _blank(prefix: str) -> dict[str, str]:
    return dict.fromkeys((f"{prefix}{part}" for part in sheets.ADDRESS), "")

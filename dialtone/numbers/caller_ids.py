"""Which number and name the calls of each line show: the choices, read with the numbers and locations of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import caller_id, states
from dialtone.numbers.caller_id import CallerId, Candidate, Chosen, Site
from dialtone.numbers.models import CallerIdChoice, Line, Number

MOST_OFFERED = 200
NOTHING = Chosen()


@dataclass(frozen=True)
class CallerIds:
    """All that decides about some owners, read once; the answers come out of it without a query."""

    choices: Mapping[UUID, Chosen]
    sites: Mapping[UUID, Site]

    def of_line(self, line: Line) -> CallerId:
        """What a call from this line shows."""
        own = line.number.e164 if line.number and line.number.state in states.IN_SERVICE else ""
        chosen = self.choices.get(line.owner_id, NOTHING)
        return caller_id.shown(chosen, own, line.owner_name, self.sites[line.location_id])


def read(owner_ids: Sequence[UUID] | None = None) -> CallerIds:
    """For these owners of lines, or for all of the scope who have chosen something or have no number of their own."""
    rows = CallerIdChoice.objects.select_related("number")
    lines = Line.objects.all()
    if owner_ids is not None:
        rows, lines = rows.filter(owner_id__in=list(owner_ids)), lines.filter(owner_id__in=list(owner_ids))
    else:
        lines = lines.filter(Q(owner_id__in=CallerIdChoice.objects.values("owner_id")) | Q(number=None))
    found = list(rows)
    at = set(lines.values_list("location_id", flat=True))
    sites = sites_of(at | {each.number.location_id for each in found if each.number})
    return CallerIds({each.owner_id: chosen_of(each, sites) for each in found}, sites)


def choice_ids(owner_id: UUID) -> list[UUID]:
    """What the history of somebody's choice is found by; empty where nobody chose."""
    return list(CallerIdChoice.objects.filter(owner_id=owner_id).values_list("id", flat=True))


def of_line(line: Line) -> CallerId:
    """What a call from this line shows."""
    return read([line.owner_id]).of_line(line)


def chosen_of(row: CallerIdChoice, sites: Mapping[UUID, Site]) -> Chosen:
    """A stored choice as the rules take it."""
    number = row.number
    site = sites.get(number.location_id) if number else None
    is_held = number is not None and site is not None and number.state in states.HELD
    custom = candidate(number, site) if is_held and number and site else None
    # A workspace has a dot for its last name.
    own_name = f"{row.first_name} {row.last_name}".removesuffix(" .").strip()
    return Chosen(row.selected, custom, row.name_policy, row.custom_name, own_name)


def chosen_names(owner_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """First and last name of those of these owners whose calls show others than their own."""
    rows = CallerIdChoice.objects.filter(owner_id__in=list(owner_ids)).exclude(first_name="", last_name="")
    return {row.owner_id: (row.first_name, row.last_name) for row in rows}


def candidate(number: Number, site: Site) -> Candidate:
    """A number as the rules take it."""
    return Candidate(number.e164, site, number.usage, number.state in states.IN_SERVICE)


def sites_of(location_ids: set[UUID]) -> dict[UUID, Site]:
    """The locations, each with its main number where that is live."""
    live = Number.objects.filter(is_main=True, state__in=states.IN_SERVICE, location_id__in=location_ids)
    mains = dict(live.values_list("location_id", "e164"))
    return {
        each.id: _site(each, mains.get(each.id, ""))
        for each in locations.list_all().filter(id__in=location_ids)
    }


def _site(place: Location, main: str) -> Site:
    way_out = (place.connection, place.carrier, str(place.provider_id or ""))
    name = str(place.calling.get("external_caller_id_name") or place.name)
    return Site(str(place.id), place.country, way_out, main, name)


def offered(line: Line) -> list[Number]:
    """Numbers that somebody may show, those of the own location first: what a form offers."""
    live = Number.objects.filter(state__in=states.IN_SERVICE).exclude(usage="elin").order_by("e164")
    places = {each.id for each in locations.list_all()}
    sites = sites_of(places)
    here = sites[line.location_id]
    fitting = [each for each, site in sites.items() if not caller_id.fault(Candidate("", site), here)]
    at_home = list(live.filter(location_id=line.location_id)[:MOST_OFFERED])
    elsewhere = live.filter(location_id__in=fitting).exclude(location_id=line.location_id)
    return [*at_home, *elsewhere[: MOST_OFFERED - len(at_home)]]

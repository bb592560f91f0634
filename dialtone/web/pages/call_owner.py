"""Whose outgoing calls a page is about, and the pages around it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.web.page import caller_of
from dialtone.web.pages.permissions import location_seen, person_seen


@dataclass(frozen=True)
class Owner:
    """An organisation, a location or a person, by `kind`; `permission` is what changing it takes, `here` the page, `home` the one
    above."""

    kind: str
    id: UUID
    name: str
    location_id: UUID | None
    permission: str
    here: str
    home: str
    crumbs: list[dict[str, str]]


def location_owner(request: HttpRequest, location_id: UUID, route: str) -> Owner:
    """A location whose page is `route`. Raises Problem not_found."""
    found = location_seen(caller_of(request), location_id)
    home = reverse("location-calls", args=[found.id])
    crumbs = [
        {"label": _("Locations"), "url": reverse("locations")},
        {"label": found.name, "url": reverse("location", args=[found.id])},
        {"label": _("Outgoing permissions"), "url": home},
    ]
    here = reverse(route, args=[found.id])
    return Owner("location", found.id, found.name, found.id, "edits_locations", here, home, crumbs)


def person_owner(request: HttpRequest, person_id: UUID, route: str) -> Owner:
    """A person whose page is `route`, at the location of the line, if there is one. Raises Problem not_found."""
    person, line = person_seen(caller_of(request), person_id)
    home = reverse("person-calls", args=[person.id])
    crumbs = [
        {"label": _("People"), "url": reverse("people")},
        {"label": person.display_name, "url": reverse("person", args=[person.id])},
        {"label": _("Outgoing permissions"), "url": home},
    ]
    here = reverse(route, args=[person.id])
    place = line.location_id if line else None
    return Owner("person", person.id, person.display_name, place, "edits_people", here, home, crumbs)

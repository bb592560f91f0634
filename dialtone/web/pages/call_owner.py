"""Whose outgoing calls a page is about, and the pages around it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.base.problems import Problem
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_id import OWNERS
from dialtone.web.page import caller_of
from dialtone.web.pages.permissions import location_seen, person_seen


@dataclass(frozen=True)
class Owner:
    """An organisation, a location, or whoever has a line (a person, a workspace, a virtual line), by `kind`; `permission` is what changing it takes, `here` the page, `home` the one
    above."""

    kind: str
    id: UUID
    name: str
    location_id: UUID | None
    permission: str
    here: str
    home: str
    crumbs: list[dict[str, str]]

    @property
    def is_line(self) -> bool:
        """Whether it may follow its location."""
        return self.kind in OWNERS


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


def line_owner(request: HttpRequest, owner_id: UUID, route: str) -> Owner:
    """Whoever has this line; of a person as `person_owner`. Raises Problem not_found, without a line too."""
    line = numbers.lines_of_owner([owner_id]).get(owner_id)
    if (
        line is None
        or line.owner_kind not in OWNERS
        or not caller_of(request).sees_location(line.location_id)
    ):
        raise Problem("not_found")
    if line.owner_kind == "person":
        return person_owner(request, owner_id, route)
    home = reverse("number", args=[line.number.e164]) if line.number else reverse("emergency-lines")
    crumbs = [{"label": line.owner_name, "url": home}]
    here = reverse(route, args=[owner_id])
    return Owner(
        line.owner_kind, owner_id, line.owner_name, line.location_id, "edits_people", here, home, crumbs
    )

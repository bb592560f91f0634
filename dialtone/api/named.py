"""What a path or a filter names, as far as the caller may see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from dialtone.api.app import caller_of, customer_of
from dialtone.api.wire import into
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.locations.models import Location


def location_named(request: HttpRequest, location_id: str) -> Location:
    """The location, if the caller sees it. Raises Problem not_found."""
    customer_of(request)
    found = locations.location(into("LOCATION", location_id))
    if not caller_of(request).sees_location(found.id):
        raise Problem("not_found")
    return found


def own_locations(request: HttpRequest, found: Any) -> Any:
    """Of a query of locations those that the caller sees."""
    customer_of(request)
    caller = caller_of(request)
    return found.filter(id__in=list(caller.location_ids)) if caller.role == "location" else found


def location_ids(request: HttpRequest, location_id: str) -> list[UUID] | None:
    """The locations to list: the one named, or all that the caller sees; None for all there are."""
    if location_id:
        return [location_named(request, location_id).id]
    caller = caller_of(request)
    return list(caller.location_ids) if caller.role == "location" else None

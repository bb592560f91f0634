"""Locations, and whether numbers may be ordered for them."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from dialtone.base.problems import Problem
from dialtone.base.text import search_key
from dialtone.locations import contract, rules
from dialtone.locations.models import Location


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


def name_of(location_id: UUID) -> str:
    return location(location_id).name


def country_of(location_id: UUID) -> str:
    return location(location_id).country


def carrier_of(location_id: UUID) -> str:
    return location(location_id).carrier


def may_order(location_id: UUID) -> rules.Ready:
    """LOC-09. Whether a valid emergency address is there is asked of the database, because the room `emergency` is above."""
    found = location(location_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT emergency_has_default(%s)", [location_id])
        row = cursor.fetchone()
    return rules.may_order(
        name=found.name,
        country=found.country,
        connection=found.connection,
        has_contract=contract.of_location(found.id) is not None,
        has_emergency_address=bool(row and row[0]),
    )

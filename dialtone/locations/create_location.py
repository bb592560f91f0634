"""Open a location, change it, delete it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record
from dialtone.base.address import CivicAddress
from dialtone.base.period import check_zone
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.locations.models import Location

BUSINESS_DAYS = (0, 1, 2, 3, 4)


def create_location(
    *,
    name: object,
    address: CivicAddress,
    time_zone: object,
    language: str = "en",
    announcement_language: str = "",
    business_days: Sequence[int] = BUSINESS_DAYS,
    multi_floor: bool = False,
    calling_enabled: bool = True,
) -> Location:
    """The new location. Raises Problem: field.*, text.*, time.zone_unknown, locations.name_taken."""
    shown = clean(name, field="/name", limit=80)
    zone = check_zone(time_zone)
    made = Location(
        name=shown,
        search_name=search_key(shown),
        country=address.country,
        address=address.as_json(),
        time_zone=zone,
        language=language,
        announcement_language=announcement_language or language,
        business_days=list(business_days),
        multi_floor=multi_floor,
        calling_enabled=calling_enabled,
        created_at=clock.now(),
    )
    _stored(made, shown, insert=True)
    record.change(
        made,
        "location_created",
        name=shown,
        after={"name": shown, "address": address.one_line()},
        event="location.created",
    )
    return made


def change_location(location_id: UUID, **changes: Any) -> Location:
    """Change the named fields: name, address (CivicAddress), time_zone, language, announcement_language, business_days, calling."""
    found = Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    if found is None:
        raise Problem("not_found")
    before = {
        "name": found.name,
        "address": found.address,
        "time_zone": found.time_zone,
        "language": found.language,
    }
    if "name" in changes:
        found.name = clean(changes["name"], field="/name", limit=80)
        found.search_name = search_key(found.name)
    if "time_zone" in changes:
        found.time_zone = check_zone(changes["time_zone"])
    if "address" in changes:
        found.address = changes["address"].as_json()
        found.country = changes["address"].country
    for plain in (
        "language",
        "announcement_language",
        "business_days",
        "multi_floor",
        "calling",
        "calling_enabled",
        "notes",
    ):
        if plain in changes:
            setattr(found, plain, changes[plain])
    found.version += 1
    _stored(found, found.name)
    after = {
        "name": found.name,
        "address": found.address,
        "time_zone": found.time_zone,
        "language": found.language,
    }
    record.change(
        found, "location_changed", name=found.name, before=before, after=after, event="location.changed"
    )
    return found


def delete_location(location_id: UUID, *, in_use: Sequence[str] = ()) -> None:
    """Take a location away. `in_use` are words for what still hangs on it, gathered by the door from the rooms above.

    Raises locations.calling_enabled, locations.in_use, not_found."""
    found = Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    if found is None:
        raise Problem("not_found")
    if found.calling_enabled:
        raise Problem("locations.calling_enabled", values={"name": found.name})
    if in_use:
        raise Problem("locations.in_use", values={"name": found.name, "what": ", ".join(in_use)})
    found.deleted_at = clock.now()
    found.version += 1
    found.save()
    record.change(found, "location_deleted", name=found.name, event="location.deleted")


def _stored(location: Location, name: str, insert: bool = False) -> None:
    try:
        with transaction.atomic():
            location.save(force_insert=insert)
    except IntegrityError as error:
        raise Problem("locations.name_taken", field="/name", values={"name": name}) from error

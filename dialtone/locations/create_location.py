"""Open a location, change it, delete it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from babel import Locale
from django.db import IntegrityError, transaction

from dialtone.base import clock, record
from dialtone.base.address import CivicAddress
from dialtone.base.period import check_zone
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean, search_key
from dialtone.locations import rules
from dialtone.locations.models import Location

BUSINESS_DAYS = (0, 1, 2, 3, 4)
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4}){0,2}")


def create_location(
    *,
    name: object,
    address: CivicAddress,
    time_zone: object,
    language: object = "en",
    announcement_language: object = "",
    business_days: Sequence[int] = BUSINESS_DAYS,
    multi_floor: bool = False,
    calling_enabled: bool = True,
    latitude: object = "",
    longitude: object = "",
    notes: object = "",
) -> Location:
    """The new location. Raises Problem locations.name_taken, or Problems with every field that is wrong:
    field.*, text.*, time.zone_unknown, locations.language, locations.business_days, locations.coordinate,
    locations.null_island."""
    made = Location(
        country=address.country,
        address=address.as_json(),
        multi_floor=multi_floor,
        calling_enabled=calling_enabled,
        created_at=clock.now(),
    )
    _fill(
        made,
        {
            "name": name,
            "time_zone": time_zone,
            "language": language,
            **({"announcement_language": announcement_language} if announcement_language else {}),
            "business_days": business_days,
            "coordinates": (latitude, longitude),
            "notes": notes,
        },
    )
    made.announcement_language = made.announcement_language or made.language
    _store(made, insert=True)
    record.change(made, "location_created", name=made.name, after=_facts(made), event="location.created")
    return made


def change_location(location_id: UUID, *, seen: int | None = None, **changes: Any) -> Location:
    """Change the named fields: name, address (CivicAddress), time_zone, language, announcement_language, business_days,
    coordinates (latitude, longitude), notes, multi_floor, calling, calling_enabled. `seen` is the version that the
    change was made from. Raises as `create_location`, and not_found, locations.country_fixed, version.stale."""
    found = _locked(location_id)
    if seen is not None and seen != found.version:
        raise Problem("version.stale")
    before = _facts(found)
    address = changes.pop("address", None)
    if address is not None:
        if address.country != found.country and found.connection:
            # Numbers, contract and carrier are of the old country.
            raise Problem("locations.country_fixed", field="/address/country", values={"name": found.name})
        found.address, found.country = address.as_json(), address.country
    for plain in ("multi_floor", "calling", "calling_enabled"):
        if plain in changes:
            setattr(found, plain, changes.pop(plain))
    _fill(found, changes)
    after = _facts(found)
    if after == before:
        return found
    found.version += 1
    _store(found)
    record.change(
        found, "location_changed", name=found.name, before=before, after=after, event="location.changed"
    )
    return found


def delete_location(location_id: UUID, *, in_use: Sequence[str] = ()) -> None:
    """Take a location away. `in_use` are words for what still hangs on it, gathered by the door from the rooms above
    (BAD-EMG-34). Raises locations.calling_enabled, locations.in_use, not_found."""
    found = _locked(location_id)
    if in_use:
        raise Problem("locations.in_use", values={"name": found.name, "what": ", ".join(in_use)})
    if found.calling_enabled:
        raise Problem("locations.calling_enabled", values={"name": found.name})
    found.deleted_at = clock.now()
    found.version += 1
    found.save()
    record.change(found, "location_deleted", name=found.name, before=_facts(found), event="location.deleted")


def _locked(location_id: UUID) -> Location:
    found: Location | None = (
        Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    )
    if found is None:
        raise Problem("not_found")
    return found


def _fill(location: Location, told: dict[str, Any]) -> None:
    """Put checked values on the location. Raises Problems with every field that is wrong."""
    readers: dict[str, Callable[[Any], None]] = {
        "name": lambda value: _name(location, value),
        "time_zone": lambda value: setattr(location, "time_zone", check_zone(value)),
        "language": lambda value: setattr(location, "language", _language(value, "/preferredLanguage")),
        "announcement_language": lambda value: setattr(
            location, "announcement_language", _language(value, "/announcementLanguage")
        ),
        "business_days": lambda value: setattr(location, "business_days", _days(value)),
        "coordinates": lambda value: _coordinates(location, *value),
        "notes": lambda value: setattr(
            location, "notes", clean(value, field="/notes", limit=500, required=False)
        ),
    }
    wrong = []
    for field, value in told.items():
        try:
            readers[field](value)
        except Problem as problem:
            wrong.append(problem)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Problems(wrong)


def _name(location: Location, value: object) -> None:
    location.name = clean(value, field="/name", limit=80)
    location.search_name = search_key(location.name)[:160]


def _language(value: object, field: str) -> str:
    """A language that there is, as the compatible API writes it ("en_us", "da_dk") or as Dialtone's own pages do ("en", "zh-hant")."""
    if (
        not isinstance(value, str)
        or len(value) > 10
        or not _LANGUAGE.fullmatch(value)
        or re.split("[_-]", value)[0] not in Locale("en").languages
    ):
        raise Problem("locations.language", field=field, values={"value": str(value)[:40]})
    return value


def _days(value: Sequence[int]) -> list[int]:
    days = sorted(set(value)) if all(type(day) is int for day in value) else []
    if not days or not set(days) <= set(range(7)):
        raise Problem("locations.business_days", field="/businessDays")
    return days


def _coordinates(location: Location, latitude: object, longitude: object) -> None:
    """Both or neither; never 0, 0, which is what a form with nothing in it sends (BAD-EMG-22)."""
    if latitude in ("", None) and longitude in ("", None):
        location.latitude = location.longitude = ""
        return
    found = {}
    for field, value, largest in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        found[field] = rules.coordinate(value, largest)
        if found[field] is None:
            raise Problem(
                "locations.coordinate",
                field=f"/{field}",
                values={"value": str(value)[:40], "largest": largest},
            )
    if found == {"latitude": 0, "longitude": 0}:
        raise Problem("locations.null_island", field="/latitude")
    location.latitude, location.longitude = str(latitude), str(longitude)


def _facts(location: Location) -> dict[str, Any]:
    kept = ("name", "country", "address", "time_zone", "language", "announcement_language", "business_days")
    more = ("multi_floor", "calling_enabled", "calling", "latitude", "longitude", "notes")
    return {field: getattr(location, field) for field in (*kept, *more)}


def _store(location: Location, insert: bool = False) -> None:
    try:
        with transaction.atomic():
            location.save(force_insert=insert)
    except IntegrityError as error:
        if "locations_location_name" not in str(error):
            raise
        raise Problem("locations.name_taken", field="/name", values={"name": location.name}) from error

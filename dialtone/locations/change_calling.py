"""Change how calling works at a location: how one dials out of it, how it shows itself, how others dial into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.locations.models import Location

LONGEST_CALLER_NAME = 30  # what networks carry (Q.731, calling name) with room to spare
_DIGIT = re.compile(r"[0-9]")
_PREFIX = re.compile(r"[0-9]{2,7}")


def change_calling(location_id: UUID, settings: Mapping[str, Any]) -> Location:
    """Store what is given, None takes a setting away: line_name, external_caller_id_name, outside_dial_digit,
    enforce_outside_dial_digit, routing_prefix, charge_number (a number of the location, as the caller has checked),
    use_charge_number.

    Raises Problem not_found, locations.calling_disabled, locations.outside_digit, locations.routing_prefix,
    locations.routing_prefix_taken, and those of text.
    """
    found: Location | None = (
        Location.objects.select_for_update().filter(id=location_id, deleted_at=None).first()
    )
    if found is None:
        raise Problem("not_found")
    if not found.calling_enabled:
        raise Problem("locations.calling_disabled", values={"name": found.name})
    before = dict(found.calling)
    checked = {name: _READERS[name](found, value) for name, value in settings.items()}
    after = {name: value for name, value in {**before, **checked}.items() if value is not None}
    if after == before:
        return found
    found.calling = after
    found.version += 1
    found.save()
    record.change(
        found, "calling_changed", name=found.name, before=before, after=after, event="location.changed"
    )
    return found


def _text(field: str, limit: int) -> Any:
    def read(location: Location, value: object) -> str | None:
        return clean(value, field=field, limit=limit, required=False) or None

    return read


def _outside_digit(location: Location, value: object) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _DIGIT.fullmatch(value):
        raise Problem("locations.outside_digit", field="/outsideDialDigit", values={"value": str(value)[:20]})
    return value


def _routing_prefix(location: Location, value: object) -> str | None:
    if value in (None, ""):
        return None
    field = "/routingPrefix"
    if not isinstance(value, str) or not _PREFIX.fullmatch(value):
        raise Problem("locations.routing_prefix", field=field, values={"value": str(value)[:20]})
    others = Location.objects.filter(deleted_at=None, calling__routing_prefix=value).exclude(id=location.id)
    taken = others.first()
    if taken is not None:
        raise Problem(
            "locations.routing_prefix_taken", field=field, values={"value": value, "name": taken.name}
        )
    return value


def _switch(location: Location, value: object) -> bool | None:
    return bool(value) or None


_READERS = {
    "line_name": _text("/callingLineId/name", 80),
    "external_caller_id_name": _text("/externalCallerIdName", LONGEST_CALLER_NAME),
    "outside_dial_digit": _outside_digit,
    "enforce_outside_dial_digit": _switch,
    "routing_prefix": _routing_prefix,
    "charge_number": _text("/chargeNumber", 20),
    "use_charge_number": _switch,
}

"""Make a number the main number of its location."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.numbers import states
from dialtone.numbers.models import Number


def set_main(location_id: UUID, e164: str, *, field: str = "/number") -> Number:
    """The location's former main number becomes an ordinary one. Raises Problem not_found or numbers.other_location."""
    number = Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    if number is None:
        raise Problem("not_found", field=field)
    if number.location_id != location_id:
        raise Problem("numbers.other_location", field=field, values={"number": e164})
    if number.is_main:
        return number
    former = Number.objects.select_for_update().filter(location_id=location_id, is_main=True).first()
    if former is not None:
        former.is_main = False
        former.version += 1
        former.save()
    number.is_main = True
    number.version += 1
    number.save()
    record.change(
        number,
        "main_number_set",
        name=e164,
        before={"main": former.e164 if former else ""},
        after={"main": e164},
        event="number.changed",
        event_facts={"number": e164},
    )
    return number

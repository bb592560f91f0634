"""Alternate numbers of somebody who has a first line: further numbers that reach the same person."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.numbers import rules, states
from dialtone.numbers.models import Line, Number, UsageInterval
from dialtone.numbers.set_line import Owner, Place, check_extension

MOST = 10


def add_alternate(owner: Owner, place: Place, *, e164: str = "", extension: str = "") -> Line:
    """One more number, extension, or both. Raises Problem numbers.line_empty, numbers.too_many_alternates, not_found,
    numbers.assigned_to_other, numbers.other_location, numbers.service_only, numbers.extension_*."""
    field = "/phoneNumbers"
    if not e164 and not extension:
        raise Problem("numbers.line_empty", field=field)
    if Line.objects.filter(owner_id=owner.id, is_primary=False).count() >= MOST:
        raise Problem("numbers.too_many_alternates", field=field, values={"limit": MOST})
    number = _free(e164, owner, place, field) if e164 else None
    if extension:
        check_extension(extension, None, place)
    now = clock.now()
    made: Line = Line.objects.create(
        location_id=place.location_id,
        extension=extension,
        number=number,
        is_primary=False,
        owner_kind=owner.kind,
        owner_id=owner.id,
        owner_name=owner.name,
        assigned_at=now,
    )
    if number is not None:
        UsageInterval.objects.create(
            number=number, owner_kind=owner.kind, owner_id=owner.id, owner_name=owner.name, from_at=now
        )
    record.change(
        number or made,
        "alternate_added",
        name=e164 or extension,
        after={"owner": owner.name},
        event="number.assigned" if number else None,
        event_facts={"number": e164, "owner_id": owner.id},
    )
    return made


def remove_alternate(owner_id: UUID, *, e164: str = "", extension: str = "") -> None:
    """Raises Problem not_found for what is no alternate of the owner.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    lines = Line.objects.select_for_update(of=("self",)).select_related("number")
    wanted = {"number__e164": e164} if e164 else {"extension": extension}
    line = lines.filter(owner_id=owner_id, is_primary=False, **wanted).first()
    if line is None:
        raise Problem("not_found", field="/phoneNumbers")
    if line.number is not None:
        UsageInterval.objects.filter(number=line.number, until_at=None).update(until_at=clock.now())
    record.change(
        line.number or line,
        "alternate_removed",
        name=e164 or extension,
        before={"owner": line.owner_name},
        event="number.unassigned" if line.number else None,
        event_facts={"number": e164} if line.number else {},
    )
    line.delete()


def _free(e164: str, owner: Owner, place: Place, field: str) -> Number:
    number: Number | None = (
        Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    )
    if number is None:
        raise Problem("not_found", field=field)
    taken = Line.objects.filter(number=number).first()
    if taken is not None:
        values = {"number": e164, "owner": taken.owner_name}
        raise Problem("numbers.assigned_to_other", field=field, values=values)
    verdict = rules.may_assign(
        number.kind, number.country, place.country, usage=number.usage, owner_kind=owner.kind
    )
    if not verdict.allowed:
        values = {"number": e164, "country": number.country, "location_country": place.country}
        raise Problem(verdict.code, field=field, values=values)
    if number.location_id != place.location_id:
        raise Problem("numbers.other_location", field=field, values={"number": e164})
    return number

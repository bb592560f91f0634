"""Give a person (or, in later rooms, a menu, queue or workspace) a number, an extension, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.numbers import rules, states
from dialtone.numbers.models import Line, Number, UsageInterval


@dataclass(frozen=True)
class Owner:
    """Who gets the number: ("person", id, name)."""

    kind: str
    id: UUID
    name: str


def assign(
    *,
    owner: Owner,
    location_id: UUID,
    location_country: str,
    e164: str | None = None,
    extension: str = "",
    field: str = "/number",
    emergency_codes: Sequence[str] = ("911", "112", "999"),
) -> Line:
    """Store the line. A pending number may be assigned at once; it works from delivery (SPK-24).

    Raises Problem: not_found (not yours), numbers.assigned_to_other, numbers.other_country, numbers.other_location,
    numbers.extension_*.
    """
    now = clock.now()
    number = _number_for(owner, e164, location_id, location_country, field) if e164 else None
    if extension:
        _check_extension(extension, owner, location_id, emergency_codes)
    line = Line.objects.select_for_update().filter(owner_id=owner.id, is_primary=True).first()
    before = {
        "number": line.number.e164 if line and line.number else "",
        "extension": line.extension if line else "",
    }
    if line is None:
        line = Line(owner_kind=owner.kind, owner_id=owner.id, is_primary=True)
    old_number = line.number
    if old_number is not None and number is not None and old_number.id != number.id:
        UsageInterval.objects.filter(number=old_number, until_at=None).update(until_at=now)
    line.location_id = location_id
    line.owner_name = owner.name
    line.assigned_at = now
    line.number = number or line.number
    line.extension = extension or line.extension
    line.version += 0 if line._state.adding else 1
    line.save()
    if number is not None and (old_number is None or old_number.id != number.id):
        UsageInterval.objects.create(
            number=number, owner_kind=owner.kind, owner_id=owner.id, owner_name=owner.name, from_at=now
        )
    after = {"number": line.number.e164 if line.number else "", "extension": line.extension}
    record.change(
        number or line,
        "number_assigned" if number else "extension_assigned",
        name=after["number"] or after["extension"],
        before=before,
        after=after,
        facts={"owner": owner.name, "owner_id": owner.id, "owner_kind": owner.kind},
        event="number.assigned" if number else None,
        event_facts={"number": after["number"], "owner_id": owner.id},
    )
    return line


def _number_for(owner: Owner, e164: str, location_id: UUID, country: str, field: str) -> Number:
    number = Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    if number is None:
        raise Problem("not_found", field=field)
    verdict = rules.may_assign(number.kind, number.country, country)
    if not verdict.allowed:
        raise Problem(
            verdict.code,
            field=field,
            values={"number": e164, "country": number.country, "location_country": country},
        )
    if number.location_id != location_id:
        raise Problem("numbers.other_location", field=field, values={"number": e164})
    taken = Line.objects.filter(number=number).exclude(owner_id=owner.id).first()
    if taken is not None:
        raise Problem(
            "numbers.assigned_to_other", field=field, values={"number": e164, "owner": taken.owner_name}
        )
    return number


def _check_extension(extension: str, owner: Owner, location_id: UUID, emergency_codes: Sequence[str]) -> None:
    verdict = rules.may_be_extension(extension, emergency_codes)
    if not verdict.allowed:
        raise Problem(verdict.code, field="/extension", values={"extension": extension})
    taken = (
        Line.objects.filter(location_id=location_id, extension=extension).exclude(owner_id=owner.id).first()
    )
    if taken is not None:
        raise Problem(
            "numbers.extension_taken",
            field="/extension",
            values={"extension": extension, "owner": taken.owner_name},
        )

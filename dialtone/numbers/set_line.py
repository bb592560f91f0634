"""Say exactly which number and which extension somebody's first line has; either may be none, but not both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.numbers import rules, states
from dialtone.numbers.models import Line, Number, UsageInterval

EMERGENCY_CODES = ("911", "112", "999")


@dataclass(frozen=True)
class Owner:
    """Who gets the number: ("person", id, name)."""

    kind: str
    id: UUID
    name: str


@dataclass(frozen=True)
class Place:
    """The location of a line, as far as rules ask: its emergency codes are those of its country."""

    location_id: UUID
    country: str
    emergency_codes: Sequence[str] = EMERGENCY_CODES


def first_line(owner_id: UUID) -> Line | None:
    """The owner's first line, locked."""
    found: Line | None = (
        Line.objects.select_for_update(of=("self",))
        .select_related("number")
        .filter(owner_id=owner_id, is_primary=True)
        .first()
    )
    return found


def set_line(owner: Owner, place: Place, *, e164: str | None, extension: str, field: str = "/number") -> Line:
    """The line as it is from now on; what it had before is free. A pending number may be given at once; it works from
    delivery (SPK-24). Repeating it changes nothing.

    Whoever calls it in a door calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    Raises Problem not_found (not yours), numbers.line_empty, numbers.assigned_to_other, numbers.other_country,
    numbers.other_location, numbers.service_only, numbers.extension_*.
    """
    if not e164 and not extension:
        raise Problem("numbers.line_empty", field=field)
    now = clock.now()
    number = number_for(owner, e164, place, field) if e164 else None
    if extension:
        check_extension(extension, owner.id, place)
    line = first_line(owner.id)
    if line is None:
        line = Line(owner_kind=owner.kind, owner_id=owner.id, is_primary=True)
    former = line.number
    before = _facts(line)
    line.location_id = place.location_id
    line.owner_name = owner.name
    line.number = number
    line.extension = extension
    line.awaits = "" if number else line.awaits
    after = _facts(line)
    if after == before and not line._state.adding:
        return line
    line.assigned_at = now
    line.version += 0 if line._state.adding else 1
    line.save()
    if former != number:
        if former is not None:
            UsageInterval.objects.filter(number=former, until_at=None).update(until_at=now)
        if number is not None:
            UsageInterval.objects.create(
                number=number, owner_kind=owner.kind, owner_id=owner.id, owner_name=owner.name, from_at=now
            )
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


def _facts(line: Line) -> dict[str, str]:
    return {
        "number": line.number.e164 if line.number else "",
        "extension": line.extension,
        "location_id": str(line.location_id or ""),
        "owner": line.owner_name,
    }


def number_for(owner: Owner, e164: str, place: Place, field: str, *, is_primary: bool = True) -> Number:
    """The customer's number, locked, if this owner may have it there. Raises as `set_line`."""
    number: Number | None = (
        Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    )
    if number is None:
        raise Problem("not_found", field=field)
    verdict = rules.may_assign(
        number.kind, number.country, place.country, usage=number.usage, owner_kind=owner.kind
    )
    if not verdict.allowed:
        raise Problem(
            verdict.code,
            field=field,
            values={"number": e164, "country": number.country, "location_country": place.country},
        )
    if number.location_id != place.location_id:
        raise Problem("numbers.other_location", field=field, values={"number": e164})
    taken = Line.objects.filter(number=number).exclude(owner_id=owner.id, is_primary=is_primary).first()
    if taken is not None:
        raise Problem(
            "numbers.assigned_to_other", field=field, values={"number": e164, "owner": taken.owner_name}
        )
    return number


def check_extension(extension: str, owner_id: UUID | None, place: Place, field: str = "/extension") -> None:
    """Raises Problem numbers.extension_shape, numbers.extension_reserved, numbers.extension_taken."""
    verdict = rules.may_be_extension(extension, place.emergency_codes)
    if not verdict.allowed:
        raise Problem(verdict.code, field=field, values={"extension": extension[:20]})
    taken = (
        Line.objects.filter(location_id=place.location_id, extension=extension)
        .exclude(owner_id=owner_id, is_primary=True)
        .first()
    )
    if taken is not None:
        raise Problem(
            "numbers.extension_taken",
            field=field,
            values={"extension": extension, "owner": taken.owner_name},
        )

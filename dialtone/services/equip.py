"""Give a person or a workspace licences and a line, all or nothing: what licence, location, number and extension need of
each other is checked once, on what comes out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.set_line import Owner, first_line, set_line
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans
from dialtone.services import rules
from dialtone.services.await_number import await_number
from dialtone.services.places import place_of

NUMBER_FIELD = "/phoneNumbers/0/value"
_FIELDS = {
    "services.line_needed": "/extension",
    "services.location_needed": "/locationId",
    "services.calling_disabled": "/locationId",
}


@dataclass(frozen=True)
class Equipment:
    """What somebody is to have; None leaves a thing as it is, and "" takes it away. `awaits` is a number that is being
    ported, or "transfer" for one of those that are, which comes in place of `e164` once it is there (SMB-17)."""

    items: Collection[str] | None = None
    location_id: UUID | None = None
    e164: str | None = None
    extension: str | None = None
    awaits: str | None = None


def equip(owner: Owner, wanted: Equipment, kind: rules.Kind = rules.PERSON) -> Line | None:
    """Answers the line, None when there is none any more. Taking the calling licence takes the line along.

    Raises Problem services.*, plans.no_units, and what `numbers.set_line` raises.
    """
    line = first_line(owner.id)
    has = set(plans.licences_of(owner.id))
    items = has if wanted.items is None else set(wanted.items)
    for item in sorted(items - kind.items):
        values = {"item": item, "choices": ", ".join(sorted(kind.items))}
        raise Problem("services.licence_kind", field="/licenses", values=values)
    if line is not None and has & kind.calling and not items & kind.calling:
        _exchange(owner, has, items)
        remove_lines(owner.id)
        return None
    e164, extension = _line_wanted(line, wanted)
    location = _location(owner, line, wanted, e164)
    if (line, items) != (None, has) or e164 or extension:
        _check(items, line, location, bool(e164 or extension), kind)
    _exchange(owner, has, items)
    if location is None or not (e164 or extension):
        return None
    line = set_line(owner, place_of(location), e164=e164 or None, extension=extension, field=NUMBER_FIELD)
    return line if wanted.awaits is None else await_number(line, wanted.awaits)


def _exchange(owner: Owner, has: Collection[str], items: Collection[str]) -> None:
    for item in sorted(set(has) - set(items)):
        assign_licence.release_licence(item, owner.id)
    for item in sorted(set(items) - set(has)):
        assign_licence.assign_licence(item, owner.kind, owner.id)


def _line_wanted(line: Line | None, wanted: Equipment) -> tuple[str, str]:
    e164, extension = wanted.e164, wanted.extension
    if e164 is None:
        e164 = line.number.e164 if line and line.number else ""
    if extension is None:
        extension = line.extension if line else ""
    return e164, extension


def _location(owner: Owner, line: Line | None, wanted: Equipment, e164: str) -> Location | None:
    """Where the line is: where it is already, as named, or where the number is."""
    if line is not None:
        here = locations.location(line.location_id)
        if wanted.location_id not in (None, here.id):
            values = {"name": owner.name, "location": here.name}
            raise Problem("services.location_fixed", field="/locationId", values=values)
        return here
    if wanted.location_id is not None:
        return locations.location(wanted.location_id)
    if not e164:
        return None
    held = numbers.numbers(numbers.Filter(e164s=[e164])).first()
    if held is None:
        raise Problem("not_found", field=NUMBER_FIELD)
    return locations.location(held.location_id)


def _check(
    items: Collection[str], line: Line | None, location: Location | None, has_line: bool, kind: rules.Kind
) -> None:
    verdict = rules.may_equip(
        rules.Wanted(
            items=items,
            has_line=has_line,
            had_line=line is not None,
            has_location=location is not None,
            connection=location.connection if location else "",
            calling_enabled=bool(location and location.calling_enabled),
        ),
        kind,
    )
    if not verdict.allowed:
        values = {"location": location.name if location else ""}
        raise Problem(verdict.code, field=_FIELDS.get(verdict.code, "/licenses"), values=values)

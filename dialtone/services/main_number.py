"""The main number of the first set-up, and who answers it: a person or a phone menu (SMB-06, SMB-13, SMB-19, SMB-20)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers import set_main
from dialtone.numbers.models import Line, Number
from dialtone.numbers.set_line import Owner, set_line
from dialtone.plans import queries as plans
from dialtone.services import problems as _problems  # noqa: F401  registers the codes
from dialtone.services import rules
from dialtone.services.equip import Equipment, equip
from dialtone.services.places import place_of


def eligible() -> QuerySet[Number]:
    """The numbers that the set-up offers: no toll-free ones (SMB-08), none that was ported (SMB-14)."""
    found = numbers.numbers(numbers.Filter(not_kind="toll_free", not_usage="elin"))
    return found.exclude(source=rules.PORTED)


def choose(e164: str, *, field: str = "/number") -> Number:
    """It becomes the main number of its location. Raises Problem not_found, services.main_toll_free, services.main_ported."""
    number = numbers.numbers(numbers.Filter(e164s=[e164])).first()
    if number is None:
        raise Problem("not_found", field=field)
    return make_main(number.location_id, e164, field=field)


def make_main(location_id: UUID, e164: str, *, field: str = "/number") -> Number:
    """The same for a number of this location; what is the main number already stays it.

    Raises Problem not_found, numbers.other_location, services.main_toll_free (SMB-08), services.main_ported (SMB-14).
    """
    number = numbers.numbers(numbers.Filter(e164s=[e164])).first()
    if number is not None and not number.is_main and number.location_id == location_id:
        verdict = rules.may_be_main(number.kind, number.source)
        if not verdict.allowed:
            raise Problem(verdict.code, field=field, values={"number": e164})
    return set_main.set_main(location_id, e164, field=field)


def answered_by_person(number: Number, owner: Owner, *, field: str = "/person") -> Line:
    """The person answers: gets the number, and a calling licence where there was none. Whoever had it keeps the extension.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37). Raises Problem
    numbers.assigned_to_other, and what `equip` raises.
    """
    free(number, owner.id, field)
    items = {*plans.licences_of(owner.id), *rules.PERSON.calling}
    line = equip(owner, Equipment(items=items, location_id=number.location_id, e164=number.e164))
    assert line is not None
    return line


def answered_by_service(number: Number, owner: Owner, *, field: str = "/menu") -> Line:
    """A phone menu answers. Raises Problem numbers.assigned_to_other, and what `numbers.set_line` raises.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    free(number, owner.id, field)
    had = numbers.lines_of_owner([owner.id]).get(owner.id)
    return set_line(
        owner,
        place_of(locations.location(number.location_id)),
        e164=number.e164,
        extension=had.extension if had else "",
        field=field,
    )


def free(number: Number, owner_id: UUID | None = None, field: str = "/number") -> None:
    """Take the number from whoever else has it. Raises Problem numbers.assigned_to_other where that would leave them without
    a line."""
    line = numbers.lines_of([number]).get(number.id)
    if line is None or line.owner_id == owner_id:
        return
    if not (line.extension and line.is_primary):
        values = {"number": number.e164, "owner": line.owner_name}
        raise Problem("numbers.assigned_to_other", field=field, values=values)
    owner = Owner(line.owner_kind, line.owner_id, line.owner_name)
    set_line(
        owner,
        place_of(locations.location(line.location_id)),
        e164=None,
        extension=line.extension,
        field=field,
    )

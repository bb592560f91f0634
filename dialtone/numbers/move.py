"""Move a number that nobody has to another location of its customer. Its emergency address is another room's business:
doors and jobs call `emergency.move_number`, which calls this."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.numbers import rules
from dialtone.numbers.models import Line, Number


def move(
    number: Number,
    location_id: UUID,
    *,
    same_connection: bool,
    same_country: bool,
    field: str = "/numbers",
) -> Number:
    """The number, locked by the caller, at its new location; it stays there if it is there already.

    Raises Problem numbers.move_inactive, numbers.move_provider, numbers.in_use, numbers.move_main.
    """
    if number.location_id == location_id:
        return number
    line = Line.objects.filter(number=number).first()
    problem = hindrance(
        number,
        line.owner_name if line else "",
        same_connection=same_connection,
        same_country=same_country,
        field=field,
    )
    if problem:
        raise problem
    before = number.location_id
    number.location_id = location_id
    number.version += 1
    number.save(update_fields=["location_id", "version"])
    record.change(
        number,
        "number_moved",
        name=number.e164,
        before={"location_id": str(before)},
        after={"location_id": str(location_id)},
        event="number.changed",
        event_facts={"number": number.e164},
    )
    return number


def hindrance(
    number: Number, owner: str, *, same_connection: bool, same_country: bool, field: str = "/numbers"
) -> Problem | None:
    """Why the number, which `owner` has ("" for nobody), cannot move there."""
    verdict = rules.may_move(
        number.state,
        assigned_to=owner,
        is_main=number.is_main,
        same_connection=same_connection,
        same_country=same_country,
    )
    values = {"number": number.e164, "owner": owner}
    return None if verdict.allowed else Problem(verdict.code, field=field, values=values)

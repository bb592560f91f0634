"""Take a number back from whoever has it; it stays the customer's, free to be given to another."""

from __future__ import annotations

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.numbers import states
from dialtone.numbers.models import Line, Number, UsageInterval


def unassign(e164: str, *, field: str = "/number") -> Number:
    """Unassigning a free number changes nothing. Raises Problem("not_found") for a number that is not yours."""
    number = Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    if number is None:
        raise Problem("not_found", field=field)
    line = Line.objects.select_for_update().filter(number=number).first()
    if line is None:
        return number
    owner = line.owner_name
    if line.extension:
        line.number = None
        line.version += 1
        line.save()
    else:
        line.delete()
    UsageInterval.objects.filter(number=number, until_at=None).update(until_at=clock.now())
    record.change(
        number,
        "number_unassigned",
        name=e164,
        before={"owner": owner},
        after={"owner": ""},
        event="number.unassigned",
        event_facts={"number": e164},
    )
    return number

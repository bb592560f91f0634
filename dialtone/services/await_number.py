"""Wait for a number that is being ported (SMB-17): the extension works now, the number joins it once it is the customer's.

That is so from the day its port order is handed in: the number is pending then, and works from the moment it moves.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import record
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number
from dialtone.numbers.set_line import Owner, set_line
from dialtone.services import rules
from dialtone.services.places import place_of

TRANSFER = "transfer"  # one of those that are being ported; nobody has said which


def await_number(line: Line, awaits: str) -> Line:
    """The line waits for this number, or with TRANSFER for one of those being ported; with "" it no longer waits."""
    if line.number is not None or line.awaits == awaits:
        return line
    before, line.awaits = line.awaits, awaits
    line.version += 1
    line.save(update_fields=["awaits", "version"])
    record.change(
        line,
        "number_awaited",
        name=line.extension,
        before={"awaits": before},
        after={"awaits": awaits},
        facts={"owner": line.owner_name},
    )
    return line


def waiting(location_id: UUID | None = None) -> QuerySet[Line]:
    """The lines that wait for a number, by name."""
    found = Line.objects.filter(number=None).exclude(awaits="").order_by("owner_name", "id")
    return found if location_id is None else found.filter(location_id=location_id)


def arrived(location_id: UUID) -> QuerySet[Number]:
    """The ported numbers of a location that nobody has, those still on their way too."""
    free = numbers.numbers(numbers.Filter(location_ids=[location_id], assigned=False, usage="standard"))
    return free.filter(source=rules.PORTED)


def attach_arrived(location_id: UUID) -> list[Line]:
    """Give each line the number that it waits for, as far as it is there; the last one that waits for any gets the only
    one that is left. Where that is not clear nobody is guessed for. Answers the lines that got one."""
    lines = list(waiting(location_id).select_for_update())
    free = {each.e164: each for each in arrived(location_id)} if lines else {}
    chosen = [(line, free.pop(line.awaits)) for line in lines if line.awaits in free]
    unsaid = [line for line in lines if line.awaits == TRANSFER]
    if len(unsaid) == len(free) == 1:
        chosen.append((unsaid[0], next(iter(free.values()))))
    place = place_of(locations.location(location_id)) if chosen else None
    return [
        set_line(
            Owner(line.owner_kind, line.owner_id, line.owner_name),
            place,
            e164=number.e164,
            extension=line.extension,
        )
        for line, number in chosen
        if place is not None
    ]

"""Take all lines from somebody: numbers and extensions are free for others."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.numbers.models import Line, UsageInterval
from dialtone.numbers.set_caller_id import drop_caller_id


def remove_lines(owner_id: UUID) -> list[str]:
    """Answers the numbers that became free; without lines nothing happens.

    Whoever calls it in a door calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    lines = list(
        Line.objects.select_for_update(of=("self",))
        .select_related("number")
        .filter(owner_id=owner_id)
        .order_by("id")
    )
    freed = [line.number.e164 for line in lines if line.number is not None]
    if lines:
        drop_caller_id(owner_id, lines[0].owner_name)
    for line in lines:
        end_line(line)
    return freed


def end_line(line: Line) -> None:
    """Take this one line from whoever has it."""
    number = line.number
    if number is not None:
        UsageInterval.objects.filter(number=number, until_at=None).update(until_at=clock.now())
    record.change(
        number or line,
        "number_unassigned" if number else "extension_unassigned",
        name=number.e164 if number else line.extension,
        before={"owner": line.owner_name, "extension": line.extension},
        after={"owner": "", "extension": ""},
        event="number.unassigned" if number else None,
        event_facts={"number": number.e164} if number else {},
    )
    line.delete()

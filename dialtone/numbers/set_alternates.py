"""Say exactly which further numbers somebody has beside the first line."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.numbers.models import Line, UsageInterval
from dialtone.numbers.remove_lines import end_line
from dialtone.numbers.set_line import Owner, Place, number_for

MOST_ALTERNATES = 10


def set_alternates(
    owner: Owner, place: Place, e164s: Sequence[str], *, field: str = "/alternateNumbers"
) -> None:
    """Those not told are free from now on; those that stay are not touched.

    Whoever calls it in a door calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    Raises Problem field.too_many, numbers.twice, and what `set_line` raises of a number.
    """
    if len(e164s) > MOST_ALTERNATES:
        raise Problem("field.too_many", field=field, values={"field": field, "limit": MOST_ALTERNATES})
    had = {
        line.number.e164: line
        for line in Line.objects.select_for_update(of=("self",))
        .select_related("number")
        .filter(owner_id=owner.id, is_primary=False)
        if line.number
    }
    for e164, line in had.items():
        if e164 not in e164s:
            end_line(line)
    for index, e164 in enumerate(e164s):
        place_of_it = f"{field}/{index}/phoneNumber"
        if e164 in e164s[:index]:
            raise Problem("numbers.twice", field=place_of_it)
        if e164 not in had:
            _give(owner, place, e164, place_of_it)


def _give(owner: Owner, place: Place, e164: str, field: str) -> None:
    number = number_for(owner, e164, place, field, is_primary=False)
    now = clock.now()
    Line(
        owner_kind=owner.kind,
        owner_id=owner.id,
        owner_name=owner.name,
        is_primary=False,
        location_id=place.location_id,
        number=number,
        assigned_at=now,
    ).save(force_insert=True)
    UsageInterval.objects.create(
        number=number, owner_kind=owner.kind, owner_id=owner.id, owner_name=owner.name, from_at=now
    )
    record.change(
        number,
        "number_assigned",
        name=e164,
        before={"owner": ""},
        after={"owner": owner.name},
        facts={"owner": owner.name, "owner_id": owner.id, "owner_kind": owner.kind},
        event="number.assigned",
        event_facts={"number": e164, "owner_id": owner.id},
    )

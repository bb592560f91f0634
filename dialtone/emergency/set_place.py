"""Say in which building, on which floor and in which room somebody's phone is (dispatchable location; 47 CFR 9.16)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.address import LONGEST_INDOOR_PART, LONGEST_LINE
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.emergency.models import CallerPlace


def set_place(
    kind: str,
    owner_id: UUID,
    name: str,
    location_id: UUID | None,
    *,
    building: str = "",
    floor: str = "",
    room: str = "",
) -> CallerPlace | None:
    """What is said from now on; nothing at all takes it back. Raises Problem emergency.callback_no_line, field.*."""
    if location_id is None:
        raise Problem("emergency.callback_no_line", values={"name": name})
    told = {
        "building": clean(building, field="/building", limit=LONGEST_LINE, required=False),
        "floor": clean(floor, field="/floor", limit=LONGEST_INDOOR_PART, required=False),
        "room": clean(room, field="/room", limit=LONGEST_INDOOR_PART, required=False),
    }
    alone.until_commit("caller place", owner_id)
    row = CallerPlace.objects.select_for_update().filter(owner_id=owner_id).first()
    before = _plain(row) if row and row.location_id == location_id else {}
    if {name: value for name, value in told.items() if value} == before:
        return row
    row = row or CallerPlace(owner_kind=kind, owner_id=owner_id)
    row.location_id, row.changed_at, row.changed_by = location_id, clock.now(), tenancy.actor().name[:160]
    row.building, row.floor, row.room = told["building"], told["floor"], told["room"]
    row.save()
    record.change(
        row,
        "caller_place_said",
        name=name,
        before=before,
        after=_plain(row),
        facts={"owner_kind": kind, "owner_id": owner_id},
    )
    return row


def _plain(row: CallerPlace) -> dict[str, str]:
    parts = {"building": row.building, "floor": row.floor, "room": row.room}
    return {name: value for name, value in parts.items() if value}

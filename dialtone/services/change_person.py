"""Change a person together with licences and line: all of it, or nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dialtone.numbers.models import Line
from dialtone.numbers.rename_owner import rename_owner
from dialtone.people import change_person as people_change
from dialtone.people.models import Person
from dialtone.services.add_person import owner_of
from dialtone.services.await_number import attach_arrived
from dialtone.services.equip import Equipment, equip
from dialtone.services.finish_set_up import tell_newcomer


def change_person(
    person_id: UUID, wanted: Equipment, *, by_role: str, **changes: Any
) -> tuple[Person, Line | None]:
    """The person and the line. `changes` are told to `people.change_person`; raises what that and `equip` raise.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    changed = people_change.change_person(person_id, by_role=by_role, **changes)
    line = equip(owner_of(changed), wanted) if wanted != Equipment() else None
    if line is not None and line.awaits:
        attach_arrived(line.location_id)
    rename_owner(owner_of(changed))
    tell_newcomer(changed, line)
    return changed, line

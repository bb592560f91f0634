"""Remove a person with everything that only the person had: licence units, numbers, extensions."""

from __future__ import annotations

from uuid import UUID

from dialtone.numbers.remove_lines import remove_lines
from dialtone.people import remove_person as people_remove
from dialtone.people.models import Person
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans
from dialtone.services.call_groups import leave_all


def remove_person(person_id: UUID, *, by_role: str, version: int | None = None) -> Person:
    """Raises what `people.remove_person` raises; then nothing has changed.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    gone = people_remove.remove_person(person_id, by_role=by_role, version=version)
    remove_lines(person_id)
    leave_all(person_id)
    for item in plans.licences_of(person_id):
        assign_licence.release_licence(item, person_id)
    return gone

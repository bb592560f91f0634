"""Whoever administers one location administers another one, too: it takes its place (MIG-13)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import record
from dialtone.people.models import Person


def administer_too(location_id: UUID, besides: UUID) -> None:
    """Doing so again changes nothing."""
    found = Person.objects.select_for_update().filter(role="location", location_ids__contains=[location_id])
    for person in found.exclude(location_ids__contains=[besides]).order_by("id"):
        before = {"locations": [str(each) for each in person.location_ids]}
        person.location_ids = [*person.location_ids, besides]
        person.version += 1
        person.save(update_fields=["location_ids", "version"])
        after = {"locations": [str(each) for each in person.location_ids]}
        record.change(
            person,
            "person_changed",
            name=person.display_name,
            before=before,
            after=after,
            event="person.updated",
        )

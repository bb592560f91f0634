"""What the items of each kind of long work are: one verb of a room each."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from dialtone.base import batches, tenancy
from dialtone.base.models import Batch, BatchItem
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import bulk, many_numbers, move_number
from dialtone.locations import queries as locations
from dialtone.numbers import change_usage
from dialtone.numbers import queries as numbers
from dialtone.orders import close_location, move_person

# Kinds whose one failed item makes the whole fail.
WHOLE = frozenset({"close_location"})


def run(batch_id: UUID, customer_id: UUID) -> None:
    """Do what waits, an item at a time, until nothing waits or somebody says stop."""
    while _one(batch_id, customer_id):
        pass


def _one(batch_id: UUID, customer_id: UUID) -> bool:
    with tenancy.customer_scope(customer_id, actor=tenancy.SYSTEM):
        found = batches.hold(batch_id)
        if found is None:
            return False
        item = batches.next_item(found)
        with tenancy.acting(batches.actor_of(found)):
            if item is None:
                batches.finish(found, fails_whole=found.kind in WHOLE)
                return False
            batches.note(found, item, _tried(found, item))
    return True


def _tried(found: Batch, item: BatchItem) -> Problem | None:
    try:
        with transaction.atomic():
            KINDS[found.kind](found, item)
    except Problem as problem:
        return problem
    except Problems as several:
        return several.problems[0]
    return None


def _move_number(found: Batch, item: BatchItem) -> None:
    source, target = UUID(item.facts["location_id"]), UUID(found.asked["target_id"])
    move_number.move_number(item.item, source, target)


def _change_usage(found: Batch, item: BatchItem) -> None:
    location = locations.location(UUID(item.facts["location_id"]))
    if numbers.number_by_e164(item.item).location_id != location.id:
        raise Problem("numbers.other_location", values={"number": item.item})
    change_usage.change_usage(item.item, found.asked["usage"])


def _release_number(found: Batch, item: BatchItem) -> None:
    many_numbers.release_line(item)


def _close_location(found: Batch, item: BatchItem) -> None:
    close_location.close_location(UUID(item.facts["location_id"]), force=bool(found.asked.get("force")))


def _move_person(found: Batch, item: BatchItem) -> None:
    facts = item.facts
    move_person.move_person(
        UUID(facts["person_id"]),
        UUID(facts["location_id"]),
        move_person.Wanted(facts["e164"], facts["extension"]),
    )


def _emergency_address(found: Batch, item: BatchItem) -> None:
    bulk.carry_out(item)


KINDS: dict[str, Callable[[Batch, BatchItem], None]] = {
    many_numbers.MOVE: _move_number,
    many_numbers.USAGE: _change_usage,
    many_numbers.RELEASE: _release_number,
    "close_location": _close_location,
    "move_people": _move_person,
    bulk.KIND: _emergency_address,
}

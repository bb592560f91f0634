"""Lines go to another location of their customer together with the numbers on them, at one instant: their owners keep number and
extension. Only the room `migration` calls this, for locations whose numbers another provider carries (MIG-13)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import record
from dialtone.base.alike import update_alike
from dialtone.base.problems import Problem
from dialtone.numbers import states
from dialtone.numbers.models import Line, Number


def relocate_free(
    source_id: UUID, target_id: UUID, *, most: int, only: Collection[UUID] | None = None
) -> list[UUID]:
    """Numbers that nobody has, at most so many; `only` those of these ids. Answers the ids of those that went. Raises as
    `relocate_owned`."""
    taken = Line.objects.filter(number__isnull=False).values("number_id")
    numbers = list(_named(_held(source_id).exclude(id__in=taken), "id", only)[:most])
    _move(numbers, target_id)
    return [number.id for number in numbers]


def relocate_owned(
    source_id: UUID,
    target_id: UUID,
    kinds: Collection[str],
    *,
    most: int,
    only: Collection[UUID] | None = None,
) -> list[UUID]:
    """All lines of at most so many owners of these kinds; `only` owners of these ids. Answers the ids of the owners and the numbers
    that went.

    Raises Problem numbers.extension_taken, numbers.move_provider for a number that our carrier delivered.
    """
    here = _named(Line.objects.filter(location_id=source_id, owner_kind__in=kinds), "owner_id", only)
    owners = list(here.order_by("owner_id").values_list("owner_id", flat=True).distinct()[:most])
    lines = list(
        Line.objects.select_for_update(of=("self",))
        .select_related("number")
        .filter(location_id=source_id, owner_id__in=owners)
        .order_by("id")
    )
    _check_extensions(lines, target_id)
    numbers = {each.id: each for each in _held(source_id).filter(line__in=lines)}
    _move(list(numbers.values()), target_id)
    for line in lines:
        line.location_id = target_id
        line.version += 1
    update_alike(lines, ["location_id", "version"])
    for line in lines:
        if line.number_id is None:
            record.change(
                line,
                "extension_assigned",
                name=line.extension,
                before={"location_id": str(source_id)},
                after={"location_id": str(target_id), "extension": line.extension, "owner": line.owner_name},
                facts={"owner": line.owner_name, "owner_id": line.owner_id, "owner_kind": line.owner_kind},
            )
    return [*owners, *numbers]


def _named(found: QuerySet[Any], name: str, only: Collection[UUID] | None) -> QuerySet[Any]:
    return found if only is None else found.filter(**{f"{name}__in": only})


def _held(location_id: UUID) -> QuerySet[Number]:
    return (
        Number.objects.select_for_update(of=("self",))
        .filter(location_id=location_id, state__in=states.HELD)
        .order_by("e164")
    )


def _check_extensions(lines: Sequence[Line], target_id: UUID) -> None:
    asked = [line.extension for line in lines if line.extension]
    taken = Line.objects.filter(location_id=target_id, extension__in=asked).order_by("extension").first()
    if taken is not None:
        values = {"extension": taken.extension, "owner": taken.owner_name}
        raise Problem("numbers.extension_taken", field="/extension", values=values)


def _move(numbers: Sequence[Number], target_id: UUID) -> None:
    """A number that was the main number is it there, too, unless that location has one."""
    ours = next((each for each in numbers if each.carrier), None)
    if ours is not None:
        raise Problem("numbers.move_provider", field="/numbers", values={"number": ours.e164})
    has_main = Number.objects.filter(location_id=target_id, is_main=True).exists()
    before = {each.id: str(each.location_id) for each in numbers}
    for each in numbers:
        each.location_id = target_id
        each.is_main = each.is_main and not has_main
        each.version += 1
    update_alike(numbers, ["location_id", "is_main", "version"])
    for each in numbers:
        record.change(
            each,
            "number_moved",
            name=each.e164,
            before={"location_id": before[each.id]},
            after={"location_id": str(target_id)},
            event="number.changed",
            event_facts={"number": each.e164},
        )

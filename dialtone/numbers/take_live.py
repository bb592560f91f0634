"""Numbers that are live with our carrier already come in with an estate, and go again where it is not confirmed.

Until then they are pending: the customer's and nobody else's, but neither able to call nor charged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.alike import update_alike
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.numbers import settle, states, take
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Number

SOURCE = "import"


@dataclass(frozen=True)
class Arriving:
    """One number as the estate's sheet has it; `block` is the first number of its block."""

    e164: str
    kind: str
    country: str
    usage: str = "standard"
    is_main: bool = False
    is_live: bool = True
    block: str = ""


def take_live(
    arriving: Sequence[Arriving], *, location_id: UUID, carrier: str, import_id: UUID
) -> list[Number]:
    """Store the numbers as this customer's, all or none; blocks are whole. Raises Problems numbers.already_held, whoever has them."""
    asked = [each.e164 for each in arriving]
    customer_id = tenancy.current_customer_id()
    had = claims.own_ported(asked, customer_id=customer_id, order_id=import_id, now=clock.now())
    if had != set(asked):
        missing = [each for each in asked if each not in had]
        raise Problems([Problem("numbers.already_held", values={"number": each}) for each in missing])
    groups: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for each in arriving:
        groups[(each.block, each.kind, each.usage, each.country)].append(each.e164)
    made: list[Number] = []
    moves: list[Moved] = []
    for (block, kind, usage, country), e164s in groups.items():
        numbers, moved = take.take(
            [take.Wanted(e164s=sorted(e164s), kind=kind, is_block=bool(block))],
            location_id=location_id,
            country=country,
            order_id=None,
            source=SOURCE,
            carrier=carrier,
            usage=usage,
        )
        made += numbers
        moves += moved
    _mark(made, arriving)
    record.change(
        made[0],
        "numbers_imported",
        name=made[0].e164 if len(made) == 1 else "",
        facts={"numbers": sorted(asked), "location_id": location_id},
        moves=moves,
        event="number.added",
        event_facts={"numbers": sorted(asked)},
    )
    return made


def take_back(e164s: Sequence[str]) -> None:
    """The pending numbers of an import are the customer's no longer, and free at once."""
    rows = Number.objects.select_for_update().filter(e164__among=list(e164s), state=states.PENDING)
    held = list(rows.order_by("e164"))
    moves = settle.settle(held, "cancelled")
    if not moves:
        return
    listed = [number.e164 for number in held]
    claims.free(listed, customer_id=held[0].customer_id, now=clock.now())
    main = [number for number in held if number.is_main]
    for number in main:
        number.is_main = False
    update_alike(main, ["is_main"])
    record.change(
        held[0],
        "numbers_import_undone",
        facts={"numbers": listed},
        moves=moves,
        event="number.released",
        event_facts={"numbers": listed},
    )


def _mark(made: Sequence[Number], arriving: Sequence[Arriving]) -> None:
    """Main numbers, and those that somebody switched off where they come from."""
    told = {each.e164: each for each in arriving}
    marked = [number for number in made if told[number.e164].is_main or not told[number.e164].is_live]
    for number in marked:
        number.is_main = told[number.e164].is_main
        number.is_off = not told[number.e164].is_live
    update_alike(marked, ["is_main", "is_off"])

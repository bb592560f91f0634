"""Give numbers back: single ones when nothing needs them, blocks only whole (NUM-02, NUM-03, NUM-14, H10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers import rules, states
from dialtone.numbers.fall_back_caller_ids import fall_back_caller_ids
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Line, Number


@dataclass(frozen=True)
class Plan:
    """What a release would do: the numbers that would go, and those that stay, each with its reason."""

    going: Sequence[Number]
    staying: Sequence[tuple[Number, Problem]]


def plan(e164s: Iterable[str], *, location_name: Callable[[Number], str] = lambda number: "") -> Plan:
    """What releasing these numbers would do; changes nothing. Numbers that are not the customer's are left out.

    A number that cannot go may keep others: its block, whose other numbers then stay too (NUM-02).
    """
    found = Number.objects.filter(e164__among=list(e164s), state__in=states.HELD).select_related("block")
    going = {number.e164: number for number in found.order_by("e164")}
    names = _owners(going.values())
    staying: list[tuple[Number, Problem]] = []
    while True:
        refused = [
            (number, problem)
            for number in going.values()
            if (problem := _problem(number, going, names, location_name, "/numbers"))
        ]
        if not refused:
            return Plan(list(going.values()), sorted(staying, key=lambda each: each[0].e164))
        staying += refused
        for number, _why in refused:
            del going[number.e164]


def release(
    e164s: Sequence[str],
    *,
    ageing_days: Callable[[Number], int],
    location_name: Callable[[Number], str] = lambda number: "",
    field: str = "/numbers",
) -> list[Number]:
    """Release these numbers, all or none; releasing a number that this customer has released already changes nothing.

    `ageing_days` says how long each rests before somebody else may have it (country fact). The caller has switched them
    off (`emergency/deactivate.py`) in this transaction. Raises Problem: not_found, numbers.part_of_block, numbers.in_use,
    numbers.is_main, numbers.is_leaving.
    """
    now = clock.now()
    wanted = list(dict.fromkeys(e164s))
    held = {
        number.e164: number
        for number in Number.objects.select_for_update(of=("self",))
        .select_related("block")
        .filter(e164__in=wanted, state__in=states.HELD)
        .order_by("e164")
    }
    missing = [e164 for e164 in wanted if e164 not in held]
    given_back = set(
        Number.objects.filter(e164__in=missing, state=states.RELEASED).values_list("e164", flat=True)
    )
    for position, e164 in enumerate(wanted):
        if e164 not in held and e164 not in given_back:
            raise Problem("not_found", field=f"{field}/{position}")
    if not held:
        return []
    names = _owners(held.values())
    for position, e164 in enumerate(wanted):
        if e164 in held:
            problem = _problem(held[e164], held, names, location_name, f"{field}/{position}")
            if problem is not None:
                raise problem
    fall_back_caller_ids(list(held.values()))
    moves = []
    for number in held.values():
        moves.append(Moved("number", number.id, number.state, states.RELEASED, "released"))
        number.state = states.RELEASED
        number.is_main = False
        number.version += 1
        number.ageing_until = now + timedelta(days=ageing_days(number))
        number.owned_during = DateTimeTZRange(number.owned_during.lower, max(now, number.owned_during.lower))
    Number.objects.bulk_update(
        held.values(), ["state", "is_main", "version", "ageing_until", "owned_during"], batch_size=500
    )
    for block in {number.block for number in held.values() if number.block}:
        block.released_at = now
        block.save(update_fields=["released_at"])
    for number in held.values():
        claims.release([number.e164], customer_id=number.customer_id, until=number.ageing_until, now=now)
    first = next(iter(held.values()))
    record.change(
        first,
        "numbers_released",
        name=first.e164 if len(held) == 1 else "",
        facts={"numbers": sorted(held), "ageing_until": first.ageing_until},
        moves=moves,
        event="number.released",
        event_facts={"numbers": sorted(held)},
    )
    return list(held.values())


def _owners(numbers: Iterable[Number]) -> dict[UUID, str]:
    """Who has them, by number id."""
    found = Line.objects.filter(number__in=list(numbers))
    return {line.number_id: line.owner_name for line in found if line.number_id}


def _problem(
    number: Number,
    going: Mapping[str, Number],
    names: Mapping[UUID, str],
    location_name: Callable[[Number], str],
    field: str,
) -> Problem | None:
    """Why this number cannot go together with the others that are `going`."""
    siblings_going = sum(1 for each in going.values() if each.block_id == number.block_id)
    owner = names.get(number.id, "")
    verdict = rules.may_release(
        is_pending=number.state == states.PENDING,
        is_leaving=number.is_leaving,
        in_block=number.block is not None,
        whole_block=siblings_going == _held_of_block(number),
        is_main=number.is_main,
        main_needed=number.is_main and _is_needed(number, going),
        assigned_to=owner,
    )
    if verdict.allowed:
        return None
    values: dict[str, Any] = {
        "number": number.e164,
        "state": number.state,
        "first": number.block.first if number.block else "",
        "size": number.block.size if number.block else 0,
        "owner": owner,
        "location": location_name(number),
    }
    return Problem(verdict.code, field=field, values=values)


def _held_of_block(number: Number) -> int:
    """How many of the number's block the customer has: fewer than its size where not every one was delivered."""
    if number.block_id is None:
        return 0
    return Number.objects.filter(block_id=number.block_id, state__in=states.HELD).count()


def _is_needed(main: Number, going: Mapping[str, Number]) -> bool:
    """Whether the location keeps other numbers, which need a main number."""
    others = Number.objects.filter(location_id=main.location_id, state__in=states.HELD).exclude(id=main.id)
    return others.exclude(e164__among=list(going)).exists()

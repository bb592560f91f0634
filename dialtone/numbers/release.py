"""Give numbers back: single ones when nothing needs them, blocks only whole (NUM-02, NUM-03, NUM-14, H10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers import rules, states
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Line, Number


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
    numbers.is_main.
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
    lines = {line.number_id: line.owner_name for line in Line.objects.filter(number__in=held.values())}
    for position, e164 in enumerate(wanted):
        if e164 in held:
            _check(held[e164], held, lines, location_name, f"{field}/{position}")
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


def _check(
    number: Number,
    going: dict[str, Number],
    lines: dict[object, str],
    location_name: Callable[[Number], str],
    field: str,
) -> None:
    siblings_going = sum(1 for each in going.values() if each.block_id == number.block_id)
    others = Number.objects.filter(location_id=number.location_id, state__in=states.HELD).exclude(
        id=number.id
    )
    verdict = rules.may_release(
        in_block=number.block is not None,
        whole_block=number.block is not None and siblings_going == number.block.size,
        is_main=number.is_main,
        main_needed=number.is_main and others.exclude(e164__in=list(going)).exists(),
        assigned_to=lines.get(number.id, ""),
    )
    if not verdict.allowed:
        raise Problem(
            verdict.code,
            field=field,
            values={
                "number": number.e164,
                "first": number.block.first if number.block else "",
                "size": number.block.size if number.block else 0,
                "owner": lines.get(number.id, ""),
                "location": location_name(number),
            },
        )

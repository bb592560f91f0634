"""Put ordered numbers into a customer's hands, as pending: theirs from this instant, usable after delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base import bulk, clock
from dialtone.base.record import Moved
from dialtone.numbers import rules, states
from dialtone.numbers.models import Block, Number


@dataclass(frozen=True)
class Wanted:
    """Numbers of one order line: one number, or a whole block."""

    e164s: Sequence[str]
    kind: str
    is_block: bool = False
    place: Mapping[str, Any] = field(default_factory=dict)


def take(
    wanted: Sequence[Wanted],
    *,
    location_id: UUID,
    country: str,
    order_id: UUID | None,
    source: str,
    carrier: str,
    usage: str = "standard",
) -> tuple[list[Number], list[Moved]]:
    """Store the numbers as this customer's. The caller has claimed them in the inventory in this transaction, and
    records the moves with its own change. Of a mixed list, those that cannot be service numbers stay what they are (ORD-33). The exclusion constraint refuses a number that anybody has (N1)."""
    now = clock.now()
    numbers: list[Number] = []
    for group in wanted:
        block = None
        if group.is_block:
            block = Block.objects.create(first=group.e164s[0], size=len(group.e164s), created_at=now)
        numbers += [
            Number(
                e164=e164,
                country=country,
                kind=group.kind,
                usage=rules.usage_as_taken(usage, group.kind),
                state=states.PENDING,
                location_id=location_id,
                block=block,
                source=source,
                order_id=order_id,
                carrier=carrier,
                owned_during=DateTimeTZRange(now, None),
                place=dict(group.place),
            )
            for e164 in group.e164s
        ]
    bulk.insert(numbers)
    moves = [Moved("number", number.id, "", states.PENDING, "ordered") for number in numbers]
    return numbers, moves

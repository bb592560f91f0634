"""Numbers have moved to another carrier: they are the customer's no longer, and nobody else's of ours (port-out)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base import clock, record
from dialtone.base.alike import update_alike
from dialtone.base.record import Moved
from dialtone.numbers import states
from dialtone.numbers.fall_back_caller_ids import fall_back_caller_ids
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Number


def mark_leaving(e164s: Collection[str], *, is_leaving: bool) -> None:
    """Another carrier has asked for these numbers of the customer, or asks no more: meanwhile they cannot be released (H10)."""
    Number.objects.filter(e164__among=list(e164s), state__in=states.HELD).update(is_leaving=is_leaving)


def leave(numbers: Sequence[Number]) -> list[Number]:
    """Ownership ends now, and with it whatever is billed by it. The caller has locked the numbers, taken them from whoever had
    them, and silenced them (`emergency/leave.py`). Blocks do not matter here: another carrier may take a part. Numbers that
    cannot leave in their state are passed over; answers those that did."""
    now = clock.now()
    moves, gone = [], []
    for number in numbers:
        decision = states.decide(number.state, "left")
        if not decision.allowed:
            continue
        moves.append(Moved("number", number.id, number.state, decision.state, "left"))
        number.state = decision.state
        number.is_main = False
        number.is_leaving = False
        number.version += 1
        number.owned_during = DateTimeTZRange(number.owned_during.lower, max(now, number.owned_during.lower))
        gone.append(number)
    if not gone:
        return []
    fall_back_caller_ids(gone)
    update_alike(gone, ["state", "is_main", "is_leaving", "version", "owned_during"])
    listed = sorted(number.e164 for number in gone)
    claims.leave(listed, customer_id=gone[0].customer_id, now=now)
    record.change(
        gone[0],
        "numbers_left",
        name=listed[0] if len(listed) == 1 else "",
        facts={"numbers": listed},
        moves=moves,
        event="number.left",
        event_facts={"numbers": listed},
    )
    return gone

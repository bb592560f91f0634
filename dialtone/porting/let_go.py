"""Numbers of an order that do not come: settled as failed or canceled, held no more, and no longer the customer's."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import clock
from dialtone.base.record import Moved
from dialtone.numbers import settle
from dialtone.numbers.inventory import claims
from dialtone.porting import book, states
from dialtone.porting.models import PortNumber, PortOrder

_NUMBER_EVENT = {states.NUMBER_FAILED: "refused", states.NUMBER_CANCELED: "cancelled"}


def let_go(order: PortOrder, rows: Sequence[PortNumber], outcome: str, *, reason: str = "") -> list[Moved]:
    """Settle open numbers as failed or canceled; others are passed over. Answers the moves, for the caller's record."""
    going = [row for row in rows if states.next_number_state(row.state, outcome) is not None]
    moves = mark(going, outcome, reason)
    if order.attempt:
        wanted = set(book.e164s(going))
        pending = [number for number in settle.pending_of(order.id) if number.e164 in wanted]
        moves += settle.settle(pending, _NUMBER_EVENT[outcome])
        freed = [number.e164 for number in pending]
        if freed:
            claims.free(freed, customer_id=order.customer_id, now=clock.now())
    return moves


def mark(rows: Sequence[PortNumber], outcome: str, reason: str = "") -> list[Moved]:
    """Store the outcome of open numbers of an order; answers their moves."""
    now = clock.now()
    moves = [Moved("port_number", row.id, row.state, outcome, outcome, reason) for row in rows]
    for row in rows:
        row.state = outcome
        row.holds = False
        row.reason = reason[:80]
        row.settled_at = now
    PortNumber.objects.bulk_update(list(rows), ["state", "holds", "reason", "settled_at"], batch_size=1000)
    return moves

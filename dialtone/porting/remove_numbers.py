"""Take numbers off an order: from a draft they go without a trace, from a rejected order they are settled as canceled, so that the
numbers of an order always add up (P9; the remedy of ERR-10, ERR-11, ERR-13 to ERR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.porting import book, let_go, states
from dialtone.porting.models import PortNumber, PortOrder


def remove(order_id: UUID, e164s: Sequence[str], *, field: str = "/phoneNumbers") -> PortOrder:
    """Remove all of them, or none. A number that was removed already changes nothing.

    Raises Problems porting.column for numbers that are not of this order; Problem porting.all_numbers (cancel the order
    instead), porting.cannot_edit, porting.ended, not_found.
    """
    order = book.editable(order_id)
    rows = {row.e164: row for row in book.numbers(order.id)}
    book.check_theirs(rows, e164s, field=field)
    going = [rows[e164] for e164 in dict.fromkeys(e164s) if rows[e164].state == states.NUMBER_OPEN]
    if not going:
        return order
    moves: list[Moved] = []
    if book.is_draft(order):
        PortNumber.objects.filter(id__in=[row.id for row in going]).delete()
        order.quantity -= len(going)
    else:
        left = [row for row in rows.values() if row.state == states.NUMBER_OPEN and row not in going]
        if not left:
            raise Problem("porting.all_numbers", field=field)
        moves = let_go.let_go(order, going, states.NUMBER_CANCELED, reason="by_owner")
    _keep_billing_number(order, going)
    order.changed_at = clock.now()
    order.version += 1
    order.save()
    record.change(
        order,
        "port_numbers_removed",
        name=order.number,
        facts={"count": len(going), "numbers": book.e164s(going)[:100]},
        moves=moves,
    )
    return order


def _keep_billing_number(order: PortOrder, going: Sequence[PortNumber]) -> None:
    """A billing number that is taken off the list stays on the account (the remedy of ERR-11)."""
    account = book.account(order)
    if account.billing_number in book.e164s(going):
        kept = dict.fromkeys([account.billing_number, *account.kept])
        order.account = replace(account, kept=tuple(kept)).as_json()

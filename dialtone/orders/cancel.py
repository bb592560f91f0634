"""End an order before provisioning: by its owner, or because terms were not accepted in time (H28)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.alike import update_alike
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers import settle
from dialtone.numbers.inventory import claims
from dialtone.orders import case_book, readiness, states
from dialtone.orders.models import Order, OrderLine


def cancel(order_id: UUID, *, reason: str = "by_owner", version: int | None = None) -> Order:
    """Frees the numbers at once. Cancelling a cancelled order changes nothing. With `version`, only the order as it was then.

    Raises Problem: not_found; version.stale; orders.cannot_cancel once the carrier has begun or the order has ended (BAD-ORD-35).
    """
    order = Order.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise Problem("not_found")
    if order.ended_at is not None and order.end_reason:
        return order
    if version is not None and version != order.version:
        raise Problem("version.stale")
    lines = list(OrderLine.objects.select_for_update().filter(order=order).order_by("position"))
    if not states.may_cancel(readiness.facts(order, lines)):
        raise Problem("orders.cannot_cancel", values={"number": order.number, "status": order.status})
    now = clock.now()
    moves: list[Moved] = []
    for line in lines:
        moves.append(Moved("order_line", line.id, line.state, states.LINE_CANCELLED, "cancelled", reason))
        line.state = states.LINE_CANCELLED
        line.settled_at = now
        line.version += 1
    update_alike(lines, ["state", "settled_at", "version"])
    numbers = settle.pending_of(order.id)
    moves += settle.settle(numbers, "cancelled")
    claims.free([number.e164 for number in numbers], customer_id=order.customer_id, now=now)
    order.ended_at = now
    order.end_reason = reason
    order.due_at = None
    order.status = states.status(readiness.facts(order, lines))
    order.version += 1
    order.save()
    if order.kind == states.BY_CASE:
        case_book.over(order)
    record.change(
        order,
        "order_cancelled",
        name=order.number,
        before={"ended": False},
        after={"ended": True, "reason": reason},
        moves=moves,
        reason=reason,
        event="order.cancelled",
        event_facts={"number": order.number, "status": order.status},
    )
    return order

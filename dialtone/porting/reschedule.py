"""Move the port to another day: freely before it is handed in, by asking the losing carrier within the limits, after them through
a case only (PORT-35, PORT-52, PORT-53, PORT-63, H1, H33)."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.carriers import command
from dialtone.porting import book, cancel, desk_items, states, wish_date
from dialtone.porting.models import PortOrder


def reschedule(order_id: UUID, day: date, at: time | None = None, *, by_support: bool = False) -> PortOrder:
    """The wish is changed; once handed in, the losing carrier is asked, and its answer is a FOC date like the first one.

    Raises Problems porting.day_*, porting.hour*; Problem porting.too_late, porting.too_late_for_good, porting.cancel_asked,
    porting.completed, porting.ended, not_found.
    """
    order = book.locked(order_id)
    if order.attempt == 0 or order.status == states.REJECTED:
        return wish_date.wish(order_id, day, at)
    if order.status == states.COMPLETED:
        raise Problem("porting.completed", values={"number": order.number})
    if order.ended_at is not None:
        raise Problem("porting.ended", values={"number": order.number, "status": order.status})
    if order.cancel_asked_at is not None:
        raise Problem("porting.cancel_asked", values={"number": order.number})
    if (day, at) == (order.foc_on, order.wished_at):
        return order
    if not by_support:
        cancel.check_limit(order)
    wish_date.check(order, day, at)
    before = {"day": order.wished_on, "at": order.wished_at}
    order.wished_on, order.wished_at = day, at
    order.changed_at = clock.now()
    order.version += 1
    order.save()
    reference = book.reference(order.id)
    facts = {
        "order_ref": reference,
        "attempt": order.attempt,
        "day": day.isoformat(),
        "time": f"{at:%H:%M}" if at else None,
    }
    command.ask(order.carrier, f"{reference}:{order.attempt}:move:{order.version}", "port_move", facts, order)
    record.change(
        order,
        "port_move_asked",
        name=order.number,
        before=before,
        after={"day": day, "at": at},
        facts={"by_support": by_support},
        event="port_order.move_asked",
        event_facts={"number": order.number, "day": day},
    )
    desk_items.move_wanted(order, {"day": day.isoformat()})
    return order

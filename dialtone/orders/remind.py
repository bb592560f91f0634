"""Orders that wait for the customer: two reminders, then the end after fourteen days (H28)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, mail, record
from dialtone.orders import advance, cancel, case_book, readiness, states
from dialtone.orders.models import Order
from dialtone.people import queries as people

EVERY = timedelta(days=5)
LAST = timedelta(days=14)


def due(order_id: UUID) -> None:
    """What an order's due time calls for: carry it on, remind, or end it."""
    order = Order.objects.select_for_update().filter(id=order_id).first()
    now = clock.now()
    if order is None or order.ended_at is not None or order.due_at is None or order.due_at > now:
        return
    waits = states.waits_for(readiness.facts(order))
    if waits in ("information", "desk"):
        case_book.look_again(order, waits)
    elif waits == "carrier":
        advance.advance(order.id)
    elif now >= order.placed_at + LAST:
        cancel.cancel(order.id, reason=f"{waits}_not_in_time")
    else:
        _remind(order, waits)


def resume_waiting(customer_id: UUID) -> int:
    """Carry on all orders of a customer that waited for terms or a contract; answers how many."""
    waiting = list(Order.objects.filter(ended_at=None, begun_at=None).values_list("id", flat=True))
    for order_id in waiting:
        advance.advance(order_id)
    return len(waiting)


def _remind(order: Order, waits: str) -> None:
    now = clock.now()
    order.reminders += 1
    following = order.placed_at + EVERY * (order.reminders + 1)
    order.due_at = min(max(following, now + timedelta(days=1)), order.placed_at + LAST)
    order.version += 1
    order.save()
    for reader in people.full_admins(order.customer_id):
        mail.write(
            "order_waits",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "number": order.number,
                "waits_for": waits,
                "quantity": order.quantity,
                "location": order.location_name,
                "order_id": str(order.id),
                "reminder": order.reminders,
            },
            reference=f"order:{order.id}:reminder:{order.reminders}:{reader.id}",
        )
    record.change(
        order, "order_reminded", name=order.number, facts={"reminder": order.reminders, "waits_for": waits}
    )

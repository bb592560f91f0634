"""Ask the carrier what it says about an order, keep it, and apply it: the only way in which final words are believed.

Runs from a job: the carrier is asked outside any transaction; pushes of the carrier are only hints to do this sooner.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dialtone.base import clock, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.carriers import hear, registry
from dialtone.carriers.protocol import CarrierAway
from dialtone.porting import book, deadlines, listen
from dialtone.porting.models import PortOrder

JOB = tenancy.Actor(kind="job", name="Dialtone")


def poll(order_id: UUID, customer_id: UUID) -> None:
    """One round for one order; a carrier that is away is asked again later. Takes its own scopes."""
    with tenancy.customer_scope(customer_id, actor=JOB):
        order = PortOrder.objects.filter(id=order_id).first()
    if order is None or order.attempt == 0 or order.ended_at is not None:
        return
    crashpoint("port.before_poll")
    try:
        history = registry.carrier(order.carrier).port_history(book.reference(order_id))
    except CarrierAway:
        history = None
    crashpoint("port.after_poll")
    with tenancy.customer_scope(customer_id, actor=JOB):
        if history is None:
            _ask_again(order_id)
            return
        hear.hear(
            order.carrier,
            book.reference(order_id),
            history.said,
            source=hear.POLL,
            customer_id=order.customer_id,
            partner_id=order.partner_id,
        )
        listen.listen(order_id, next_at=_later(history.next_at))


def _ask_again(order_id: UUID) -> None:
    order = book.locked(order_id)
    if order.ended_at is None and (order.due_at is None or order.due_at <= clock.now()):
        order.due_at = clock.now() + deadlines.LOOK_AGAIN
        order.save(update_fields=["due_at"])


def _later(at: datetime | None) -> datetime | None:
    return at if at is not None and at > clock.now() else None

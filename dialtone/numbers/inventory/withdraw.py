"""Offer a delivery's numbers no more: the carrier wants them back, or the file was wrong. Operator's scope.

What is free goes at once. Numbers in carts can still be ordered until their reservation ends, and those that customers have stay
theirs; neither is offered again when it comes back. (So nobody who orders at this very moment is let down.)
"""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory.deliveries import locked
from dialtone.numbers.inventory.models import Delivery, DeliveryFile
from dialtone.numbers.inventory.receive import have_it_worked


def withdraw(delivery_id: UUID, *, reason: str) -> Delivery:
    """Have the numbers that this delivery added taken out of the inventory by a job. Once more changes nothing.

    Raises Problem not_found, inventory.not_loaded, inventory.not_kept.
    """
    delivery = locked(delivery_id)
    if delivery.state in (states.LEAVING, states.WITHDRAWN):
        return delivery
    after = states.after(delivery.state, "withdrawal")
    if after is None:
        raise Problem("inventory.not_loaded")
    if not DeliveryFile.objects.filter(delivery=delivery).exclude(spans=None).exists():
        raise Problem("inventory.not_kept")
    before, delivery.state = delivery.state, after
    delivery.settled_at, delivery.settled_by = clock.now(), tenancy.actor().name[:160]
    delivery.due_at = clock.now()
    delivery.version += 1
    delivery.save()
    record.change(
        delivery,
        "withdrawal_asked",
        name=delivery.name,
        facts={"numbers": delivery.numbers},
        moves=[Moved(Delivery.SUBJECT, delivery.id, before, after, "withdrawal")],
        reason=reason,
    )
    have_it_worked(delivery)
    return delivery

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
from dialtone.numbers.inventory import load
from dialtone.numbers.inventory.deliveries import locked
from dialtone.numbers.inventory.models import Delivery, DeliveryFile


def withdraw(delivery_id: UUID, *, reason: str) -> Delivery:
    """Take the numbers that this delivery added out of the inventory. Once more changes nothing.

    Raises Problem not_found, inventory.not_loaded, inventory.not_kept.
    """
    delivery = locked(delivery_id)
    if delivery.state == states.WITHDRAWN:
        return delivery
    after = states.after(delivery.state, "withdrawn")
    if after is None:
        raise Problem("inventory.not_loaded")
    file = DeliveryFile.objects.filter(delivery=delivery).exclude(spans=None).first()
    if file is None:
        raise Problem("inventory.not_kept")
    load.take_out(file)
    before, delivery.state = delivery.state, after
    delivery.settled_at, delivery.settled_by = clock.now(), tenancy.actor().name[:160]
    delivery.version += 1
    delivery.save()
    record.change(
        delivery,
        "numbers_withdrawn",
        name=delivery.name,
        facts={"numbers": delivery.numbers},
        moves=[Moved(Delivery.SUBJECT, delivery.id, before, after, "withdrawn")],
        reason=reason,
    )
    return delivery

"""Throw a delivery away before it has changed anything; a job that reads it stops. Operator's scope."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory.deliveries import locked
from dialtone.numbers.inventory.models import Delivery, DeliveryFile


def discard(delivery_id: UUID) -> Delivery:
    """Throw away what is being read or waits for a yes. Once more changes nothing. Raises Problem not_found,
    inventory.loaded."""
    delivery = locked(delivery_id)
    if delivery.state in (states.DISCARDED, states.REFUSED):
        return delivery
    after = states.after(delivery.state, "discarded")
    if after is None:
        raise Problem("inventory.loaded")
    before, delivery.state = delivery.state, after
    delivery.settled_at, delivery.settled_by = clock.now(), tenancy.actor().name[:160]
    delivery.due_at, delivery.run = None, None
    delivery.version += 1
    delivery.save()
    DeliveryFile.objects.filter(delivery=delivery).update(content=None, spans=None)
    moves = [Moved(Delivery.SUBJECT, delivery.id, before, after, "discarded")]
    record.change(delivery, "delivery_discarded", name=delivery.name, moves=moves)
    return delivery

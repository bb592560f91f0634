"""Say yes to a delivery's plan: a job adds its numbers. Operator's scope."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory.deliveries import locked
from dialtone.numbers.inventory.models import Delivery
from dialtone.numbers.inventory.receive import have_it_worked


def confirm(delivery_id: UUID, *, version: int, looked: bool = False) -> Delivery:
    """Have the plan applied that was shown as `version`. `looked` says that somebody looked at what looks wrong in it.

    Saying yes twice changes nothing. Raises Problem not_found, version.stale, inventory.not_planned,
    inventory.nothing_to_load, inventory.look_first.
    """
    delivery = locked(delivery_id)
    if delivery.state in (states.APPLYING, states.LOADED):
        return delivery
    after = states.after(delivery.state, "confirmed")
    if after is None:
        raise Problem("inventory.not_planned")
    if version != delivery.version:
        raise Problem("version.stale")
    if delivery.report["rows"] == delivery.report["bad"]:
        raise Problem("inventory.nothing_to_load")
    if delivery.report["doubts"] and not looked:
        raise Problem("inventory.look_first", field="/looked")
    before, delivery.state = delivery.state, after
    delivery.problem = ""
    delivery.settled_by = tenancy.actor().name[:160]
    delivery.due_at = clock.now()
    delivery.version += 1
    delivery.save()
    record.change(
        delivery,
        "delivery_confirmed",
        name=delivery.name,
        facts={"new": delivery.numbers, "looked": looked},
        moves=[Moved(Delivery.SUBJECT, delivery.id, before, after, "confirmed")],
    )
    have_it_worked(delivery)
    return delivery

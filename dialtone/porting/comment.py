"""Say something about an order: customer and desk see each other's comments (PORT-32)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, desk, record, tenancy
from dialtone.base.tenancy import Level
from dialtone.base.text import clean
from dialtone.porting import book, telling
from dialtone.porting.models import PortComment

LONGEST = 4_000
KIND = "port_comment"


def comment(order_id: UUID, text: object) -> PortComment:
    """The comment, kept for good. In the operator's scope it is the desk's, and the customer is told; else it goes to the desk.

    Raises Problem not_found, field.*.
    """
    order = book.order(order_id)
    said = clean(text, field="/text", limit=LONGEST)
    from_desk = tenancy.current().level is Level.OPERATOR
    made = PortComment.objects.create(
        partner_id=order.partner_id,
        customer_id=order.customer_id,
        order=order,
        said_by="desk" if from_desk else "customer",
        author_name=tenancy.actor().name[:160],
        text=said,
        at=clock.now(),
    )
    record.change(
        order,
        "port_commented",
        name=order.number,
        event="port_order.commented",
        event_facts={"number": order.number, "by": made.said_by},
    )
    if from_desk:
        with tenancy.customer_scope(order.customer_id, order.partner_id):
            telling.tell(order, "port_comment", {}, f"comment:{made.id}")
        desk.withdraw(KIND, order.id, "answered")
    elif order.attempt:
        facts = {"number": order.number, "location": order.location_name}
        desk.open_item(KIND, order, clock.now() + timedelta(days=1), facts, name=order.number)
    return made

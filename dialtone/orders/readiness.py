"""The facts on which an order's status and turn rest, gathered from the rooms below."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.locations import contract
from dialtone.orders import states
from dialtone.orders.models import Order, OrderLine
from dialtone.plans import queries as plans


def facts(order: Order, lines: Sequence[OrderLine] | None = None) -> states.Facts:
    """Facts of one order in its customer's scope. Terms that were accepted once count for every later order."""
    if lines is None:
        lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    return states.Facts(
        lines=[line.state for line in lines],
        terms_accepted=order.begun_at is not None or plans.has_accepted_terms(order.customer_id),
        contract_signed=order.begun_at is not None or contract.is_signed(order.location_id),
        begun=order.begun_at is not None,
        ended=order.ended_at is not None,
    )

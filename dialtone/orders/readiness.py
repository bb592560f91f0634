"""The facts on which an order's status and turn rest, gathered from the rooms below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from dialtone.locations import contract
from dialtone.orders import states
from dialtone.orders.models import CaseOrder, Order, OrderLine
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
        by_case=order.kind == states.BY_CASE,
        lacks=order.kind == states.BY_CASE and CaseOrder.objects.filter(order=order, lacks=True).exists(),
    )


def facts_of(orders: Sequence[Order]) -> dict[UUID, states.Facts]:
    """The facts of many orders of one customer, by order id, with as many queries as for one."""
    if not orders:
        return {}
    lines: dict[UUID, list[str]] = defaultdict(list)
    found = OrderLine.objects.filter(order__in=orders).order_by("position")
    for order_id, state in found.values_list("order_id", "state"):
        lines[order_id].append(state)
    has_terms = plans.has_accepted_terms(orders[0].customer_id)
    signed = contract.signed_among({order.location_id for order in orders})
    lacking = set(CaseOrder.objects.filter(order__in=orders, lacks=True).values_list("order_id", flat=True))
    return {
        order.id: states.Facts(
            lines=lines[order.id],
            terms_accepted=order.begun_at is not None or has_terms,
            contract_signed=order.begun_at is not None or order.location_id in signed,
            begun=order.begun_at is not None,
            ended=order.ended_at is not None,
            by_case=order.kind == states.BY_CASE,
            lacks=order.id in lacking,
        )
        for order in orders
    }

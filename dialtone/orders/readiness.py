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
    case = _case_facts([order]).get(order.id, _NO_CASE)
    return states.Facts(
        lines=[line.state for line in lines],
        terms_accepted=order.begun_at is not None or plans.has_accepted_terms(order.customer_id),
        contract_signed=order.begun_at is not None or contract.is_signed(order.location_id),
        begun=order.begun_at is not None,
        ended=order.ended_at is not None,
        by_case=order.kind == states.BY_CASE,
        lacks=case[0],
        says_action_required=case[1],
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
    cases = _case_facts(orders)
    return {
        order.id: states.Facts(
            lines=lines[order.id],
            terms_accepted=order.begun_at is not None or has_terms,
            contract_signed=order.begun_at is not None or order.location_id in signed,
            begun=order.begun_at is not None,
            ended=order.ended_at is not None,
            by_case=order.kind == states.BY_CASE,
            lacks=cases.get(order.id, _NO_CASE)[0],
            says_action_required=cases.get(order.id, _NO_CASE)[1],
        )
        for order in orders
    }


_NO_CASE = (False, True)


def _case_facts(orders: Sequence[Order]) -> dict[UUID, tuple[bool, bool]]:
    """Of those by support case: whether something is missing, and whether the country calls that Action Required."""
    by_case = [order.id for order in orders if order.kind == states.BY_CASE]
    if not by_case:
        return {}
    found = CaseOrder.objects.filter(order_id__in=by_case)
    return {
        id: (lacks, says)
        for id, lacks, says in found.values_list("order_id", "lacks", "says_action_required")
    }

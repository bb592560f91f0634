"""Lists of orders, one order with its lines and its time line, carts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.carriers import command
from dialtone.numbers import queries as numbers
from dialtone.orders import readiness, states
from dialtone.orders.models import Cart, CartLine, Order, OrderLine

TOLD_FOR = timedelta(days=1)  # how long a cart that ran out is spoken of


def orders(
    *,
    status: str = "",
    location_ids: Sequence[UUID] | None = None,
    text: str = "",
    kind: str = "",
    with_cancelled: bool = False,
    open_only: bool = False,
) -> QuerySet[Order]:
    """Orders newest first. Those that ended without delivery are left out unless asked for (H28). `text` is part of
    an order number, or of a number that was ordered, in any spelling."""
    found = Order.objects.order_by("-placed_at", "-id")
    if not with_cancelled:
        found = found.filter(end_reason="")
    if open_only:
        found = found.filter(ended_at=None)
    if status:
        found = found.filter(status=status)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    if kind:
        found = found.filter(kind=kind)
    if text:
        matching = Q(number__icontains=text)
        for digits in numbers.spelt(text):
            matching |= Q(id__in=numbers.orders_of(digits))
        found = found.filter(matching)
    return found


def order(order_id: UUID) -> Order:
    """One order. Raises Problem("not_found")."""
    found = Order.objects.filter(id=order_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def lines(order_id: UUID) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order_id=order_id).order_by("position"))


def facts(found: Order) -> states.Facts:
    """The facts behind an order's status, for its page and its "why?"."""
    return readiness.facts(found)


def expected_at(found: Order) -> datetime | None:
    """When the carrier means to have delivered the last number that it works on; None when it has not said (SPK-05)."""
    working = OrderLine.objects.filter(order=found, state=states.LINE_PROVISIONING)
    told = command.expected(found.carrier, list(working.values_list("reference", flat=True)))
    return max(told.values(), default=None)


def facts_of(found: Sequence[Order]) -> dict[UUID, states.Facts]:
    """The same for a page of orders, by order id."""
    return readiness.facts_of(found)


def time_line(found: Order) -> list[AuditRecord]:
    """Who did what when to this order, oldest first."""
    return list(AuditRecord.objects.filter(subject_id=found.id).order_by("at", "id"))


def cart(cart_id: UUID) -> tuple[Cart, list[CartLine]]:
    """A cart with its lines, as they are. Raises Problem("not_found")."""
    found = Cart.objects.filter(id=cart_id).first()
    if found is None:
        raise Problem("not_found")
    return found, list(CartLine.objects.filter(cart=found).order_by("added_at", "id"))


def open_cart_of(person_id: UUID | None, location_id: UUID) -> tuple[Cart, list[CartLine]] | None:
    """The person's living cart for a location, if there is one."""
    found = Cart.objects.filter(
        opened_by=person_id, location_id=location_id, state="open", until__gt=clock.now()
    ).first()
    if found is None:
        return None
    return found, list(CartLine.objects.filter(cart=found).order_by("added_at", "id"))


def expired_cart_of(person_id: UUID | None, location_id: UUID) -> tuple[Cart, list[CartLine]] | None:
    """The person's newest cart for a location, if its time has run out since yesterday and nothing came of it: its
    numbers went back, and the person should hear of it."""
    found = Cart.objects.filter(opened_by=person_id, location_id=location_id).order_by("-opened_at").first()
    if found is None or found.until is None or found.state not in ("open", "expired"):
        return None
    if not clock.now() - TOLD_FOR <= found.until <= clock.now():
        return None
    return found, list(CartLine.objects.filter(cart=found).order_by("added_at", "id"))


def pending_orders_at(location_id: UUID) -> int:
    """How many orders of a location are still under way (for its deletion)."""
    return Order.objects.filter(location_id=location_id, ended_at=None).count()


def open_by_customer(customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many orders of each of these customers are under way, for who looks after several."""
    found = Order.objects.filter(customer_id__in=list(customer_ids), ended_at=None)
    return dict(found.values_list("customer_id").annotate(count=Count("id")).order_by())

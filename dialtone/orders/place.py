"""Place an order: what is in the cart becomes this customer's, pending, in one transaction, or nothing happens.

Availability is checked again here, whatever was shown before (ORD-01): the inventory's claim turns from held to owned by
primary key, and the exclusion constraint on ownership stands behind it (N1, N3).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, jobs, mail, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers import service_numbers, take
from dialtone.numbers.inventory import claims
from dialtone.orders import cart as carts
from dialtone.orders import readiness, rules, states
from dialtone.orders.models import Order, OrderLine
from dialtone.people import queries as people
from dialtone.plans import queries as plans
from dialtone.plans import rules as plan_rules

TERMS_REMINDER = timedelta(days=5)
STANDARD, SERVICE = "standard", "service"
USAGES = (STANDARD, SERVICE)


def place(cart_id: UUID, *, version: int | None = None, usage: str = "standard") -> Order:
    """Order what is in the cart. A cart that was ordered already answers its order (the button was pressed twice).
    With `version`, only the cart as it was then. `usage`: what the numbers are for, standard or service (ORD-28, ORD-31).

    Raises Problems: not_found, version.stale, orders.reservation_ended, orders.empty, orders.location_not_ready,
    orders.no_emergency_address, orders.by_case_only, orders.service_licence, field.not_allowed, the plan's refusals (ACC-05 to ACC-16), numbers.not_available.
    """
    placed = Order.objects.filter(id=carts.locked(cart_id).order_id).first()
    if placed is not None:
        return placed
    cart, lines = carts.living(cart_id)
    if version is not None and version != cart.version:
        raise Problem("version.stale")
    groups = [rules.Group(len(line.e164s), line.kind, line.is_block) for line in lines]
    check(cart.location_id, groups, usage)
    now = clock.now()
    order = Order(
        number=f"ORD-{secrets.token_hex(4).upper()}",
        kind=_kind(groups),
        location_id=cart.location_id,
        location_name=locations.name_of(cart.location_id),
        placed_by=tenancy.actor().id,
        placed_by_name=tenancy.actor().name[:160],
        placed_at=now,
        status=states.PENDING,
        carrier=locations.carrier_of(cart.location_id),
        due_at=now + TERMS_REMINDER,
        quantity=sum(group.size for group in groups),
    )
    wanted = [e164 for line in lines for e164 in line.e164s]
    owned = claims.own(
        wanted, customer_id=cart.customer_id, reservation_id=cart.id, order_id=order.id, now=now
    )
    missing = [
        Problem("numbers.not_available", field=f"/numbers/{index}", values={"number": e164})
        for index, e164 in enumerate(wanted)
        if e164 not in owned
    ]
    if missing:
        raise Problems(missing)
    order.save(force_insert=True)
    order_lines = [
        OrderLine(
            order=order,
            position=position,
            e164s=list(line.e164s),
            is_block=line.is_block,
            kind=line.kind,
            place=line.place,
            state=states.LINE_PENDING,
            reference=f"line:{order.id}:{position}",
        )
        for position, line in enumerate(lines, start=1)
    ]
    OrderLine.objects.bulk_create(order_lines, batch_size=500)
    _numbers, moves = take.take(
        [take.Wanted(line.e164s, line.kind, line.is_block, line.place) for line in order_lines],
        location_id=cart.location_id,
        country=locations.country_of(cart.location_id),
        order_id=order.id,
        source="order",
        carrier=order.carrier,
        usage=usage,
    )
    moves += [Moved("order_line", line.id, "", line.state, "ordered") for line in order_lines]
    cart.state, cart.order_id, cart.version = "ordered", order.id, cart.version + 1
    cart.save()
    facts = readiness.facts(order, order_lines)
    record.change(
        order,
        "order_placed",
        name=order.number,
        after={"status": order.status, "quantity": order.quantity, "location": order.location_name},
        facts={"numbers": wanted, "waits_for": states.waits_for(facts)},
        moves=moves,
        event="order.placed",
        event_facts={"number": order.number, "status": order.status, "quantity": order.quantity},
    )
    if states.waits_for(facts) == "carrier":
        order.due_at = now
        order.save(update_fields=["due_at"])
        jobs.defer("orders.advance", order_id=order.id, customer_id=order.customer_id)
    else:
        ask_for_signature(order, states.waits_for(facts))
    crashpoint("order.placed.before_commit")
    return order


def check(location_id: UUID, groups: Sequence[rules.Group], usage: str = "standard") -> None:
    """Everything that can be said before an order is placed; raises all refusals at once."""
    refused = refusals(location_id, groups, usage)
    if refused:
        raise Problems(refused)


def refusals(location_id: UUID, groups: Sequence[rules.Group], usage: str = "standard") -> list[Problem]:
    """What stands in the way of ordering these groups for the location now; for the review, before anybody presses
    the button (SPK-20)."""
    refused = [
        Problem(refusal.code, field=refusal.field, values=refusal.values)
        for refusal in rules.check_contents(groups)
    ]
    ready = locations.may_order(location_id)
    if not ready.allowed:
        refused.append(Problem(ready.code, field="/locationId", values=dict(ready.values)))
    if usage not in USAGES:
        values = {"value": usage[:40], "choices": ", ".join(USAGES)}
        refused.append(Problem("field.not_allowed", field="/usage", values=values))
    elif usage == SERVICE and (no_service := service_refusal(location_id)):
        refused.append(no_service)
    adding = sum(group.size for group in groups if group.kind != "toll_free")
    return refused + plan_refusal(rules.needs_of(groups), adding, "/numbers")


def service_refusal(location_id: UUID) -> Problem | None:
    """Why the location may have no service numbers, to say it beside the choice (ORD-31, ORD-34, ACC-17); None when it may."""
    may = service_numbers.may_have(location_id)
    if may.allowed:
        return None
    # The licence's sentence of the room below is about one number; here there is none yet.
    code = "orders.service_licence" if may.code == "numbers.service_licence" else may.code
    return Problem(code, field="/usage")


def plan_refusal(needs: Sequence[str], adding: int, field: str, *, besides: int = 0) -> list[Problem]:
    """The first objection of the customer's plan to so many more numbers (ACC-05 to ACC-16); `besides` are on their way."""
    # First the subscription's lock, then the count: two orders of one trial must see each other's numbers (ACC-08).
    account = plans.account_facts(tenancy.current_customer_id())
    account = replace(account, numbers_held=numbers.held_count() + besides)
    for need in needs:
        verdict = plan_rules.may(need, account, clock.now(), {"adding": adding})
        if not verdict.allowed:
            return [Problem(verdict.code, field=field, values=dict(verdict.values))]
    return []


def _kind(groups: Sequence[rules.Group]) -> str:
    if any(group.is_block for group in groups):
        return "block"
    return "toll_free" if all(group.kind == "toll_free" for group in groups) else "standard"


def ask_for_signature(order: Order, waits_for: str) -> None:
    """Tell the customer's administrators that the order waits for them (ORD-16, SPK-21)."""
    for reader in people.full_admins(order.customer_id):
        mail.write(
            "order_waits",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "number": order.number,
                "waits_for": waits_for,
                "quantity": order.quantity,
                "location": order.location_name,
                "order_id": str(order.id),
            },
            reference=f"order:{order.id}:waits:{waits_for}",
        )

"""Carry an order on as far as the facts allow: begin it, take the carrier's answers, make its numbers live, end it.

May run at any time and any number of times: each step looks at what is stored and does what is missing. The same verb serves
the job that follows an order, the sweeper that finds it by `due_at`, and the retry after a crash.

In order (see docs/provisioning.md for why):
1. the order waits until the customer has accepted the terms and the location's contract is signed;
2. each line is put to the carrier once, by its reference; a carrier that decides on each number's emergency address is asked
   for it, too, so that the numbers can call as soon as they come;
3. a line's answer settles its numbers; what the carrier refused is given back to nobody (it ages);
4. delivered numbers show the location's emergency address and become able to call, in the same transaction (E1), where the
   carrier has accepted it; the others as soon as it has (`emergency/hear_registration.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from dialtone.base import clock, mail, record
from dialtone.base.alike import update_alike
from dialtone.base.crashpoints import crashpoint
from dialtone.base.record import Moved
from dialtone.carriers import command, registry
from dialtone.emergency import activate, register
from dialtone.locations import queries as locations
from dialtone.numbers import settle
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Number
from dialtone.orders import readiness, states, told
from dialtone.orders.models import Order, OrderLine
from dialtone.people import queries as people

LOOK_AGAIN = timedelta(seconds=3)
REFUSED_REST = timedelta(days=1)


def advance(order_id: UUID) -> Order:
    """Answers the order as it is now. Must run in the scope of its customer."""
    order = Order.objects.select_for_update().get(id=order_id)
    if order.ended_at is not None or order.kind == states.BY_CASE:
        return order  # people of the desk deliver an order by support case (deliver_case)
    lines = list(OrderLine.objects.select_for_update().filter(order=order).order_by("position"))
    facts = readiness.facts(order, lines)
    if states.waits_for(facts) in ("terms", "contract"):
        return order
    before = {"status": order.status, "lines": [line.state for line in lines]}
    moves: list[Moved] = []
    if order.begun_at is None:
        moves += _begin(order, lines)
    else:
        moves += _take_answers(order, lines)
    if not moves:
        order.due_at = _next_look(order, lines)
        order.save(update_fields=["due_at"])
        return order
    is_over = _store(order, lines)
    record.change(
        order,
        "order_advanced",
        name=order.number,
        before=before,
        after={"status": order.status, "lines": [line.state for line in lines]},
        moves=moves,
        event=f"order.{order.status}" if is_over else "order.changed",
        event_facts={"number": order.number, "status": order.status},
    )
    if is_over:
        _tell(order, lines)
    crashpoint("order.before_commit")
    return order


def _begin(order: Order, lines: list[OrderLine]) -> list[Moved]:
    order.begun_at = clock.now()
    entered = told.of_location(order.location_id)
    moves = []
    for line in lines:
        moves.append(_move(line, "begun"))
        command.ask(
            order.carrier,
            line.reference,
            "provision",
            {
                "name": order.number,
                "e164s": line.e164s,
                "kind": line.kind,
                "place": line.place,
                "customer_id": str(order.customer_id),
                **entered,
            },
            order,
        )
    if not registry.vouches(order.carrier):
        _register(order, lines)
    return moves


def _register(order: Order, lines: list[OrderLine]) -> None:
    """Line by line, so that a number does not wait for the answers of others."""
    locations.lock(order.location_id)
    pending = {number.e164: number for number in settle.pending_of(order.id)}
    for line in lines:
        register.ahead(
            [pending[e164] for e164 in line.e164s if e164 in pending], about=order, name=order.number
        )


def _take_answers(order: Order, lines: list[OrderLine]) -> list[Moved]:
    waiting = [line for line in lines if line.state == states.LINE_PROVISIONING]
    receipts = command.receipts_of(order.carrier, [line.reference for line in waiting])
    moves: list[Moved] = []
    pending: dict[str, Number] = {}
    if receipts:
        locations.lock(order.location_id)
        pending = {number.e164: number for number in settle.pending_of(order.id)}
    delivered = []
    for line in waiting:
        receipt = receipts.get(line.reference)
        if receipt is None:
            continue
        came = {outcome.e164 for outcome in receipt.outcomes if outcome.done}
        refused = [outcome for outcome in receipt.outcomes if not outcome.done]
        here = [pending[e164] for e164 in line.e164s if e164 in came and e164 in pending]
        moves += settle.settle(here, "delivered")
        delivered += here
        gone = [pending[e164] for e164 in line.e164s if e164 not in came and e164 in pending]
        moves += settle.settle(gone, "refused")
        if gone:
            now = clock.now()
            claims.release(
                [number.e164 for number in gone],
                customer_id=order.customer_id,
                until=now + REFUSED_REST,
                now=now,
            )
        line.reason = refused[0].reason if refused else ""
        line.settled_at = clock.now()
        event = "delivered" if not refused else "partly_delivered" if came else "refused"
        moves.append(_move(line, event))
    if delivered:
        moves += activate.activate_delivered(delivered, location_id=order.location_id)
    return moves


def _move(line: OrderLine, event: str) -> Moved:
    following = states.next_line_state(line.state, event)
    assert following is not None, (line.state, event)
    move = Moved("order_line", line.id, line.state, following, event, line.reason)
    line.state = following
    line.version += 1
    return move


def _store(order: Order, lines: list[OrderLine]) -> bool:
    """Store what has moved; answers whether the order is over."""
    now = clock.now()
    if all(line.state in states.LINE_ENDED for line in lines):
        order.ended_at = now
        order.due_at = None
    else:
        order.due_at = _next_look(order, lines)
    order.status = states.status(readiness.facts(order, lines))
    order.version += 1
    order.save()
    update_alike(lines, ["state", "reason", "settled_at", "version"])
    return order.ended_at is not None


def _next_look(order: Order, lines: list[OrderLine]) -> datetime:
    """Soon; or when the carrier said it would be done, where it takes its time (SPK-05)."""
    soon = clock.now() + LOOK_AGAIN
    waiting = [line.reference for line in lines if line.state == states.LINE_PROVISIONING]
    expected = command.expected(order.carrier, waiting)
    return max(soon, min(expected.values())) if len(expected) == len(waiting) > 0 else soon


def _tell(order: Order, lines: list[OrderLine]) -> None:
    reader = people.reader(order.placed_by)
    if reader is None:
        return
    arrived = sum(len(line.e164s) for line in lines if line.state == states.LINE_FULFILLED)
    mail.write(
        "order_provisioned" if order.status == states.PROVISIONED else "order_error",
        to=reader.email,
        language=reader.language,
        person_id=reader.id,
        facts={
            "number": order.number,
            "location": locations.name_of(order.location_id),
            "arrived": arrived,
            "quantity": order.quantity,
            "order_id": str(order.id),
        },
        reference=f"order:{order.id}:ended",
    )

"""End a port order: a draft or rejected one at once, one under way by asking the losing carrier, within the country's limits
(PORT-35, PORT-52, PORT-53, PORT-63, H1, H21)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.carriers import command
from dialtone.porting import attach_paper, book, calendar, desk_items, let_go, states, telling
from dialtone.porting.models import PortNumber, PortOrder


def cancel(order_id: UUID, *, by_support: bool = False) -> PortOrder:
    """Ends it, or asks the losing carrier to. Cancelling a cancelled order, or one that is being cancelled, changes nothing.

    `by_support`: after the limit, through a case, worked by the desk. Raises Problem not_found, porting.completed,
    porting.too_late, porting.too_late_for_good.
    """
    order = book.locked(order_id)
    if order.status == states.COMPLETED:
        raise Problem("porting.completed", values={"number": order.number})
    if order.ended_at is not None or order.cancel_asked_at is not None:
        return order
    rows = book.numbers(order.id)
    if order.attempt == 0 or order.status == states.REJECTED:
        if order.attempt:
            _ask(order, rows)
        return end(order, rows, reason="by_owner")
    if not by_support:
        check_limit(order)
    _ask(order, rows)
    order.cancel_asked_at = clock.now()
    order.version += 1
    order.save()
    record.change(
        order,
        "port_cancel_asked",
        name=order.number,
        facts={"by_support": by_support},
        event="port_order.cancel_asked",
        event_facts={"number": order.number, "status": order.status},
    )
    desk_items.cancel_wanted(order)
    return order


def end(order: PortOrder, rows: Sequence[PortNumber], *, reason: str) -> PortOrder:
    """The order is over without its open numbers; the caller has locked it."""
    moves = let_go.let_go(order, rows, states.NUMBER_CANCELED, reason=reason)
    order.end_reason = reason
    return close(order, rows, moves, "canceled", reason)


def close(
    order: PortOrder,
    rows: Sequence[PortNumber],
    moves: list[Moved],
    event: str,
    reason: str = "",
    *,
    before: str = "",
) -> PortOrder:
    """Note that nothing is open any more, and tell everybody. The caller has settled the numbers; `before` is the status that
    it found."""
    now = clock.now()
    before = before or order.status
    moves = [*moves, *book.restate(order, rows, event, reason)]
    order.ended_at = now
    order.due_at = None
    order.changed_at = now
    order.version += 1
    order.save()
    record.change(
        order,
        f"port_order_{order.status}",
        name=order.number,
        before={"status": before},
        after={"status": order.status, "numbers": book.counts(rows)},
        moves=moves,
        reason=reason,
        event=f"port_order.{order.status}",
        event_facts={"number": order.number, "status": order.status, "numbers": book.counts(rows)},
    )
    desk_items.over(order)
    attach_paper.erase_later(order)
    counts = book.counts(rows)
    if order.attempt:
        telling.tell(
            order,
            "port_completed" if order.status == states.COMPLETED else "port_canceled",
            {"arrived": counts.get(states.NUMBER_COMPLETED, 0), "reason": reason},
            order.status,
            to_admins=order.status == states.COMPLETED,
        )
    return order


def check_limit(order: PortOrder) -> None:
    """Raises Problem porting.too_late (a case can still help) or porting.too_late_for_good (PORT-53)."""
    rules, place = book.rules(order), book.place(order)
    if calendar.may_change(clock.now(), order.foc_on, book.kind(order), rules, place):
        return
    assert order.foc_on is not None
    until = calendar.changeable_until(order.foc_on, book.kind(order), rules, place)
    code = "porting.too_late" if rules.after_cancel_limit == "support_case" else "porting.too_late_for_good"
    local = until.astimezone(calendar.ZoneInfo(order.zone))
    raise Problem(code, values={"until": f"{local:%Y-%m-%d %H:%M}"})


def _ask(order: PortOrder, rows: Sequence[PortNumber]) -> None:
    numbers = [row.e164 for row in rows if row.state == states.NUMBER_OPEN]
    facts = {"order_ref": book.reference(order.id), "attempt": order.attempt, "numbers": numbers}
    reference = f"{book.reference(order.id)}:{order.attempt}:cancel"
    command.ask(order.carrier, reference, "port_cancel", facts, order)

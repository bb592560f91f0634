"""What of port orders waits on the operator's desk, and when it no longer does (base/desk.py; one open item of a kind per order).

With the desk as carrier people do every step; with another carrier they see what needs a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dialtone.base import clock, desk
from dialtone.porting import book, deadlines
from dialtone.porting.models import PortOrder

VALIDATE, SET_FOC, COMPLETE, CANCEL, MOVE = (
    "port_validate", "port_set_foc", "port_complete", "port_cancel", "port_move",
)  # fmt: skip
UNKNOWN, CONTRADICTION, OVERDUE, REVIEW = (
    "port_unknown_error",
    "port_contradiction",
    "port_overdue",
    "port_review",
)
STEPS = (VALIDATE, SET_FOC, COMPLETE, CANCEL, MOVE)
ALL = (*STEPS, UNKNOWN, CONTRADICTION, OVERDUE, REVIEW)
SOON = timedelta(hours=8)


def is_by_hand(order: PortOrder) -> bool:
    """Whether people do the carrier's steps for this order."""
    return bool(order.carrier == "desk")


def handed_in(order: PortOrder) -> None:
    """A new attempt: with the desk as carrier it waits to be validated."""
    for kind in ALL:
        desk.withdraw(kind, order.id, "resubmitted")
    if is_by_hand(order):
        _open(VALIDATE, order, _due(order))


def accepted(order: PortOrder) -> None:
    desk.withdraw(VALIDATE, order.id, "accepted")
    if is_by_hand(order):
        _open(SET_FOC, order, _due(order))


def dated(order: PortOrder) -> None:
    for kind in (VALIDATE, SET_FOC, MOVE, OVERDUE):
        desk.withdraw(kind, order.id, "dated")
    if is_by_hand(order) and order.foc_starts_at is not None:
        _open(COMPLETE, order, order.foc_starts_at)


def rejected(order: PortOrder, facts: Mapping[str, Any]) -> None:
    """Rejected: the steps are the customer's; an unknown code is shown raw to the desk (ERR-08)."""
    for kind in (VALIDATE, SET_FOC, COMPLETE, OVERDUE):
        desk.withdraw(kind, order.id, "rejected")
    if order.waits_for_support:
        _open(UNKNOWN, order, clock.now() + SOON, facts)


def cancel_wanted(order: PortOrder) -> None:
    if is_by_hand(order):
        _open(CANCEL, order, clock.now() + SOON)


def move_wanted(order: PortOrder, facts: Mapping[str, Any]) -> None:
    if is_by_hand(order):
        _open(MOVE, order, clock.now() + SOON, facts)


def contradicted(order: PortOrder, facts: Mapping[str, Any]) -> None:
    _open(CONTRADICTION, order, clock.now() + SOON, facts)


def overdue(order: PortOrder) -> None:
    """Somebody should have acted by now: an alert (P5)."""
    _open(OVERDUE, order, clock.now() + SOON, {"status": order.status})


def review_wanted(order: PortOrder, facts: Mapping[str, Any]) -> None:
    _open(REVIEW, order, clock.now() + timedelta(days=1), facts)


def over(order: PortOrder) -> None:
    for kind in ALL:
        if kind != CONTRADICTION:
            desk.withdraw(kind, order.id, order.status)


def _due(order: PortOrder) -> datetime:
    since = order.accepted_at or order.handed_in_at or order.begun_at
    return deadlines.overdue_at(
        order.status, since, order.foc_starts_at, book.rules(order), book.place(order)
    )


def _open(kind: str, order: PortOrder, due_at: datetime, facts: Mapping[str, Any] | None = None) -> None:
    told = {
        "number": order.number,
        "location": order.location_name,
        "quantity": order.quantity,
        **(facts or {}),
    }
    desk.open_item(kind, order, due_at, told, name=order.number)

"""How carriers' events are worded on pages: what they tell, what became of them, and why they were set aside."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as L_

from dialtone.carriers import events

STATES: dict[str, tuple[str, Any]] = {
    events.PARKED: ("waiting", L_("Set aside")),
    events.SETTLED: ("off", L_("Settled")),
    events.TAKEN: ("ok", L_("Applied")),
    events.WAITING: ("moving", L_("Being read")),
}
KINDS: dict[str, Any] = {
    "port.received": L_("Port order received"),
    "port.accepted": L_("Port order accepted"),
    "port.rejected": L_("Port order rejected"),
    "port.foc": L_("FOC date of a port order"),
    "port.completed": L_("Port order completed"),
    "port.failed": L_("Port order failed"),
    "port.canceled": L_("Port order cancelled"),
    "port.comment": L_("Comment on a port order"),
    "port_out.asked": L_("Another carrier's request"),
    "port_out.withdrawn": L_("Request for numbers withdrawn"),
    "port_out.moved": L_("Requested numbers moved"),
    "number.moved": L_("Numbers moved to another carrier"),
}
REASONS: dict[str, Any] = {
    "unknown_order": L_("no port order has this reference"),
    "unknown_attempt": L_("the order was not handed in that often"),
    "unknown_kind": L_("this kind of event is not known"),
    "date_past": L_("the date has passed"),
    "no_reason": L_("it rejects an order without a reason"),
    "other_numbers": L_("it names numbers that are not in the order"),
    "needs_person": L_("it is final, and nobody can be asked whether it is so"),
    "not_agreed": L_("nobody has agreed that these numbers leave"),
    "shape": L_("it is not written as agreed"),
    "no_data": L_("it holds no data"),
    "not_found": L_("no request has this reference"),
    "port_out.reference": L_("the reference is known with other numbers"),
}
# Refusals of what it tells, by the first part of their code.
REFUSED: dict[str, Any] = {
    "phone": L_("a number in it cannot be read"),
    "field": L_("something in it is missing or cannot be read"),
}


def kind_of(kind: str) -> Any:
    """What an event tells; a kind that nobody knows says its own name."""
    return KINDS.get(kind, kind)


def reason_of(reason: str) -> Any:
    """Why it was set aside; a refusal that has no words here says its code. "" for none."""
    return REASONS.get(reason) or REFUSED.get(reason.partition(".")[0], reason)

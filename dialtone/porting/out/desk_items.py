"""What of other carriers' requests waits on the operator's desk, and when it no longer does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dialtone.base import clock, desk
from dialtone.porting.out import states
from dialtone.porting.out.models import PortOut

ANSWER, LATE, LEAVE, CONTRADICTION = (
    "port_out_answer",
    "port_out_late",
    "port_out_leave",
    "port_out_contradiction",
)
SOON = timedelta(hours=4)


def is_by_hand(found: PortOut) -> bool:
    """Whether only people can say that the numbers have left."""
    return bool(found.carrier == "desk")


def asked(found: PortOut) -> None:
    """A person has to answer, in the country's time."""
    _open(ANSWER, found, found.answer_by)


def late(found: PortOut, e164s: Sequence[str]) -> None:
    """Our answer is late, or the numbers have not left on their day: an alert, and nothing else."""
    _open(LATE, found, clock.now(), e164s)


def contradicted(found: PortOut, e164s: Sequence[str]) -> None:
    """Another carrier has numbers that we have not agreed to: nothing is released, a person looks."""
    _open(CONTRADICTION, found, clock.now() + SOON, e164s)


def stands(found: PortOut) -> None:
    """Close what has settled itself, and open what a person does on the day where no machine can."""
    if found.state != states.ASKED:
        desk.withdraw(ANSWER, found.id, found.state)
        desk.withdraw(LATE, found.id, found.state)
    if found.state == states.AGREED and is_by_hand(found) and found.leaves_at is not None:
        _open(LEAVE, found, found.leaves_at)
    if found.state not in states.OPEN:
        desk.withdraw(LEAVE, found.id, found.state)


def _open(kind: str, found: PortOut, due_at: datetime, e164s: Sequence[str] = ()) -> None:
    facts = {"number": found.number, "carrier": found.asked_by, "quantity": found.quantity}
    if e164s:
        facts["numbers"] = ", ".join(list(e164s)[:20])
    desk.open_item(kind, found, due_at, facts, name=found.number)

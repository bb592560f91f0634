"""One state of an emergency address after another, and the end of those that left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from dialtone.base import desk, record
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.emergency import queries, states
from dialtone.emergency.models import EmergencyAddress
from dialtone.numbers.models import Number

DESK_KIND = "emergency_address"


def move(found: EmergencyAddress, event: str) -> EmergencyAddress:
    """Store and write down one move. Raises Problem emergency.not_valid when the event does not apply."""
    following = states.decide(found.state, event)
    if following is None:
        raise Problem("emergency.not_valid")
    before = found.state
    found.state = following
    if following not in (states.ENTERED, states.LOCATED):
        found.due_at = None
    found.version += 1
    found.save()
    record.change(
        found,
        f"emergency_address_{following}",
        name=CivicAddress.from_json(found.address).one_line(),
        before={"state": before},
        after={"state": following},
        facts={"accepted_by": found.accepted_by} if following in states.IN_EFFECT else {},
        moves=[Moved("emergency_address", found.id, before, following, event)],
        event="emergency_address.changed",
        event_facts={"state": following},
    )
    if before in states.WAITING:
        desk.withdraw(DESK_KIND, found.id, following)
    return found


def leaving(numbers: Sequence[Number]) -> list[UUID]:
    """The addresses that left and that these numbers show still; asked before they show another, or none."""
    return queries.leaving_of([number.id for number in numbers])


def end_left(address_ids: Iterable[UUID]) -> None:
    """Of these addresses that left, those that no number shows any more are over."""
    for former in queries.left_behind(list(address_ids)):
        move(former, "replaced")

"""Numbers of a confirmed estate are delivered, and may call once their carrier has accepted the address that they show (E1).

That they called before, where they come from, is no acceptance: the carrier is asked as for any number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dialtone.base import record
from dialtone.emergency import activate
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active, settle
from dialtone.numbers.models import Number


def go_live(e164s: Sequence[str], *, location_id: UUID, since: datetime) -> list[Number]:
    """Settle the pending ones of these numbers, charged from `since`; those that nobody switched off begin to call, or once there is
    an address that their carrier has accepted. Doing so again changes nothing. Answers the numbers."""
    locations.lock(location_id)
    held = mark_active.locked(e164s)
    moves = settle.settle(held, "delivered", since=since)
    if not moves:
        return held
    moves += activate.begin([number for number in held if not number.is_off])
    listed = [number.e164 for number in held]
    record.change(
        held[0],
        "numbers_import_confirmed",
        facts={"numbers": listed, "charged_from": since},
        moves=moves,
        event="number.activated",
        event_facts={"numbers": [number.e164 for number in held if number.calls_during is not None]},
    )
    return held

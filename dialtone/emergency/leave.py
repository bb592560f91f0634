"""Numbers have moved to another carrier: until this instant they showed an address, and now nobody of ours answers for them.

In one transaction: they stop calling and showing an address together (E1), whoever had them has them no longer, their own
addresses end, and ownership ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import record
from dialtone.emergency import deactivate, own_address
from dialtone.locations import queries as locations
from dialtone.numbers import leave as numbers_leave
from dialtone.numbers import mark_active
from dialtone.numbers import unassign as numbers_unassign
from dialtone.numbers.models import Number


def leave(e164s: Sequence[str]) -> list[Number]:
    """Those of the numbers that were the customer's and have left now; the others are passed over."""
    for location_id in mark_active.locations_of(e164s):
        locations.lock(location_id)
    held = mark_active.locked(e164s)
    moves = deactivate.silence(held)
    if moves:
        listed = sorted(number.e164 for number in held)
        record.change(held[0], "numbers_deactivated", facts={"numbers": listed}, moves=moves)
    for number in held:
        numbers_unassign.unassign(number.e164)
    own_address.fall_back_unassigned()
    return numbers_leave.leave(mark_active.locked(e164s))

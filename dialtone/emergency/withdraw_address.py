"""Take an address back that no number shows (BAD-EMG-16: one in use stays)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.emergency import queries, states
from dialtone.emergency.models import Coverage, EmergencyAddress
from dialtone.emergency.moves import move
from dialtone.locations import queries as locations

MOST_NAMED = 5


def withdraw_address(address_id: UUID) -> EmergencyAddress:
    """The address, withdrawn; one that is over already stays as it is. Nothing is ever deleted: which address
    was in effect when can always be told (E7). Raises Problem not_found, emergency.in_use with the numbers that
    show it (E2, BAD-EMG-19)."""
    locations.lock(queries.address(address_id).location_id)
    found = queries.address(address_id)
    if found.state in states.OVER:
        return found
    shown = Coverage.objects.filter(address=found, during__endswith=None)
    count = shown.count()
    if count:
        named = list(shown.order_by("number__e164").values_list("number__e164", flat=True)[:MOST_NAMED])
        more = ", …" if count > MOST_NAMED else ""
        raise Problem("emergency.in_use", values={"count": count, "numbers": ", ".join(named) + more})
    return move(found, "withdrawn")

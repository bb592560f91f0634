"""Somebody who knows the place says that an address is right although the authority knows it differently or not
at all ("keep mine"): a named person of the operator's desk has to confirm it (H27). Until then it is not used."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, desk, record, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import queries, rules
from dialtone.emergency.models import EmergencyAddress
from dialtone.emergency.moves import DESK_KIND
from dialtone.locations import queries as locations

DESK_TIME = timedelta(days=1)


def keep_entered(address_id: UUID) -> EmergencyAddress:
    """Asks the desk to confirm it; asking again changes nothing. Raises Problem emergency.cannot_keep,
    emergency.person_needed, not_found."""
    if tenancy.actor().kind in ("job", "carrier"):
        raise Problem("emergency.person_needed")
    locations.lock(queries.address(address_id).location_id)
    found = queries.address(address_id)
    if not rules.may_keep(found.state):
        raise Problem("emergency.cannot_keep")
    if found.due_at is not None:
        return found
    line = CivicAddress.from_json(found.address).one_line()
    found.due_at = clock.now() + DESK_TIME
    found.version += 1
    found.save(update_fields=["due_at", "version"])
    desk.open_item(DESK_KIND, found, found.due_at, {"address": line}, name=line)
    record.change(found, "emergency_address_kept", name=line, event="emergency_address.changed")
    return found

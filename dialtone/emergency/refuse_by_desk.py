"""Where no authority can say, a named person of the operator's desk says that an address is not right (H27)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import mail, tenancy
from dialtone.base.address import CivicAddress
from dialtone.emergency import accept_by_desk, queries, states
from dialtone.emergency.models import EmergencyAddress
from dialtone.emergency.moves import move
from dialtone.locations import queries as locations
from dialtone.people import queries as people


def refuse_by_desk(address_id: UUID) -> EmergencyAddress:
    """It is never used, and the customer's administrators are told; what was in effect stays so (E2). An address that is refused
    already stays as it is. Runs in the operator's scope, and takes the customer's for the work.

    Raises Problem emergency.desk_only, emergency.not_valid (in effect or over meanwhile), not_found.
    """
    accept_by_desk.check_person()
    owner = queries.address(address_id)
    with tenancy.customer_scope(owner.customer_id, owner.partner_id):
        locations.lock(owner.location_id)
        found = queries.address(address_id)
        if found.state == states.REFUSED:
            return found
        move(found, "refused_by_desk")
        _tell(found)
        return found


def _tell(found: EmergencyAddress) -> None:
    for reader in people.full_admins(found.customer_id):
        mail.write(
            "emergency_refused",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "name": reader.display_name,
                "address": CivicAddress.from_json(found.address).one_line(),
                "location": locations.name_of(found.location_id),
            },
            reference=f"esa:{found.id}:refused:{reader.id}",
        )

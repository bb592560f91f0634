"""Where no authority can say, a named person of the operator's desk says that an address is right (H27)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.emergency import queries, states
from dialtone.emergency.check_address import put_in_effect
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import queries as locations


def accept_by_desk(address_id: UUID) -> EmergencyAddress:
    """Put it in effect under the acting person's name; an address in effect stays as it is. Runs in the
    operator's scope, and takes the customer's for the work.

    Raises Problem emergency.desk_only, emergency.not_valid (replaced or withdrawn meanwhile), not_found.
    """
    check_person()
    by = tenancy.actor().name
    customer_id, partner_id = queries.address(address_id).customer_id, queries.address(address_id).partner_id
    with tenancy.customer_scope(customer_id, partner_id):
        locations.lock(queries.address(address_id).location_id)
        found = queries.address(address_id)
        if found.state in states.IN_EFFECT:
            return found
        if states.decide(found.state, "accepted_by_desk") is None:
            raise Problem("emergency.not_valid")
        return put_in_effect(found, "accepted_by_desk", by=by)


def check_person() -> None:
    """Only a person of the operator, by name, speaks for the desk. Raises Problem emergency.desk_only."""
    scope = tenancy.current()
    if scope.level is not tenancy.Level.OPERATOR or scope.actor.kind != "person" or not scope.actor.name:
        raise Problem("emergency.desk_only")

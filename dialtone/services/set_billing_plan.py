"""Let somebody's calls be billed by our calling plan, or not: a unit of the outbound calling plan (BILL-01)."""

from __future__ import annotations

from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers.set_line import Owner, first_line
from dialtone.plans import assign_licence
from dialtone.plans import queries as plans
from dialtone.services.rules import OCP


def set_billing_plan(owner: Owner, enabled: bool, *, field: str = "/enabled") -> None:
    """On only for a line at a calling-plan location. Raises Problem services.plan_needs_line, services.plan_elsewhere,
    plans.no_units."""
    if enabled == (OCP in plans.licences_of(owner.id)):
        return
    if not enabled:
        assign_licence.release_licence(OCP, owner.id)
        return
    line = first_line(owner.id)
    if line is None:
        raise Problem("services.plan_needs_line", field=field)
    location = locations.location(line.location_id)
    if location.connection != CALLING_PLAN:
        raise Problem("services.plan_elsewhere", field=field, values={"location": location.name})
    assign_licence.assign_licence(OCP, owner.kind, owner.id)

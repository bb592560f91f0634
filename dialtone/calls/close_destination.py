"""Close a destination for everybody from a day on, and open it again: by the operator, written down (USE-04).

Emergency calls are decided before any destination is looked at (`rules.py`); a prefix that is an emergency code is refused all the same,
so that nobody believes to have closed one.
"""

from __future__ import annotations

from datetime import date

from dialtone.base import alone, clock, record
from dialtone.base.problems import Problem
from dialtone.calls import destinations
from dialtone.calls.models import ClosedDestination


def close_destination(prefix: str, reason: str, from_on: date | None = None) -> ClosedDestination:
    """Answers the closed destination; calls are decided by it within seconds of its first day (UTC). Raises what `destinations.propose`
    does. Operator's scope."""
    alone.until_commit("closed destination")
    plan = destinations.propose(prefix, reason, from_on)
    made = ClosedDestination(
        prefix=plan.prefix, reason=plan.reason[:200], from_on=plan.from_on, closed_at=clock.now()
    )
    made.save(force_insert=True)
    facts = {"calls": plan.calls, "customers": plan.customers}
    record.change(
        made, "destination_closed", name=f"+{made.prefix}", before={}, after=_plain(made), facts=facts
    )
    return made


def open_destination(prefix: str) -> ClosedDestination:
    """Open a closed prefix (digits) again from today on; one that was to be closed later never is. Raises Problem not_found. Operator's
    scope."""
    found = ClosedDestination.objects.select_for_update().filter(prefix=prefix, until_on=None).first()
    if found is None:
        raise Problem("not_found")
    before = _plain(found)
    found.until_on = max(clock.today("UTC"), found.from_on)
    found.save(update_fields=["until_on"])
    record.change(found, "destination_opened", name=f"+{found.prefix}", before=before, after=_plain(found))
    return found


def _plain(found: ClosedDestination) -> dict[str, str]:
    told = {"prefix": found.prefix, "reason": found.reason, "from": found.from_on.isoformat()}
    return told if found.until_on is None else {**told, "until": found.until_on.isoformat()}

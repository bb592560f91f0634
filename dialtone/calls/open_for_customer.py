"""Open a closed destination for the open customer alone, for a time or until it is closed again: by the operator, written down (USE-04).

It opens no permission: whoever may not call abroad still may not. A destination that is closed by a longer beginning stays closed.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.calls import destinations
from dialtone.calls.models import OpenedDestination


def open_for_customer(
    prefix: str,
    reason: str,
    from_on: date | None = None,
    until_on: date | None = None,
    *,
    case_id: UUID | None = None,
) -> OpenedDestination:
    """Answers the exception; calls are decided by it within seconds of its first day (UTC), and no longer from `until_on` on.

    Raises Problem calls.prefix, calls.closed_emergency, calls.not_closed, calls.opened_already, calls.opened_past, calls.opened_order,
    field.required.
    """
    today = clock.today("UTC")
    digits = destinations.read_prefix(prefix)
    begins = from_on or today
    if not reason.strip():
        raise Problem("field.required", field="/reason")
    if begins < today:
        raise Problem("calls.opened_past", field="/openFrom", values={"today": today.isoformat()})
    if until_on is not None and until_on <= begins:
        raise Problem("calls.opened_order", field="/openUntil", values={"day": begins.isoformat()})
    if not destinations.is_closed(digits, begins):
        raise Problem("calls.not_closed", field="/prefix", values={"prefix": f"+{digits}"})
    alone.until_commit("opened destination", tenancy.current_customer_id(), digits)
    if destinations.opened(today).filter(prefix=digits).exists():
        raise Problem("calls.opened_already", field="/prefix", values={"prefix": f"+{digits}"})
    made = OpenedDestination(
        prefix=digits,
        reason=reason.strip()[:200],
        case_id=case_id,
        from_on=begins,
        until_on=until_on,
        opened_at=clock.now(),
    )
    made.save(force_insert=True)
    record.change(made, "destination_opened_for", name=f"+{digits}", before={}, after=_plain(made))
    return made


def close_for_customer(prefix: str) -> OpenedDestination:
    """Take an exception of the open customer back from today on; one that was to begin later never does. Raises Problem not_found."""
    today = clock.today("UTC")
    found = destinations.opened(today).select_for_update().filter(prefix=prefix).first()
    if found is None:
        raise Problem("not_found")
    before = _plain(found)
    found.until_on = max(today, found.from_on)
    found.save(update_fields=["until_on"])
    record.change(
        found, "destination_closed_for", name=f"+{found.prefix}", before=before, after=_plain(found)
    )
    return found


def _plain(found: OpenedDestination) -> dict[str, str]:
    told = {"prefix": found.prefix, "reason": found.reason, "from": found.from_on.isoformat()}
    return told if found.until_on is None else {**told, "until": found.until_on.isoformat()}

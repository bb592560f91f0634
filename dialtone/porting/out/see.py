"""A holder has seen what became of another carrier's request: it stands on the start page no more, until something else happens to it."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.porting.out.models import PortOut


def see(request_id: UUID, version: int) -> PortOut:
    """Mark the request as seen as it stands at that version; what was seen before stays so, under the first name.

    Raises Problem not_found; version.stale where something has happened that was not shown.
    """
    found = PortOut.objects.select_for_update().filter(id=request_id).first()
    if found is None:
        raise Problem("not_found")
    if version != found.version:
        raise Problem("version.stale")
    if found.seen_at is None:
        found.seen_at, found.seen_by_name = clock.now(), tenancy.actor().name[:160]
        found.save(update_fields=["seen_at", "seen_by_name"])
        record.change(found, "port_out_seen", name=found.number, facts={"state": found.state})
    return found

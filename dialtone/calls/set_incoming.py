"""Say whose calls a person, a workspace or a virtual line takes."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from dialtone.base import alone, clock, record
from dialtone.base.text import one_of
from dialtone.calls.incoming import EXTERNAL, Incoming
from dialtone.calls.models import IncomingPermissions


def set_incoming(
    kind: str,
    subject_id: UUID,
    name: str,
    location_id: UUID | None,
    *,
    is_own: bool | None = None,
    external: str | None = None,
    internal: bool | None = None,
    collect: bool | None = None,
) -> Incoming:
    """What is None stays as it was. Raises Problem field.not_allowed for an unknown word."""
    if external is not None:
        one_of(external, EXTERNAL, "/externalTransfer")
    alone.until_commit("incoming permissions", subject_id)
    found = IncomingPermissions.objects.select_for_update().filter(subject_id=subject_id).first()
    row = found or IncomingPermissions(subject_kind=kind, subject_id=subject_id)
    before = row.held()
    told = {"is_own": is_own, "external": external, "internal": internal, "collect": collect}
    after = replace(before, **{key: value for key, value in told.items() if value is not None})
    if after == before:
        return before
    row.location_id, row.changed_at = location_id, clock.now()
    row.is_own, row.external = after.is_own, after.external
    row.internal, row.collect = after.internal, after.collect
    row.save()
    record.change(
        row,
        "incoming_permissions_changed",
        name=name,
        before=asdict(before),
        after=asdict(after),
        facts={"owner_kind": kind, "owner_id": subject_id},
    )
    return after

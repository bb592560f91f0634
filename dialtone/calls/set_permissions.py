"""Say which types of calls a location allows, or somebody who has permissions of their own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dialtone.base import alone, clock, record
from dialtone.base.text import one_of
from dialtone.calls.models import OutgoingPermissions
from dialtone.calls.permissions import ACTIONS, FORMER_KINDS, KINDS, OwnPermissions, Permission


def set_permissions(
    kind: str,
    subject_id: UUID,
    name: str,
    location_id: UUID | None,
    told: Mapping[str, Permission],
    *,
    is_own: bool | None = None,
    field: str = "/callingPermissions",
) -> OwnPermissions:
    """The types that are told change, the others stay. `is_own` (None: as it was) says whether a line has its own at all.

    `kind` is location, person, workspace or virtual_line. Raises Problem field.not_allowed for an unknown type or action.
    """
    for index, (call_type, permission) in enumerate(told.items()):
        one_of(call_type, [*KINDS, *sorted(FORMER_KINDS)], f"{field}/{index}/callType")
        one_of(permission.action, ACTIONS, f"{field}/{index}/action")
    row = own_row(kind, subject_id)
    before = row.own()
    kept = {call_type: each for call_type, each in told.items() if call_type not in FORMER_KINDS}
    after = OwnPermissions(before.is_own if is_own is None else is_own, {**before.told, **kept})
    if after == before:
        return before
    row.location_id, row.is_own, row.changed_at = location_id, after.is_own, clock.now()
    row.told = {each: [permission.action, permission.transfer] for each, permission in after.told.items()}
    row.save()
    record.change(
        row,
        "outgoing_permissions_changed",
        name=name,
        before=_plain(before),
        after=_plain(after),
        facts={"owner_kind": kind, "owner_id": subject_id},
    )
    return after


def own_row(kind: str, subject_id: UUID) -> OutgoingPermissions:
    """What a location or line says of its outgoing calls, held until the commit; not saved yet where it has said nothing."""
    alone.until_commit("outgoing permissions", subject_id)
    found: OutgoingPermissions | None = (
        OutgoingPermissions.objects.select_for_update()
        .filter(subject_kind=kind, subject_id=subject_id)
        .first()
    )
    return found or OutgoingPermissions(subject_kind=kind, subject_id=subject_id)


def _plain(own: OwnPermissions) -> dict[str, str]:
    told = {call_type: f"{each.action}, {each.transfer}" for call_type, each in sorted(own.told.items())}
    return {"is_own": str(own.is_own), **told}

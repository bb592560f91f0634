"""Change what is known of an organisation, suspend it, or let it back in."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.text import clean, search_key
from dialtone.people import fields
from dialtone.people.models import Organisation


def change_organisation(
    organisation_id: UUID,
    *,
    name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    version: int | None = None,
) -> Organisation:
    """Store what is given; None leaves a field as it is. Country and currency stay: bills depend on them.

    Raises Problem not_found, version.stale, and those of the fields.
    """
    found = locked(organisation_id)
    fields.check_version(found.version, version)
    before = _facts(found)
    if name is not None:
        found.name = clean(name, field="/name", limit=120)
        found.search_name = search_key(found.name)
    if language is not None:
        found.language = fields.language(language)
    if time_zone is not None:
        found.time_zone = fields.time_zone(time_zone)
    if _facts(found) != before:
        found.version += 1
        found.save()
        record.change(found, "organisation_changed", name=found.name, before=before, after=_facts(found))
    return found


def suspend(organisation_id: UUID, *, reason: str) -> Organisation:
    """Nobody of a customer, or of a partner and all its customers, gets in from the next request on (S13).

    Raises Problem not_found; the operator cannot be suspended.
    """
    return _move(organisation_id, "active", "suspended", reason)


def resume(organisation_id: UUID, *, reason: str) -> Organisation:
    """Lift a suspension. Raises Problem not_found."""
    return _move(organisation_id, "suspended", "active", reason)


def locked(organisation_id: UUID) -> Organisation:
    """An organisation of the scope, locked. Raises Problem not_found."""
    found: Organisation | None = Organisation.objects.select_for_update().filter(id=organisation_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def _move(organisation_id: UUID, from_state: str, to_state: str, reason: str) -> Organisation:
    found = locked(organisation_id)
    if found.kind == "operator":
        raise Problem("not_found")
    if found.state != from_state:
        return found
    why = clean(reason, field="/reason", limit=200)
    found.state = to_state
    found.version += 1
    found.save()
    record.change(
        found,
        "organisation_suspended" if to_state == "suspended" else "organisation_resumed",
        name=found.name,
        facts={"reason": why},
        moves=[Moved("organisation", found.id, from_state, to_state, "decided")],
    )
    return found


def _facts(found: Organisation) -> dict[str, str]:
    return {"name": found.name, "language": found.language, "time_zone": found.time_zone}

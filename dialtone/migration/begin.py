"""Begin a self-service move of locations: the draft row, and one row per location that may go (MIG-15, MIG-16)."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.locations import contract
from dialtone.locations import rules as location_rules
from dialtone.migration import queries, states
from dialtone.migration.models import Move, Site
from dialtone.providers import queries as providers


def begin(target: str, provider_id: UUID | None = None) -> Move:
    """A move of all the locations that may go there. A cloud-connected target needs its provider.

    Raises Problem migration.target, migration.provider_needed, migration.nothing_to_move, migration.under_way, not_found.
    """
    if target not in queries.TARGETS:
        values = {"value": str(target)[:40], "choices": ", ".join(queries.TARGETS)}
        raise Problem("migration.target", field="/target", values=values)
    if target == location_rules.PREMISES:
        provider_id = None
    elif target == "integrated_ccp" and provider_id is None:
        raise Problem("migration.provider_needed", field="/providerId")
    if provider_id is not None and providers.provider(provider_id).connection != target:
        raise Problem("not_found", field="/providerId")
    going = queries.eligible(target, provider_id)
    if not going:
        raise Problem("migration.nothing_to_move")
    known = contract.prefill()
    made = Move(
        target=target,
        provider_id=provider_id,
        state=states.AUDIT,
        contract={"company_name": known.company_name, "email": known.email},
        begun_by_name=tenancy.actor().name[:160],
        begun_at=clock.now(),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("migration.under_way") from error
    Site.objects.bulk_create(
        Site(move=made, location_id=each.id, name=each.name, state=states.WAITING) for each in going
    )
    record.change(
        made,
        "migration_begun",
        name=target,
        after={"target": target, "locations": len(going)},
        moves=[Moved("migration", made.id, "", states.AUDIT, "begun")],
        event="migration.begun",
    )
    crashpoint("migration.begun.before_commit")
    return made

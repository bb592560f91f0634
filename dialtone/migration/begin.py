"""Begin a self-service move of locations: the draft row, and one row per location that may go (MIG-15, MIG-16)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.locations import contract
from dialtone.locations import rules as location_rules
from dialtone.migration import queries, rules, states
from dialtone.migration.models import Move, Site
from dialtone.providers import queries as providers


def begin(target: str, provider_id: UUID | None = None) -> Move:
    """A move of all the locations that may go there. A cloud-connected target needs its provider.

    Raises Problem migration.target, migration.provider_needed, migration.nothing_to_move, migration.under_way, not_found.
    """
    _end, provider_id = target_of(target, provider_id, queries.TARGETS)
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


def target_of(
    target: str, provider_id: UUID | None, targets: Collection[str]
) -> tuple[rules.End, UUID | None]:
    """Where a move leads, and the provider it has there. Raises Problem migration.target, migration.provider_needed, not_found."""
    if target not in targets:
        values = {"value": str(target)[:40], "choices": ", ".join(targets)}
        raise Problem("migration.target", field="/target", values=values)
    if target == location_rules.PREMISES or provider_id is None:
        if target == "integrated_ccp":
            raise Problem("migration.provider_needed", field="/providerId")
        return rules.End(target), None
    provider = providers.provider(provider_id)
    if provider.connection != target:
        raise Problem("not_found", field="/providerId")
    return rules.End(target, provider.code), provider.id

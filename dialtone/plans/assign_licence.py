"""Give a unit of a licence to a person or workspace, and take it back. From when to when is kept, never overwritten."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.plans import queries
from dialtone.plans.models import Licence, LicenceUse


def assign_licence(item: str, holder_kind: str, holder_id: UUID) -> LicenceUse:
    """The unit; a holder that has one keeps it. Raises Problem plans.no_units when all units are in use."""
    # The licences of the item are the lock: two administrators cannot both give the last unit away.
    list(Licence.objects.select_for_update().filter(item=item).order_by("id").values_list("id"))
    known: LicenceUse | None = LicenceUse.objects.filter(
        item=item, holder_id=holder_id, until_at=None
    ).first()
    if known is not None:
        return known
    bought = queries.units(item)
    if queries.units_in_use(item) >= bought:
        raise Problem("plans.no_units", values={"item": item, "bought": bought})
    made: LicenceUse = LicenceUse.objects.create(
        item=item, holder_kind=holder_kind, holder_id=holder_id, from_at=clock.now()
    )
    record.change(
        made, "licence_assigned", name=item, after={"holder": holder_id}, event="licence.assigned",
        event_facts={"item": item, "holder_id": holder_id},
    )  # fmt: skip
    return made


def release_licence(item: str, holder_id: UUID) -> None:
    """The unit is free for another holder; nothing happens when there is none."""
    use = LicenceUse.objects.select_for_update().filter(item=item, holder_id=holder_id, until_at=None).first()
    if use is None:
        return
    use.until_at = clock.now()
    use.save(update_fields=["until_at"])
    record.change(
        use, "licence_released", name=item, before={"holder": holder_id}, event="licence.released",
        event_facts={"item": item, "holder_id": holder_id},
    )  # fmt: skip

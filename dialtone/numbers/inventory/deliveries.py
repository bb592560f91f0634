"""Lists of deliveries, and what was found in one. Operator's scope."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from dialtone.base.problems import Problem
from dialtone.numbers.inventory.models import Delivery, DeliveryFile
from dialtone.numbers.inventory.ranges import BadRow, Overlap


@dataclass(frozen=True)
class Findings:
    """Bad rows and overlaps of a delivery, one by one, up to `load.KEPT` of each."""

    bad: Sequence[BadRow]
    overlaps: Sequence[Overlap]


def deliveries(*, state: str = "", text: str = "") -> QuerySet[Delivery]:
    """Deliveries, the newest first."""
    found = Delivery.objects.order_by("-id")
    if state:
        found = found.filter(state=state)
    return found.filter(name__icontains=text) if text else found


def delivery(delivery_id: UUID) -> Delivery:
    """One delivery. Raises Problem("not_found")."""
    found = Delivery.objects.filter(id=delivery_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def locked(delivery_id: UUID) -> Delivery:
    """One delivery, to be changed in this transaction. Raises Problem("not_found")."""
    found = Delivery.objects.select_for_update().filter(id=delivery_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def counts() -> dict[str, int]:
    """How many deliveries are in each state."""
    return dict(Delivery.objects.values_list("state").annotate(Count("id")).order_by())


def findings(of: Delivery) -> Findings:
    """What was found wrong in a delivery's file; empty when nothing was, or when it was thrown away."""
    packed = DeliveryFile.objects.filter(delivery=of).values_list("findings", flat=True).first()
    if not packed:
        return Findings([], [])
    told = json.loads(gzip.decompress(bytes(packed)))
    return Findings([BadRow(*row) for row in told["bad"]], [Overlap(*each) for each in told["overlaps"]])

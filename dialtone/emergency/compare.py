"""Compare the emergency address that a carrier shows for a number with the one that we mean (E5).

Our books are `Coverage`; the carrier's are asked for. Where they differ, the desk is alerted at once and the carrier is told again;
when it shows the right address at a later comparison, the alert leaves the desk by itself. Changes nothing in our own books.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from dialtone.base import clock, desk, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.carriers import command, registry
from dialtone.carriers.protocol import CarrierAway, Held
from dialtone.emergency.models import Coverage

log = logging.getLogger("dialtone.emergency")
JOB = tenancy.Actor(kind="job", name="Dialtone")
DESK_KIND = "emergency_differs"
# What began this recently may still be on its way to the carrier.
ON_ITS_WAY = timedelta(minutes=15)
AT_ONCE = 500
MISSING, OTHER_ADDRESS = "missing", "address"


@dataclass(frozen=True)
class Meant:
    """What we mean a carrier to show for one number."""

    coverage_id: UUID
    customer_id: UUID
    carrier: str
    e164: str
    address: Mapping[str, Any]


def compare_all() -> int:
    """Compare every number that can call with its carrier's books; answers how many differ. Takes its own scopes; a carrier that
    is away, or that cannot be asked, is passed over."""
    with tenancy.operator_scope():
        meant = _meant()
    found = 0
    for (_customer, carrier), those in groupby(meant, key=lambda each: (each.customer_id, each.carrier)):
        listed = list(those)
        for at in range(0, len(listed), AT_ONCE):
            found += _compare(carrier, listed[at : at + AT_ONCE])
    return found


def difference(meant: Meant, held: Held | None) -> str:
    """What differs: MISSING, OTHER_ADDRESS, or "" when the carrier shows what we mean."""
    if held is None or held.emergency_address is None:
        return MISSING
    return "" if dict(held.emergency_address) == dict(meant.address) else OTHER_ADDRESS


def _meant() -> list[Meant]:
    settled = clock.now() - ON_ITS_WAY
    rows = (
        Coverage.objects.filter(during__endswith=None, during__startswith__lt=settled)
        .order_by("customer_id", "number__carrier", "number__e164")
        .values_list("id", "customer_id", "number__carrier", "number__e164", "address__address")
    )
    return [Meant(*row) for row in rows.iterator()]


def _compare(carrier: str, meant: Sequence[Meant]) -> int:
    crashpoint("compare.before_call")
    try:
        books = registry.carrier(carrier).holds([each.e164 for each in meant])
    except CarrierAway:
        return 0
    except Exception:  # whatever one carrier answers keeps nobody from asking the others
        log.exception("a carrier's books could not be read", extra={"carrier": carrier})
        return 0
    crashpoint("compare.after_call")
    if books is None:
        return 0
    with tenancy.customer_scope(meant[0].customer_id, actor=JOB):
        return sum(_settle(each, difference(each, books.get(each.e164))) for each in meant)


def _settle(meant: Meant, differs: str) -> bool:
    """Alert the desk and tell the carrier again; or take the alert back."""
    row = Coverage.objects.select_related("number").get(id=meant.coverage_id)
    if not differs:
        desk.withdraw(DESK_KIND, row.number_id, "agrees_again")
        return False
    now = clock.now()
    desk.open_item(DESK_KIND, row.number, now, {"number": meant.e164}, name=meant.e164)
    command.ask(
        meant.carrier,
        f"esa:{row.id}:again:{now:%Y%m%d%H%M}",
        "set_emergency_address",
        {
            "name": meant.e164,
            "e164s": [meant.e164],
            "address": dict(meant.address),
            "since": now.isoformat(),
        },
        row.number,
    )
    return True

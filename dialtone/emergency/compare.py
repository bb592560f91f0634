"""Compare the emergency address that a carrier shows for a number with the one that we mean (E5).

Our books are `Coverage`; the carrier's are asked for. Where they differ, the desk is alerted at once and the carrier is told again;
when it shows the right address at a later comparison, the alert leaves the desk by itself. Changes nothing in our own books.

Books that cannot be read are asked for again the same day, with growing pauses, and the desk hears of it from the second time on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from dialtone.base import clock, desk, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.carriers import command, registry
from dialtone.carriers.protocol import CarrierAway, Held
from dialtone.emergency.models import Coverage, UnreadBooks

log = logging.getLogger("dialtone.emergency")
JOB = tenancy.Actor(kind="job", name="Dialtone")
DESK_KIND = "emergency_differs"
# What began this recently may still be on its way to the carrier.
ON_ITS_WAY = timedelta(minutes=15)
AT_ONCE = 500
# The pauses after which books that could not be read are asked for again; the last one stays.
PAUSES = tuple(timedelta(minutes=each) for each in (5, 15, 30, 60, 120))
UNREAD_KIND, ALERT_FROM = "carrier_books_unread", 2
MISSING, OTHER_ADDRESS = "missing", "address"


@dataclass(frozen=True)
class Meant:
    """What we mean a carrier to show for one number."""

    coverage_id: UUID
    customer_id: UUID
    carrier: str
    e164: str
    address: Mapping[str, Any]


def compare_all(only: str = "") -> int:
    """Compare every number that can call (of all carriers, or of one) with its carrier's books; answers how many differ. Takes its
    own scopes; a carrier that cannot be asked is passed over, one whose books cannot be read is asked again later."""
    with tenancy.operator_scope():
        meant = _meant(only)
    found, unread = 0, set()
    for (_customer, carrier), those in groupby(meant, key=lambda each: (each.customer_id, each.carrier)):
        listed = list(those)
        for at in range(0, len(listed), AT_ONCE):
            differing = _compare(carrier, listed[at : at + AT_ONCE])
            if differing is None:
                unread.add(carrier)
            found += differing or 0
    _ask_again(unread, only)
    return found


def difference(meant: Meant, held: Held | None) -> str:
    """What differs: MISSING, OTHER_ADDRESS, or "" when the carrier shows what we mean."""
    if held is None or held.emergency_address is None:
        return MISSING
    return "" if dict(held.emergency_address) == dict(meant.address) else OTHER_ADDRESS


def _meant(only: str) -> list[Meant]:
    settled = clock.now() - ON_ITS_WAY
    rows = (
        Coverage.objects.filter(during__endswith=None, during__startswith__lt=settled)
        .order_by("customer_id", "number__carrier", "number__e164")
        .values_list("id", "customer_id", "number__carrier", "number__e164", "address__address")
    )
    if only:
        rows = rows.filter(number__carrier=only)
    return [Meant(*row) for row in rows.iterator()]


def _compare(carrier: str, meant: Sequence[Meant]) -> int | None:
    """How many differ; None when the books could not be read."""
    crashpoint("compare.before_call")
    try:
        books = registry.carrier(carrier).holds([each.e164 for each in meant])
    except CarrierAway:
        return None
    except Exception:  # whatever one carrier answers keeps nobody from asking the others
        log.exception("a carrier's books could not be read", extra={"carrier": carrier})
        return None
    crashpoint("compare.after_call")
    if books is None:
        return 0
    with tenancy.customer_scope(meant[0].customer_id, actor=JOB):
        return sum(_settle(each, difference(each, books.get(each.e164))) for each in meant)


def _ask_again(unread: set[str], only: str) -> None:
    """Note whose books could not be read, and when they are asked for again; those of the others were read, or nobody needs them."""
    now = clock.now()
    with tenancy.operator_scope(actor=JOB), transaction.atomic():
        for carrier in sorted(unread):
            row, _made = UnreadBooks.objects.select_for_update().get_or_create(carrier=carrier)
            row.failures += 1
            row.since = row.since or now
            row.due_at = now + PAUSES[min(row.failures, len(PAUSES)) - 1]
            row.save()
            if row.failures >= ALERT_FROM:
                desk.open_item(UNREAD_KIND, row, now, {"carrier": carrier}, name=carrier)
        waiting = UnreadBooks.objects.select_for_update().exclude(due_at=None).exclude(carrier__in=unread)
        for row in waiting.filter(carrier=only) if only else waiting:
            row.failures, row.since, row.due_at = 0, None, None
            row.save()
            desk.withdraw(UNREAD_KIND, row.id, "read_again")


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

"""Have call records rated: all that are not in a rating version yet, and those parked for want of a price. Operator's scope."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, QuerySet

from dialtone.calls.models import CallRecord
from dialtone.rates.models import RatedCall
from dialtone.rates.rate_calls import Call, Done, Rating

BATCH = 20_000


def charge(version: int = 1, *, processes: int = 1) -> Done:
    """Rate what is not rated. Run again, or after a run that broke off, it does only what is left (M1)."""
    done = Done()
    with Rating(version, processes=processes) as rating:
        for calls in _batches(version):
            done += rating.rate(calls)
    return done


def _batches(version: int) -> Iterator[list[Call]]:
    rated = RatedCall.objects.filter(call_id=OuterRef("id"), rating_version=version)
    waiting: QuerySet[CallRecord] = CallRecord.objects.filter(~Exists(rated)).order_by("id")
    last = None
    while True:
        rows = list((waiting.filter(id__gt=last) if last else waiting)[:BATCH])
        if not rows:
            return
        yield [_call(row) for row in rows]
        last = rows[-1].id


def _call(row: CallRecord) -> Call:
    return Call(
        id=row.id,
        partner_id=row.partner_id,
        customer_id=row.customer_id,
        number_id=row.number_id,
        location_id=row.location_id,
        started_at=row.started_at,
        called=row.called,
        call_type=row.call_type,
        seconds=row.seconds,
    )

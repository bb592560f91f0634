"""Which number shows which address from when to when: the only writer of `Coverage` (E1, E7).

Intervals are half open, so a switch at one instant leaves neither gap nor overlap. Whether the carrier has the address for
these numbers is known before (`register.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import DateTimeField, F, Func, Value

from dialtone.emergency.models import Coverage, EmergencyAddress
from dialtone.numbers.models import Number


def begin(numbers: Sequence[Number], address: EmergencyAddress, now: datetime) -> None:
    """These numbers show the address from `now` on; they must show none at that instant."""
    rows = [
        Coverage(
            partner_id=number.partner_id,
            customer_id=number.customer_id,
            number=number,
            address=address,
            during=DateTimeTZRange(now, None),
        )
        for number in numbers
    ]
    Coverage.objects.bulk_create(rows, batch_size=500)


def end(numbers: Iterable[Number], now: datetime) -> None:
    """These numbers show nothing from `now` on."""
    current = Coverage.objects.filter(number__in=list(numbers), during__endswith=None)
    # What began this very instant never was: an empty interval would say nothing.
    current.filter(during__startswith__gte=now).delete()
    since = Func(F("during"), function="lower", output_field=DateTimeField())
    current.update(
        during=Func(
            since, Value(now, DateTimeField()), function="tstzrange", output_field=DateTimeRangeField()
        )
    )


def switch(numbers: Sequence[Number], address: EmergencyAddress, now: datetime) -> list[Number]:
    """Those of these calling numbers that show another address show this one from `now` on. Answers them."""
    there = Coverage.objects.filter(number__in=list(numbers), address=address, during__endswith=None)
    showing = set(there.values_list("number_id", flat=True))
    turning = [number for number in numbers if number.id not in showing]
    end(turning, now)
    begin(turning, address, now)
    return turning

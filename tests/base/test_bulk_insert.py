"""Many new rows by one statement: as `bulk_create` would write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.forms.models import model_to_dict

from dialtone.base import bulk, clock
from dialtone.base.ids import uuid7
from dialtone.numbers.models import Number
from tests.plugins.world import World, as_customer


def number(office: Any, last: int, **more: Any) -> Number:
    told: dict[str, Any] = {
        "e164": f"+1212207{last:04d}",
        "country": "US",
        "kind": "standard",
        "state": "pending",
        "location_id": office.id,
        "source": "order",
        "carrier": "sandbox",
        "owned_during": DateTimeTZRange(clock.now(), None),
        **more,
    }
    return Number(**told)


def test_rows_are_written_as_one_by_one(world: World, office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "INSERTED_AT_ONCE", 3)
    with as_customer(world.alice):
        made = [
            number(office, 1, place={"city": "New York", "exact": 1}),
            number(office, 2, place={"city": "New York", "exact": True}, usage="service"),
            number(office, 3, ageing_until=clock.now() + timedelta(days=1)),
            number(office, 4, order_id=uuid7(), is_off=True),
        ]
        bulk.insert(made)
        bulk.insert([])
        kept = {each.id: each for each in Number.objects.filter(id__in=[each.id for each in made])}
        assert [model_to_dict(kept[each.id]) for each in made] == [model_to_dict(each) for each in made]
        assert {each.customer_id for each in kept.values()} == {world.alice.id}
        assert kept[made[1].id].place["exact"] is True
        made[0].version = 2
        made[0].save()  # a row that is there, and not a new one


def test_what_the_database_refuses_is_refused(world: World, office: Any) -> None:
    with as_customer(world.alice):
        bulk.insert([number(office, 1)])
        with pytest.raises(IntegrityError), transaction.atomic():
            bulk.insert([number(office, 2), number(office, 1)])  # one owner of a number (N1)
        with pytest.raises(DataError), transaction.atomic():
            bulk.insert([number(office, 3), number(office, 4, kind="x" * 21)])  # nothing is cut off

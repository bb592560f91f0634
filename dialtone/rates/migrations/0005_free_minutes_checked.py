"""Indexes and checks on large tables, without a lock that anybody waits for (D6)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("rates", "0004_free_minutes")]

    operations: ClassVar = [
        ValidateConstraint(model_name="callprice", name="rates_callprice_free_minutes"),
        ValidateConstraint(model_name="ratedcall", name="rates_ratedcall_free_seconds"),
        AddIndexConcurrently(
            model_name="ratedcall",
            index=models.Index(
                condition=models.Q(free_seconds__gt=0),
                fields=["customer_id", "rating_version", "started_at"],
                name="rates_ratedcall_free",
            ),
        ),
        AddIndexConcurrently(
            model_name="unpricedcall",
            index=models.Index(
                condition=models.Q(settled_at=None),
                fields=["rating_version", "call_id"],
                name="rates_unpricedcall_waiting",
            ),
        ),
    ]

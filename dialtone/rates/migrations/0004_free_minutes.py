"""Free minutes of a price, and what calls used of them; when parked calls are tried again."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rates", "0003_partners_prices")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="callprice",
            name="free_minutes",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="pricelist",
            name="charge_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ratedcall",
            name="free_seconds",
            field=models.IntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name="callprice",
            constraint=models.CheckConstraint(
                condition=models.Q(free_minutes__gte=0), name="rates_callprice_free_minutes"
            ),
        ),
        AddConstraintNotValid(
            model_name="ratedcall",
            constraint=models.CheckConstraint(
                condition=models.Q(free_seconds__gte=0, free_seconds__lte=models.F("billed_seconds")),
                name="rates_ratedcall_free_seconds",
            ),
        ),
    ]

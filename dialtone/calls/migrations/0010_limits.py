"""What operator, partner and customer say a customer may use of calls."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0009_emergency_calls_told")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CallLimits",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("level", models.CharField(max_length=10)),
                ("most_calls_at_once", models.IntegerField(null=True)),
                ("most_calls_a_minute", models.IntegerField(null=True)),
                ("most_minutes_a_day", models.IntegerField(null=True)),
                ("most_risky_calls_an_hour", models.IntegerField(null=True)),
                ("most_spent_a_day", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer_id", "level"), name="calls_limits_once")
                ],
            },
        ),
    ]

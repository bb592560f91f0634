"""Destinations that the operator closes: its own to write, everybody's to read."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import grant


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0012_digit_patterns")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ClosedDestination",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefix", models.CharField(max_length=15)),
                ("reason", models.CharField(max_length=200)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("closed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(until_on=None), fields=("prefix",), name="calls_closed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(prefix__regex="^[1-9][0-9]{0,14}$"), name="calls_closed_prefix"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="calls_closed_in_order",
                    ),
                ],
            },
        ),
        grant(
            "calls_closeddestination",
            customer="SELECT",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
    ]

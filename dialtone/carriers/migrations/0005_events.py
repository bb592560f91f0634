"""What carriers tell by themselves, and the keys with which they sign (operator data)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import grant


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("carriers", "0004_by_hand"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="EventKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("carrier", models.CharField(max_length=30)),
                ("wrapped", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("made_by_name", models.CharField(blank=True, max_length=160)),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CarrierEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("carrier", models.CharField(max_length=30)),
                ("said_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=60)),
                ("body", models.JSONField(default=dict)),
                ("heard_at", models.DateTimeField()),
                ("state", models.CharField(max_length=10)),
                ("parked_for", models.CharField(blank=True, max_length=60)),
                ("answer", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "parked")),
                        fields=["-heard_at"],
                        name="carriers_event_parked",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("carrier", "said_id"), name="carriers_event_once")
                ],
            },
        ),
        grant("carriers_eventkey", operator="SELECT, INSERT, UPDATE"),
        grant("carriers_carrierevent", operator="SELECT, INSERT, UPDATE"),
    ]

"""The tables of the free inventory and the functions through which claims are written."""

import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
import dialtone.numbers.inventory.models
from dialtone.numbers.inventory.sql import FUNCTIONS, NO_FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [
        ("numbers", "0002_protection"),
    ]

    operations = [
        migrations.CreateModel(
            name="RangeLoad",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content_hash", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.CharField(max_length=160)),
                ("report", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("country", models.CharField(max_length=2)),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(blank=True, max_length=6)),
                ("area_code", models.CharField(blank=True, max_length=6)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("rate_center", models.CharField(blank=True, max_length=40)),
                ("carrier", models.CharField(max_length=30)),
                ("is_simulated", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("country", "kind", "state", "area_code", "city", "rate_center", "carrier"),
                        name="numbers_area_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("e164", models.BigIntegerField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=1)),
                ("area_id", models.IntegerField(null=True)),
                ("customer_id", models.UUIDField()),
                ("reservation_id", models.UUIDField(null=True)),
                ("order_id", models.UUIDField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "h")),
                        fields=["customer_id", "reservation_id"],
                        name="numbers_claim_held",
                    ),
                    models.Index(
                        condition=models.Q(("state", "h")), fields=["until"], name="numbers_claim_hold_ends"
                    ),
                    models.Index(
                        condition=models.Q(("state", "a")),
                        fields=["rests_until"],
                        name="numbers_claim_rest_ends",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reservation_id__isnull", False), ("state", "h"), ("until__isnull", False)
                            ),
                            models.Q(
                                ("reservation_id__isnull", True), ("state", "o"), ("until__isnull", True)
                            ),
                            models.Q(
                                ("reservation_id__isnull", True),
                                ("rests_until__isnull", False),
                                ("state", "a"),
                                ("until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="numbers_claim_states",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "start", "area_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("start", models.BigIntegerField()),
                ("runs", dialtone.numbers.inventory.models.Multirange()),
                (
                    "area",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="numbers.area"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]

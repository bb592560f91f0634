"""Deliveries of numbers as jobs that can be watched, thrown away and withdrawn; they take the place of `RangeLoad`."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
from dialtone.numbers.inventory.sql_deliveries import DELIVERIES, NO_DELIVERIES

# What was loaded before keeps its report; its numbers were not kept, so it cannot be withdrawn.
_KEPT = """
    INSERT INTO numbers_delivery (id, name, content_hash, size, state, received_at, received_by, rows_read, rows_total, rate,
        report, numbers, problem, problem_values, settled_at, settled_by, version)
    SELECT id, name, content_hash, 0, 'loaded', loaded_at, loaded_by, coalesce((report->>'rows')::integer, 0),
        coalesce((report->>'rows')::integer, 0), 0, report, coalesce((report->>'new')::bigint, 0), '', '{}', loaded_at,
        loaded_by, 1 FROM numbers_rangeload"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0004_available")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("content_hash", models.CharField(max_length=64)),
                ("size", models.BigIntegerField(default=0)),
                ("state", models.CharField(max_length=20)),
                ("received_at", models.DateTimeField()),
                ("received_by", models.CharField(max_length=160)),
                ("rows_read", models.IntegerField(default=0)),
                ("rows_total", models.IntegerField(default=0)),
                ("rate", models.FloatField(default=0)),
                ("report", models.JSONField(default=dict)),
                ("numbers", models.BigIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=60)),
                ("problem_values", models.JSONField(default=dict)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=160)),
                ("due_at", models.DateTimeField(null=True)),
                ("run", models.UUIDField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["refused", "discarded", "withdrawn"]), _negated=True
                        ),
                        fields=("content_hash",),
                        name="numbers_delivery_once",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="numbers_delivery_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryFile",
            fields=[
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="numbers.delivery",
                    ),
                ),
                ("content", models.BinaryField(null=True)),
                ("findings", models.BinaryField(null=True)),
                ("spans", models.BinaryField(null=True)),
            ],
        ),
        migrations.RunSQL(_KEPT, migrations.RunSQL.noop),
        migrations.DeleteModel(name="RangeLoad"),
        migrations.RunSQL(DELIVERIES, NO_DELIVERIES),
    ]

"""Call records, the files they came from, and the rows that wait."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RecordFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("content_hash", models.CharField(max_length=64, unique=True)),
                ("taken_at", models.DateTimeField()),
                ("rows", models.IntegerField()),
                ("new", models.IntegerField()),
                ("known", models.IntegerField()),
                ("parked", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="CallRecord",
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
                ("source", models.CharField(max_length=40)),
                ("call_id", models.CharField(max_length=120)),
                ("direction", models.CharField(max_length=10)),
                ("started_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField()),
                ("seconds", models.IntegerField()),
                ("caller", models.CharField(db_collation="C", max_length=40)),
                ("called", models.CharField(db_collation="C", max_length=40)),
                ("other_country", models.CharField(blank=True, max_length=3)),
                ("call_type", models.CharField(max_length=30)),
                ("number_id", models.UUIDField(null=True)),
                ("location_id", models.UUIDField(null=True)),
                ("owner_kind", models.CharField(blank=True, max_length=20)),
                ("owner_id", models.UUIDField(null=True)),
                ("owner_name", models.CharField(blank=True, max_length=160)),
                ("outcome", models.CharField(max_length=20)),
                ("file_id", models.UUIDField(null=True)),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "started_at", "id"], name="calls_record_customer"),
                    models.Index(fields=["customer_id", "caller", "started_at"], name="calls_record_caller"),
                    models.Index(fields=["customer_id", "called", "started_at"], name="calls_record_called"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "call_id", "direction"), name="calls_record_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__gte", models.F("started_at")), ("seconds__gte", 0)),
                        name="calls_record_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParkedRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.IntegerField()),
                ("cells", models.JSONField()),
                ("code", models.CharField(max_length=60)),
                ("parked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="calls.recordfile"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["parked_at"],
                        name="calls_parked_waiting",
                    )
                ],
            },
        ),
    ]

"""Numbers to call back, places in a building, who is told of emergency calls, and the logs of these and of test calls."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("emergency", "0005_registrations"),
        ("numbers", "0009_gone_known"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallbackChoice",
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
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                ("location_id", models.UUIDField()),
                ("selected", models.CharField(max_length=30)),
                ("member_kind", models.CharField(blank=True, max_length=20)),
                ("member_id", models.UUIDField(null=True)),
                ("elin_enabled", models.BooleanField(default=False)),
                ("elin_for_app_enabled", models.BooleanField(default=False)),
                ("elin_minutes", models.IntegerField(default=60)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "subject_id"), name="emergency_callback_choice_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallerPlace",
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
                ("owner_kind", models.CharField(max_length=20)),
                ("owner_id", models.UUIDField()),
                ("location_id", models.UUIDField()),
                ("building", models.CharField(blank=True, max_length=60)),
                ("floor", models.CharField(blank=True, max_length=20)),
                ("room", models.CharField(blank=True, max_length=20)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(blank=True, max_length=160)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "owner_id"), name="emergency_caller_place_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyCall",
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
                ("call_id", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("code", models.CharField(max_length=40)),
                ("caller", models.CharField(max_length=40)),
                ("callback", models.CharField(blank=True, max_length=40)),
                ("address", models.CharField(blank=True, max_length=400)),
                ("number_id", models.UUIDField(null=True)),
                ("location_id", models.UUIDField(null=True)),
                ("reported_by", models.CharField(max_length=10)),
                ("reported_at", models.DateTimeField()),
                ("notices", models.IntegerField(default=0)),
                ("is_demanded", models.BooleanField(default=False)),
                ("is_late", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["customer_id", "at"], name="emergency_call_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer_id", "call_id"), name="emergency_call_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeSetting",
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
                ("location_id", models.UUIDField(null=True)),
                ("is_enabled", models.BooleanField(default=False)),
                ("for_all_locations", models.BooleanField(default=False)),
                ("emails", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "location_id"),
                        name="emergency_notice_setting_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AddressTest",
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
                ("at", models.DateTimeField()),
                ("said_by", models.CharField(max_length=160)),
                ("is_right", models.BooleanField()),
                ("heard", models.CharField(blank=True, max_length=400)),
                (
                    "address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="emergency.emergencyaddress"
                    ),
                ),
                (
                    "number",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="numbers.number"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer_id", "at"], name="emergency_test_call_at")],
            },
        ),
    ]

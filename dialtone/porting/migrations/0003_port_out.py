"""Port-out: unlocks with a PIN each, requests with their numbers. The three tables before them were never used by any verb."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, referable, same_customer

CHANGING = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("porting", "0002_protection"), ("numbers", "0007_gone")]

    operations: ClassVar = [
        migrations.DeleteModel("NumberLock"),
        migrations.DeleteModel("PortOut"),
        migrations.DeleteModel("PortOutPin"),
        migrations.CreateModel(
            name="PortOut",
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
                ("number", models.CharField(max_length=20, unique=True)),
                ("asked_by", models.CharField(max_length=80)),
                ("reference", models.CharField(max_length=80)),
                ("carrier", models.CharField(max_length=30)),
                ("country", models.CharField(max_length=2)),
                ("zone", models.CharField(max_length=60)),
                ("subdivision", models.CharField(blank=True, max_length=6)),
                ("told", models.JSONField(default=dict)),
                ("wished_on", models.DateField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                ("quantity", models.IntegerField()),
                ("leaves_on", models.DateField(null=True)),
                ("leaves_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by_name", models.CharField(blank=True, max_length=160)),
                ("ended_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "-asked_at"], name="porting_portout_customer"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="porting_portout_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "asked_by", "reference"), name="porting_portout_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unlock",
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
                ("hashed_pin", models.CharField(max_length=200)),
                ("quantity", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField(null=True)),
                ("made_by_name", models.CharField(max_length=160)),
                ("needs_second", models.BooleanField(default=False)),
                ("confirmed_by", models.UUIDField(null=True)),
                ("confirmed_by_name", models.CharField(blank=True, max_length=160)),
                ("until", models.DateTimeField()),
                ("failures", models.SmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=20)),
                ("due_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="porting_unlock_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PortOutNumber",
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
                ("position", models.IntegerField()),
                ("e164", models.CharField(db_collation="C", max_length=16)),
                ("location_id", models.UUIDField()),
                ("state", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("checks", models.JSONField(default=dict)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "request",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.portout"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "e164"], name="porting_portoutnumber_number")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("request", "e164"), name="porting_portoutnumber_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "agreed"])),
                        fields=("e164",),
                        name="porting_portoutnumber_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnlockedNumber",
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
                ("e164", models.CharField(db_collation="C", max_length=16)),
                ("unlocked_at", models.DateTimeField(null=True)),
                ("locked_at", models.DateTimeField(null=True)),
                (
                    "unlock",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.unlock"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("locked_at__isnull", True)),
                        fields=("e164",),
                        name="porting_unlockednumber_one_open",
                    )
                ],
            },
        ),
        protect("porting_unlock", customer=CHANGING, partner="", operator=CHANGING),
        protect("porting_unlockednumber", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect("porting_portout", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect("porting_portoutnumber", customer=CHANGING, partner="SELECT", operator=CHANGING),
        referable("porting_unlock"),
        referable("porting_portout"),
        same_customer("porting_unlockednumber", "unlock_id", "porting_unlock"),
        same_customer("porting_portoutnumber", "request_id", "porting_portout"),
        same_customer("porting_portoutnumber", "location_id", "locations_location"),
        of_known_tenant("porting_unlock"),
        of_known_tenant("porting_unlockednumber"),
        of_known_tenant("porting_portout"),
        of_known_tenant("porting_portoutnumber"),
    ]

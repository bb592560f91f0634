"""Which number and name somebody's calls show; rights and row-level security with it."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, same_customer

TABLE = "numbers_calleridchoice"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0009_gone_known")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CallerIdChoice",
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
                ("selected", models.CharField(default="DIRECT_LINE", max_length=20)),
                (
                    "number",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="numbers.number"
                    ),
                ),
                ("name_policy", models.CharField(default="DIRECT_LINE", max_length=20)),
                ("custom_name", models.CharField(blank=True, max_length=30)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer_id", "owner_id"), name="numbers_caller_id_once")
                ],
            },
        ),
        protect(TABLE),
        of_known_tenant(TABLE),
        same_customer(TABLE, "number_id", "numbers_number"),
    ]

"""Whose calls people, workspaces and virtual lines take."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, same_customer

TABLE = "calls_incomingpermissions"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0017_access_codes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="IncomingPermissions",
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
                ("location_id", models.UUIDField(null=True)),
                ("is_own", models.BooleanField(default=False)),
                ("external", models.CharField(default="ALLOW_ALL_EXTERNAL", max_length=40)),
                ("internal", models.BooleanField(default=True)),
                ("collect", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer_id", "subject_id"), name="calls_incoming_once")
                ],
            },
        ),
        protect(TABLE),
        of_known_tenant(TABLE),
        same_customer(TABLE, "location_id", "locations_location"),
    ]

"""Access codes, and the numbers that calls of an outgoing permission go to instead."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, same_customer

TABLE = "calls_accesscode"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0016_calls_rated_for_partners")]

    operations: ClassVar = [
        migrations.AddField("outgoingpermissions", "transfers", models.JSONField(null=True)),
        migrations.AddField("outgoingpermissions", "transfers_are_own", models.BooleanField(null=True)),
        migrations.AddField("outgoingpermissions", "codes_are_own", models.BooleanField(null=True)),
        migrations.CreateModel(
            name="AccessCode",
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
                ("description", models.CharField(blank=True, max_length=128)),
                ("fingerprint", models.CharField(max_length=32)),
                ("sealed", models.BinaryField()),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "subject_id", "fingerprint"), name="calls_access_code_once"
                    )
                ],
            },
        ),
        protect(TABLE),
        of_known_tenant(TABLE),
        same_customer(TABLE, "location_id", "locations_location"),
    ]

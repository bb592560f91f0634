"""Operating modes, with their rights."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("services", "0006_kept"),
        ("locations", "0002_protection"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OperatingMode",
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
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=24)),
                ("hours", models.JSONField(default=dict)),
                ("holidays", models.JSONField(default=list)),
                ("forwarding", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
            ],
        ),
        migrations.AddConstraint(
            model_name="operatingmode",
            constraint=models.UniqueConstraint(
                fields=("customer_id", "location_id", "name"),
                name="services_operatingmode_name",
                nulls_distinct=False,
            ),
        ),
        protect("services_operatingmode"),
        of_known_tenant("services_operatingmode"),
        referable("services_operatingmode"),
        same_customer("services_operatingmode", "location_id", "locations_location"),
    ]

"""Contact centres (USE-07), with their rights."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("services", "0004_site_services_protection"),
        ("locations", "0002_protection"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ContactCenter",
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
                ("location_id", models.UUIDField()),
                ("name", models.CharField(max_length=120)),
                ("search_name", models.CharField(max_length=240)),
                ("created_at", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
            ],
        ),
        migrations.AddConstraint(
            model_name="contactcenter",
            constraint=models.UniqueConstraint(
                fields=("customer_id", "location_id", "search_name"), name="services_contactcenter_name"
            ),
        ),
        protect("services_contactcenter"),
        of_known_tenant("services_contactcenter"),
        referable("services_contactcenter"),
        same_customer("services_contactcenter", "location_id", "locations_location"),
    ]

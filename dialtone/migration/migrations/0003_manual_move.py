"""Moves by hand (MIG-13), with their rights."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("migration", "0002_protection")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ManualMove",
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
                ("name", models.CharField(max_length=80)),
                ("target", models.CharField(max_length=30)),
                ("provider_id", models.UUIDField(null=True)),
                ("new_location_id", models.UUIDField(null=True)),
                ("state", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("begun_by_name", models.CharField(blank=True, max_length=160)),
                ("begun_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("customer_id", "location_id"),
                        name="migration_manualmove_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["create", "abandoned"]),
                            ("new_location_id__isnull", False),
                            _connector="OR",
                        ),
                        name="migration_manualmove_has_a_goal",
                    ),
                ],
            },
        ),
        protect(
            "migration_manualmove",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        same_customer("migration_manualmove", "location_id", "locations_location"),
        same_customer("migration_manualmove", "new_location_id", "locations_location"),
        of_known_tenant("migration_manualmove"),
    ]

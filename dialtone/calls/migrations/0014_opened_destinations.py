"""Closed destinations that are open for one customer."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect

TABLE = "calls_openeddestination"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0013_closed_destinations")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OpenedDestination",
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
                ("prefix", models.CharField(max_length=15)),
                ("reason", models.CharField(max_length=200)),
                ("case_id", models.UUIDField(null=True)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_on", None)),
                        fields=("customer_id", "prefix"),
                        name="calls_opened_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("prefix__regex", "^[1-9][0-9]{0,14}$")),
                        name="calls_opened_prefix",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="calls_opened_in_order",
                    ),
                ],
            },
        ),
        protect(TABLE),
        of_known_tenant(TABLE),
    ]

"""What a customer says of all its queues, with the rights to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("services", "0007_operating_modes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="QueueDefaults",
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
                ("told", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="queuedefaults",
            constraint=models.UniqueConstraint(fields=("customer_id",), name="services_queuedefaults_once"),
        ),
        protect("services_queuedefaults"),
        of_known_tenant("services_queuedefaults"),
    ]

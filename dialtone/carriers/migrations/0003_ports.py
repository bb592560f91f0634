"""What carriers say about ports, and the sandbox's book of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import grant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("carriers", "0002_protection")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PortStatement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("carrier", models.CharField(max_length=30)),
                ("said_id", models.CharField(max_length=160)),
                ("order_ref", models.CharField(max_length=80)),
                ("partner_id", models.UUIDField(null=True)),
                ("customer_id", models.UUIDField(null=True)),
                ("attempt", models.IntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("said_at", models.DateTimeField()),
                ("body", models.JSONField(default=dict)),
                ("source", models.CharField(max_length=10)),
                ("confirmed", models.BooleanField(default=False)),
                ("heard_at", models.DateTimeField()),
                ("parked_for", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "indexes": [models.Index(fields=["order_ref"], name="carriers_portstatement_order")],
                "constraints": [
                    models.UniqueConstraint(fields=("carrier", "said_id"), name="carriers_portstatement_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SandboxPort",
            fields=[
                ("reference", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("order_ref", models.CharField(db_index=True, max_length=80)),
                ("attempt", models.IntegerField()),
                ("asked", models.JSONField()),
                ("received_at", models.DateTimeField()),
                ("changes", models.JSONField(default=list)),
            ],
        ),
        protect("carriers_portstatement", customer="SELECT, INSERT, UPDATE", partner="SELECT"),
        grant("carriers_sandboxport", operator="SELECT, INSERT, UPDATE, DELETE"),
    ]

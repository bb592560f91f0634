"""What was told and not kept: where a workspace without a line is, zone, language and directory of virtual lines, a queue's services."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from dialtone.base.protection import same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("services", "0005_contact_center"),
        ("locations", "0002_protection"),
    ]

    operations: ClassVar = [
        migrations.AddField("workspace", "location_id", models.UUIDField(null=True)),
        same_customer("services_workspace", "location_id", "locations_location"),
        migrations.AddField(
            "virtualline", "time_zone", models.CharField(blank=True, default="", db_default="", max_length=60)
        ),
        migrations.AddField(
            "virtualline", "language", models.CharField(blank=True, default="", db_default="", max_length=10)
        ),
        migrations.AddField(
            "virtualline", "in_directory", models.BooleanField(default=True, db_default=True)
        ),
        migrations.AddField("callgroup", "services", models.JSONField(default=dict, db_default={})),
    ]

"""Carriers whose books could not be read, and when they are asked for again (operator data)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import grant


class Migration(migrations.Migration):
    dependencies: ClassVar = [("emergency", "0007_callbacks_protection")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="UnreadBooks",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("carrier", models.CharField(max_length=30, unique=True)),
                ("failures", models.IntegerField(default=0)),
                ("since", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
            ],
        ),
        grant("emergency_unreadbooks", operator="SELECT, INSERT, UPDATE"),
    ]

"""Digit patterns: exceptions to outgoing permissions."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0011_limits_protection")]

    operations: ClassVar = [
        migrations.AddField("outgoingpermissions", "patterns", models.JSONField(null=True)),
        migrations.AddField("outgoingpermissions", "patterns_are_own", models.BooleanField(null=True)),
    ]

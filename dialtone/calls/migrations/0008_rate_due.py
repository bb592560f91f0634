"""The records of a file wait to be rated."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0007_report_protection"), ("rates", "0004_free_minutes")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="recordfile", name="rate_due_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(model_name="recordfile", name="rate_from", field=models.UUIDField(null=True)),
    ]

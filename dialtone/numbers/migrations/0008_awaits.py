"""A line may wait for a number that is being ported."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0007_gone")]

    operations: ClassVar = [
        migrations.AddField(
            "line", "awaits", models.CharField(blank=True, default="", db_default="", max_length=16)
        ),
    ]

"""Why a number did not come may be a sentence of the desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0005_no_sandbox_carrier")]

    operations: ClassVar = [
        migrations.AlterField("orderline", "reason", models.CharField(blank=True, max_length=200)),
    ]

"""A run has the calls rated first, and remembers that it has."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0007_parties_protection"), ("calls", "0008_rate_due")]

    operations: ClassVar = [
        migrations.AddField(model_name="run", name="rated_at", field=models.DateTimeField(null=True)),
    ]

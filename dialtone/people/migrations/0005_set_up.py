"""When an organisation's first set-up was finished."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0004_approval_protection")]

    operations: ClassVar = [
        migrations.AddField("organisation", "set_up_at", models.DateTimeField(null=True)),
    ]

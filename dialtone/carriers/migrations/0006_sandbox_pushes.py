"""What the sandbox's losing carriers have told by themselves so far, and when they tell more."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("carriers", "0005_events"),
    ]

    operations: ClassVar = [
        migrations.AddField("sandboxport", "pushed_until", models.DateTimeField(null=True)),
        migrations.AddField("sandboxport", "push_due_at", models.DateTimeField(null=True)),
    ]

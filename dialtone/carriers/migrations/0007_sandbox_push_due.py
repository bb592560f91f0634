"""The index by which the sandbox's losing carriers find what they tell next."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("carriers", "0006_sandbox_pushes")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="sandboxport",
            index=models.Index(
                fields=["push_due_at"],
                name="carriers_sandboxport_push",
                condition=models.Q(push_due_at__isnull=False),
            ),
        ),
    ]

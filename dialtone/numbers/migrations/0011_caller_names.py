"""The names that a line's calls show in place of its owner's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0010_caller_id")]

    operations: ClassVar = [
        migrations.AddField(
            "calleridchoice", name, models.CharField(blank=True, default="", db_default="", max_length=80)
        )
        for name in ("first_name", "last_name")
    ]

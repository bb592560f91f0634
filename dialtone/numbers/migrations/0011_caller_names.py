"""The names that a line's calls show in place of its owner's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0010_caller_id")]

    operations: ClassVar = [
        migrations.AddField(
            "calleridchoice",
            "first_name",
            models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.AddField(
            "calleridchoice",
            "last_name",
            models.CharField(blank=True, db_default="", max_length=80),
        ),
    ]

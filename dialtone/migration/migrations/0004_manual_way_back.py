"""What has gone in a move by hand, for the way back. Of moves that were under way before, nothing is known of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("migration", "0003_manual_move")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="manualmove",
            name="went",
            field=ArrayField(base_field=models.UUIDField(), db_default=[], default=list, size=None),
        ),
    ]

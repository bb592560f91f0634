"""Whether somebody switched a number off is a fact of its own: it was read from the time during which the number could call, which
a number that was switched off at the very instant it was switched on does not have."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0005_deliveries")]

    operations: ClassVar = [
        migrations.AddField("number", "is_off", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(
            "UPDATE numbers_number SET is_off = true WHERE state = 'inactive' AND calls_during IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]

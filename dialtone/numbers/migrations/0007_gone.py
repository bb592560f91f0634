"""Numbers that have left to another carrier."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from dialtone.numbers.inventory.sql_gone import GONE, NOT_GONE


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0006_is_off")]

    operations: ClassVar = [
        migrations.RemoveConstraint("claim", "numbers_claim_states"),
        migrations.AddConstraint(
            "claim",
            models.CheckConstraint(
                name="numbers_claim_states",
                condition=models.Q(state="h", reservation_id__isnull=False, until__isnull=False)
                | models.Q(state__in=["o", "g"], reservation_id__isnull=True, until__isnull=True)
                | models.Q(
                    state="a", reservation_id__isnull=True, until__isnull=True, rests_until__isnull=False
                ),
            ),
        ),
        migrations.AddField("number", "is_leaving", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(GONE, NOT_GONE),
    ]

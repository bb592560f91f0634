"""Whether a holder has seen what happened to a request. Those of before were marked by nobody."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("porting", "0003_port_out")]

    operations: ClassVar = [
        migrations.AddField("portout", "seen_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "portout", "seen_by_name", models.CharField(blank=True, db_default="", max_length=160)
        ),
    ]

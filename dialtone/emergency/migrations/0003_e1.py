"""E1 is held by the database: a deferred constraint on numbers and on what they show."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.emergency.sql import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):
    dependencies: ClassVar = [("emergency", "0002_protection")]
    operations: ClassVar = [migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)]

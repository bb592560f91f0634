"""Which numbers are with another carrier by now, for whoever brings them back."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.numbers.inventory.sql_gone import KNOWN, NOT_KNOWN


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0008_awaits")]

    operations: ClassVar = [migrations.RunSQL(KNOWN, NOT_KNOWN)]

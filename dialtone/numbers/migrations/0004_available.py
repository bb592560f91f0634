"""Which of some numbers can be had."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.numbers.inventory.sql_available import AVAILABLE, NO_AVAILABLE


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0003_inventory")]

    operations: ClassVar = [migrations.RunSQL(AVAILABLE, NO_AVAILABLE)]

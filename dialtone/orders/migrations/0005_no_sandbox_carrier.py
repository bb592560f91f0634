"""Real installations had the sandbox carrier written into their rows, which does not work outside a sandbox: their people
(the desk) are the only carrier that they can have had."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("locations_location", "numbers_number", "emergency_emergencyaddress", "orders_order")
REAL = "EXISTS (SELECT FROM base_installation WHERE NOT is_sandbox)"


def to_the_desk(table: str, more: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"UPDATE {table} SET carrier = 'desk' WHERE carrier = 'sandbox'{more} AND {REAL}",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0004_case_protection"),
        ("base", "0003_installation"),
        ("carriers", "0002_protection"),
        ("emergency", "0004_own_addresses"),
        ("locations", "0004_provider"),
        ("numbers", "0005_deliveries"),
    ]

    operations: ClassVar = [
        *(to_the_desk(table) for table in TABLES),
        to_the_desk("carriers_command", " AND state <> 'done'"),
    ]

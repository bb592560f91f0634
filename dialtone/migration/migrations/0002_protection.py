"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("migration", "0001_initial"),
        ("people", "0002_protection"),
        ("locations", "0002_protection"),
    ]

    operations: ClassVar = [
        protect(
            "migration_move",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "migration_site",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        referable("migration_move"),
        same_customer("migration_site", "move_id", "migration_move"),
        same_customer("migration_site", "location_id", "locations_location"),
        of_known_tenant("migration_move"),
        of_known_tenant("migration_site"),
    ]

"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbers", "0001_initial"), ("locations", "0002_protection")]

    operations: ClassVar = [
        protect(
            "numbers_block",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "numbers_number",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "numbers_usageinterval",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "numbers_line",
            customer="SELECT, INSERT, UPDATE, DELETE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE, DELETE",
        ),
        referable("numbers_block"),
        referable("numbers_number"),
        same_customer("numbers_number", "location_id", "locations_location"),
        same_customer("numbers_number", "block_id", "numbers_block"),
        same_customer("numbers_line", "location_id", "locations_location"),
        same_customer("numbers_line", "number_id", "numbers_number"),
        same_customer("numbers_usageinterval", "number_id", "numbers_number"),
        of_known_tenant("numbers_number"),
    ]

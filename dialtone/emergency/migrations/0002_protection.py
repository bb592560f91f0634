"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("emergency", "0001_initial"), ("numbers", "0002_protection")]

    operations: ClassVar = [
        protect(
            "emergency_emergencyaddress",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "emergency_coverage",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        referable("emergency_emergencyaddress"),
        same_customer("emergency_emergencyaddress", "location_id", "locations_location"),
        same_customer("emergency_coverage", "number_id", "numbers_number"),
        same_customer("emergency_coverage", "address_id", "emergency_emergencyaddress"),
        of_known_tenant("emergency_emergencyaddress"),
    ]

"""Rights and row-level security of what came with numbers to call back."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, same_customer

TABLES = ("callbackchoice", "callerplace", "noticesetting", "emergencycall", "addresstest")
LEVEL = "SELECT, INSERT, UPDATE"


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("emergency", "0006_callbacks_and_notices"),
        ("locations", "0002_protection"),
        ("numbers", "0002_protection"),
    ]

    operations: ClassVar = [
        *(
            protect(f"emergency_{table}", customer=LEVEL, partner="SELECT", operator=LEVEL)
            for table in TABLES
        ),
        *(of_known_tenant(f"emergency_{table}") for table in TABLES),
        *(
            same_customer(f"emergency_{table}", "location_id", "locations_location")
            for table in TABLES
            if table != "addresstest"
        ),
        same_customer("emergency_emergencycall", "number_id", "numbers_number"),
        same_customer("emergency_addresstest", "number_id", "numbers_number"),
        same_customer("emergency_addresstest", "address_id", "emergency_emergencyaddress"),
    ]

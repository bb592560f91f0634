"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, grant, of_known_tenant, protect, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("calls", "0001_initial"),
        ("people", "0002_protection"),
        ("numbers", "0002_protection"),
        ("locations", "0002_protection"),
    ]

    operations: ClassVar = [
        protect("calls_callrecord", customer="SELECT", partner="SELECT", operator="SELECT, INSERT"),
        append_only("calls_callrecord"),
        of_known_tenant("calls_callrecord"),
        same_customer("calls_callrecord", "number_id", "numbers_number"),
        same_customer("calls_callrecord", "location_id", "locations_location"),
        grant("calls_recordfile", operator="SELECT, INSERT, UPDATE"),
        grant("calls_parkedrow", operator="SELECT, INSERT, UPDATE"),
    ]

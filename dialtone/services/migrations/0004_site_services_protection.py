"""Rights and row-level security of the tables of menus, groups, schedules and announcements."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer

TABLES = (
    "services_schedule",
    "services_announcement",
    "services_phonemenu",
    "services_callgroup",
    "services_member",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("services", "0003_site_services"), ("locations", "0002_protection")]

    operations: ClassVar = [
        *(protect(table) for table in TABLES),
        *(of_known_tenant(table) for table in TABLES),
        *(referable(table) for table in TABLES),
        *(same_customer(table, "location_id", "locations_location") for table in TABLES[:-1]),
        same_customer("services_phonemenu", "business_schedule_id", "services_schedule"),
        same_customer("services_phonemenu", "holiday_schedule_id", "services_schedule"),
        same_customer("services_member", "group_id", "services_callgroup"),
    ]

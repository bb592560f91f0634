"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("locations", "0001_initial"),
        ("people", "0002_protection"),
        ("plans", "0002_protection"),
    ]

    operations: ClassVar = [
        protect(
            "locations_location",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "locations_draft",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "locations_contract",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        referable("locations_location"),
        same_customer("locations_contract", "location_id", "locations_location"),
        same_customer("locations_draft", "location_id", "locations_location"),
        same_customer("locations_location", "subscription_id", "plans_subscription"),
        of_known_tenant("locations_location"),
        of_known_tenant("locations_draft"),
    ]

"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, grant, of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("plans", "0001_initial"), ("people", "0002_protection")]

    operations: ClassVar = [
        protect(
            "plans_subscription",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "plans_licence",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "plans_licenceuse",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "plans_acceptance",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        grant("plans_terms", customer="SELECT", partner="SELECT", operator="SELECT, INSERT", door="SELECT"),
        append_only("plans_terms"),
        referable("plans_subscription"),
        same_customer("plans_licence", "subscription_id", "plans_subscription"),
        of_known_tenant("plans_subscription"),
        of_known_tenant("plans_licence"),
        of_known_tenant("plans_acceptance"),
    ]

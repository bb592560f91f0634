"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, of_known_tenant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("support", "0001_initial"), ("people", "0002_protection")]

    operations: ClassVar = [
        protect(
            "support_case",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "support_message", customer="SELECT, INSERT", partner="SELECT, INSERT", operator="SELECT, INSERT"
        ),
        append_only("support_message"),
        of_known_tenant("support_case"),
    ]

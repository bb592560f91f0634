"""Rights and row-level security of this room's tables: the catalogue is the operator's, a preference its partner's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import grant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("providers", "0001_initial"), ("people", "0002_protection")]

    operations: ClassVar = [
        grant("providers_provider", customer="SELECT", partner="SELECT", operator="SELECT, INSERT, UPDATE"),
        protect(
            "providers_preference",
            customer="SELECT",
            partner="SELECT, INSERT, UPDATE, DELETE",
            operator="SELECT, INSERT, UPDATE, DELETE",
            customer_sees="customer_id IS NULL AND partner_id = nullif(current_setting('app.partner', true), '')::uuid",
        ),
    ]

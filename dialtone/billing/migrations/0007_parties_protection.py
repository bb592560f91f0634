"""Rights and row-level security of the parties: everybody keeps the own, and sees who sells to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect

_PARTNERS = "partner_id = nullif(current_setting('app.partner', true), '')::uuid"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0006_parties")]

    operations: ClassVar = [
        protect(
            "billing_party",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
            customer_sees=f"customer_id IS NULL AND (partner_id IS NULL OR {_PARTNERS})",
            partner_sees="partner_id IS NULL",
        ),
        of_known_tenant("billing_party"),
    ]

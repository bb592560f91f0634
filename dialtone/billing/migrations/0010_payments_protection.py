"""Rights and row-level security of the payments: written once, by the operator."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, of_known_tenant, protect, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0009_payments")]

    operations: ClassVar = [
        protect("billing_payment", customer="SELECT", partner="SELECT", operator="SELECT, INSERT"),
        append_only("billing_payment"),
        of_known_tenant("billing_payment"),
        same_customer("billing_payment", "invoice_id", "billing_invoice"),
    ]

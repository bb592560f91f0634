"""Rights and row-level security of the corrections: asked for and decided by the operator's people."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0003_corrections")]

    operations: ClassVar = [
        protect("billing_correction", customer="", partner="", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("billing_correction"),
        same_customer("billing_correction", "invoice_id", "billing_invoice"),
        same_customer("billing_correction", "note_id", "billing_invoice"),
    ]

"""Rights and row-level security of orders by support case."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import protect, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0003_case_orders")]

    operations: ClassVar = [
        protect(
            "orders_caseorder",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "orders_casepaper",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        same_customer("orders_caseorder", "order_id", "orders_order"),
        same_customer("orders_casepaper", "order_id", "orders_order"),
    ]

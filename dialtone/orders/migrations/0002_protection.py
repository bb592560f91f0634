"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0001_initial"), ("emergency", "0002_protection")]

    operations: ClassVar = [
        protect(
            "orders_order",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "orders_orderline",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect(
            "orders_cart",
            customer="SELECT, INSERT, UPDATE, DELETE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE, DELETE",
        ),
        protect(
            "orders_cartline",
            customer="SELECT, INSERT, UPDATE, DELETE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE, DELETE",
        ),
        referable("orders_cart"),
        referable("orders_order"),
        same_customer("orders_cart", "location_id", "locations_location"),
        same_customer("orders_cartline", "cart_id", "orders_cart"),
        same_customer("orders_order", "location_id", "locations_location"),
        same_customer("orders_orderline", "order_id", "orders_order"),
        of_known_tenant("orders_order"),
    ]

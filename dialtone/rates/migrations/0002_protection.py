"""Rights and row-level security: prices and rated calls are written once; customers see the lists that hold for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, of_known_tenant, protect, same_customer

_PARTNERS = "partner_id = nullif(current_setting('app.partner', true), '')::uuid"
_FOR_CUSTOMERS = f"customer_id IS NULL AND (partner_id IS NULL OR {_PARTNERS})"
_FOR_PARTNERS = "partner_id IS NULL"


def _prices(table: str, operator: str = "SELECT, INSERT") -> list[object]:
    return [
        protect(
            table,
            customer="SELECT",
            partner="SELECT",
            operator=operator,
            customer_sees=_FOR_CUSTOMERS,
            partner_sees=_FOR_PARTNERS,
        ),
        of_known_tenant(table),
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("rates", "0001_initial"),
        ("people", "0002_protection"),
        ("numbers", "0002_protection"),
        ("locations", "0002_protection"),
    ]

    operations: ClassVar = [
        *_prices("rates_pricelist", "SELECT, INSERT, UPDATE"),
        *_prices("rates_callprice"),
        append_only("rates_callprice"),
        *_prices("rates_chargeprice"),
        append_only("rates_chargeprice"),
        protect("rates_ratedcall", customer="SELECT", partner="SELECT", operator="SELECT, INSERT"),
        append_only("rates_ratedcall"),
        of_known_tenant("rates_ratedcall"),
        same_customer("rates_ratedcall", "number_id", "numbers_number"),
        same_customer("rates_ratedcall", "location_id", "locations_location"),
        protect("rates_unpricedcall", customer="SELECT", partner="SELECT", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("rates_unpricedcall"),
        protect("rates_priceversion", customer="", partner="", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("rates_priceversion"),
    ]

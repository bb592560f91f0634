"""Rights and row-level security of this room's tables, and what the database holds of the invariants."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, of_known_tenant, protect, referable, same_customer
from dialtone.porting.sql import FUNCTIONS, NO_FUNCTIONS

CHANGING = "SELECT, INSERT, UPDATE"
PARTS = (
    "porting_portnumber",
    "porting_portpaper",
    "porting_letter",
    "porting_portrejection",
    "porting_portcomment",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("porting", "0001_initial"),
        ("carriers", "0003_ports"),
        ("emergency", "0004_own_addresses"),
        ("locations", "0003_links"),
        ("numbers", "0003_inventory"),
        ("people", "0002_protection"),
        ("plans", "0003_one_living"),
    ]

    operations: ClassVar = [
        protect("porting_portorder", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect(
            "porting_portnumber",
            customer=f"{CHANGING}, DELETE",
            partner="SELECT",
            operator=CHANGING,
        ),
        protect("porting_portpaper", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect("porting_letter", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect("porting_portrejection", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect(
            "porting_portcomment", customer="SELECT, INSERT", partner="SELECT", operator="SELECT, INSERT"
        ),
        protect("porting_numberlock", customer=CHANGING, partner="SELECT", operator=CHANGING),
        protect("porting_portoutpin", customer=CHANGING, partner="", operator=CHANGING),
        protect("porting_portout", customer=CHANGING, partner="SELECT", operator=CHANGING),
        referable("porting_portorder"),
        same_customer("porting_portorder", "location_id", "locations_location"),
        same_customer("porting_portout", "location_id", "locations_location"),
        *[same_customer(table, "order_id", "porting_portorder") for table in PARTS],
        append_only("porting_portcomment"),
        of_known_tenant("porting_portorder"),
        of_known_tenant("porting_portout"),
        of_known_tenant("porting_numberlock"),
        of_known_tenant("porting_portoutpin"),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
    ]

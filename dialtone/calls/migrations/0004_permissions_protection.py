"""Rights and row-level security of outgoing permissions."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, same_customer

TABLE = "calls_outgoingpermissions"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0003_outgoing_permissions")]

    operations: ClassVar = [
        protect(TABLE),
        of_known_tenant(TABLE),
        same_customer(TABLE, "location_id", "locations_location"),
    ]

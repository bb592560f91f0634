"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("services", "0001_initial"), ("locations", "0002_protection")]

    operations: ClassVar = [
        protect("services_workspace"),
        protect("services_virtualline"),
        referable("services_workspace"),
        referable("services_virtualline"),
        same_customer("services_virtualline", "location_id", "locations_location"),
        of_known_tenant("services_workspace"),
        of_known_tenant("services_virtualline"),
    ]

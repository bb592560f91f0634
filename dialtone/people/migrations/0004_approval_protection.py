"""Rights and row-level security of what takes two persons."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0003_approval")]

    operations: ClassVar = [
        protect(
            "people_approval",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
        ),
        of_known_tenant("people_approval"),
    ]

"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import grant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("carriers", "0001_initial"), ("people", "0002_protection")]

    operations: ClassVar = [
        protect("carriers_command", customer="SELECT, INSERT", partner="", operator="SELECT, INSERT, UPDATE"),
        grant("carriers_sandboxwork", operator="SELECT, INSERT, UPDATE, DELETE"),
        grant("carriers_sandboxrecord", operator="SELECT, INSERT, UPDATE, DELETE"),
    ]

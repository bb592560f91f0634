"""Rights and row-level security of limits of calls."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect

TABLE = "calls_calllimits"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0010_limits")]

    operations: ClassVar = [protect(TABLE), of_known_tenant(TABLE)]

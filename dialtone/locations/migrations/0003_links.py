"""Contracts can be found by the link of their letter, and a location has one contract."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from dialtone.base.protection import of_known_tenant
from dialtone.locations.sql import FUNCTIONS


class Migration(migrations.Migration):
    dependencies: ClassVar = [("locations", "0002_protection")]

    operations: ClassVar = [
        migrations.AddConstraint(
            "contract",
            models.UniqueConstraint(fields=["location"], name="locations_contract_one_per_location"),
        ),
        of_known_tenant("locations_contract"),
        migrations.RunSQL(FUNCTIONS, "DROP FUNCTION locations_contract_by_link"),
    ]

"""An own address names its number; one is in effect at a time; what was accepted is kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from dialtone.base.protection import of_known_tenant, same_customer
from dialtone.emergency.sql import DROP_VERSIONS, VERSIONS


class Migration(migrations.Migration):
    dependencies: ClassVar = [("emergency", "0003_e1")]

    operations: ClassVar = [
        migrations.AddField(
            "emergencyaddress",
            "number",
            models.ForeignKey(null=True, on_delete=models.deletion.PROTECT, to="numbers.number"),
        ),
        migrations.AddConstraint(
            "emergencyaddress",
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(("state__in", ["accepted", "tested"])),
                name="emergency_address_one_own",
            ),
        ),
        migrations.AddConstraint(
            "emergencyaddress",
            models.CheckConstraint(
                condition=models.Q(("is_location_default", True), ("number__isnull", True))
                | models.Q(("is_location_default", False), ("number__isnull", False)),
                name="emergency_address_default_or_own",
            ),
        ),
        same_customer("emergency_emergencyaddress", "number_id", "numbers_number"),
        of_known_tenant("emergency_coverage"),
        migrations.RunSQL(VERSIONS, DROP_VERSIONS),
    ]

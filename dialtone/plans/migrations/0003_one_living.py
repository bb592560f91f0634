"""A customer has one living subscription: two people who press the button at once start one trial, not two."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("plans", "0002_protection")]

    operations: ClassVar = [
        migrations.AddConstraint(
            "subscription",
            models.UniqueConstraint(
                fields=["customer_id"],
                condition=models.Q(("ended_at__isnull", True)),
                name="plans_subscription_one_living",
            ),
        )
    ]

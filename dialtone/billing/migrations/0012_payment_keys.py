"""A payment's key is its own: what takes a payment back has none, so the two cannot meet."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0011_payments_taken_back")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="payment", name="request_key", field=models.CharField(blank=True, max_length=64)
        ),
        migrations.RemoveConstraint(model_name="payment", name="billing_payment_once"),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("invoice", "request_key"),
                condition=models.Q(("takes_back__isnull", True)),
                name="billing_payment_once",
            ),
        ),
    ]

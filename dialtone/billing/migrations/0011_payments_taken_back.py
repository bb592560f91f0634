"""A payment can be taken back by a row below zero that names it, whole and once."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from dialtone.base.protection import referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0010_payments_protection")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="payment",
            name="takes_back",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="taken_back_by",
                to="billing.payment",
            ),
        ),
        migrations.RemoveConstraint(model_name="payment", name="billing_payment_positive"),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                name="billing_payment_positive",
                condition=Q(takes_back__isnull=True, amount__gt=0)
                | Q(takes_back__isnull=False, amount__lt=0),
            ),
        ),
        referable("billing_payment"),
        same_customer("billing_payment", "takes_back_id", "billing_payment"),
    ]

"""A rated call is one of the customer's own call records."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0004_permissions_protection"), ("rates", "0002_protection")]

    operations: ClassVar = [
        referable("calls_callrecord"),
        same_customer("rates_ratedcall", "call_id", "calls_callrecord"),
    ]

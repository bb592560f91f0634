"""Rights and row-level security of imports: an operator's or a partner's, never a customer's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("estate", "0001_initial"),
        ("people", "0005_set_up"),
    ]

    operations: ClassVar = [
        protect(
            "estate_estateimport",
            customer="",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
        ),
        protect("estate_piece", customer=""),
        of_known_tenant("estate_estateimport"),
        of_known_tenant("estate_piece"),
    ]

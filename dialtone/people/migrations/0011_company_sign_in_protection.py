"""Rights and row-level security of identity providers and of the accounts there."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0010_company_sign_in")]

    operations: ClassVar = [
        protect(
            "people_identityprovider",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
            door="SELECT",
        ),
        protect(
            "people_outsideidentity",
            customer="SELECT",
            partner="SELECT",
            operator="SELECT",
            door="SELECT, INSERT, UPDATE, DELETE",
        ),
        of_known_tenant("people_identityprovider"),
        of_known_tenant("people_outsideidentity"),
    ]

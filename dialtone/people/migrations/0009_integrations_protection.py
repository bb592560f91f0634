"""Rights and row-level security of integrations and consents. Codes, clients and tokens of the protocol are the door's alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect

# As the other tables of sign-in: they know persons, not tenants (0002_protection.py).
SIGN_IN = """
GRANT SELECT, INSERT, UPDATE, DELETE ON allauth_idp_oidc_client, allauth_idp_oidc_token TO dialtone_door;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dialtone_door;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("people", "0008_integrations"),
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
    ]

    operations: ClassVar = [
        protect(
            "people_integration",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
            door="SELECT",
        ),
        protect(
            "people_consent",
            customer="SELECT",
            partner="SELECT",
            operator="SELECT",
            door="SELECT, INSERT, UPDATE",
        ),
        protect("people_spentsecret", customer="", partner="", operator="", door="SELECT, INSERT, DELETE"),
        of_known_tenant("people_integration"),
        of_known_tenant("people_consent"),
        of_known_tenant("people_spentsecret"),
        migrations.RunSQL(SIGN_IN, migrations.RunSQL.noop),
    ]

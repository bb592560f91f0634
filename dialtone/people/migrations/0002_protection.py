"""Rights and row-level security of this room's tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect

FUNCTIONS = """
ALTER TABLE people_organisation ADD CONSTRAINT people_organisation_tenant_key UNIQUE (partner_id, customer_id);
CREATE FUNCTION people_partner_of(customer uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp
    AS $$ SELECT partner_id FROM people_organisation WHERE id = customer AND kind = 'customer' $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION people_partner_of(uuid);
ALTER TABLE people_organisation DROP CONSTRAINT people_organisation_tenant_key CASCADE;
"""

# The tables of sign-in know persons, not tenants; only the role `door` sees them.
SIGN_IN = """
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, account_emailaddress, account_emailconfirmation,
    mfa_authenticator, usersessions_usersession TO dialtone_door;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dialtone_door;
GRANT SELECT ON django_content_type TO dialtone_door, dialtone_customer, dialtone_partner, dialtone_operator;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("people", "0001_initial"),
        ("base", "0002_protection"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        protect(
            "people_organisation",
            customer="SELECT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
            door="SELECT",
            customer_sees="id = nullif(current_setting('app.partner', true), '')::uuid OR kind = 'operator'",
            partner_sees="kind = 'operator'",
        ),
        protect(
            "people_person",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
            door="SELECT, UPDATE",
        ),
        protect(
            "people_token",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT, INSERT, UPDATE",
            operator="SELECT, INSERT, UPDATE",
            door="SELECT, UPDATE",
        ),
        migrations.RunSQL(SIGN_IN, migrations.RunSQL.noop),
        of_known_tenant("people_person"),
        of_known_tenant("base_event"),
        of_known_tenant("base_document"),
        of_known_tenant("base_auditrecord"),
    ]

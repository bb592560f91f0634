"""What the carrier of a number says about its emergency address. What numbers show already was vouched for by the sandbox's
carrier; of other carriers nobody has read an answer yet, so it is asked for, and `audit` says so until it is there."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import of_known_tenant, protect, same_customer
from dialtone.emergency.sql import LEAVING, NO_LEAVING

KNOWN = """INSERT INTO emergency_registration
        (id, partner_id, customer_id, number_id, address_id, carrier, reference, state, reason, asked_at, answered_at)
    SELECT gen_random_uuid(), c.partner_id, c.customer_id, c.number_id, c.address_id, n.carrier, coalesce(k.reference, ''),
        CASE WHEN n.carrier = 'sandbox' THEN 'vouched' ELSE 'asked' END, '', lower(c.during), NULL
    FROM emergency_coverage c JOIN numbers_number n ON n.id = c.number_id
    LEFT JOIN LATERAL (SELECT reference FROM carriers_command k WHERE k.kind = 'set_emergency_address'
                       AND k.customer_id = c.customer_id AND k.asked -> 'e164s' ? n.e164
                       ORDER BY k.made_at DESC LIMIT 1) k ON true
    WHERE upper_inf(c.during)"""
ABOUT = """UPDATE carriers_command k SET about_kind = 'emergency_address', about_id = r.address_id
    FROM emergency_registration r WHERE r.reference = k.reference AND r.carrier = k.carrier AND k.about_id IS NULL"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("emergency", "0004_own_addresses"),
        ("carriers", "0004_by_hand"),
        ("numbers", "0006_is_off"),
        ("orders", "0005_no_sandbox_carrier"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("carrier", models.CharField(max_length=30)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("state", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "address",
                    models.ForeignKey(on_delete=models.deletion.PROTECT, to="emergency.emergencyaddress"),
                ),
                ("number", models.ForeignKey(on_delete=models.deletion.PROTECT, to="numbers.number")),
            ],
            options={
                "indexes": [models.Index(fields=["reference"], name="emergency_registration_ref")],
            },
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(ABOUT, migrations.RunSQL.noop),
        # The references are checked now, so that the table can be altered after its rows were made.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        protect(
            "emergency_registration",
            customer="SELECT, INSERT, UPDATE",
            partner="SELECT",
            operator="SELECT, INSERT, UPDATE",
        ),
        same_customer("emergency_registration", "number_id", "numbers_number"),
        same_customer("emergency_registration", "address_id", "emergency_emergencyaddress"),
        of_known_tenant("emergency_registration"),
        migrations.RunSQL(LEAVING, NO_LEAVING),
    ]

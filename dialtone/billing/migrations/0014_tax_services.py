"""Where taxes come from, what tax services were asked and answered, and the memory of the sandbox's own."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy
from dialtone.base.protection import grant, of_known_tenant, protect

KEPT = """
CREATE FUNCTION billing_keep_tax_reply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'answered' OR NEW.question IS DISTINCT FROM OLD.question THEN
        RAISE EXCEPTION 'what a tax service was asked, and has answered, stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_taxreply_kept BEFORE UPDATE OR DELETE ON billing_taxreply
    FOR EACH ROW EXECUTE FUNCTION billing_keep_tax_reply();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0013_charged_calls_checked_at_once")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SandboxTaxReply",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("reply", models.JSONField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TaxChoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("only", models.SmallIntegerField(default=1, unique=True)),
                ("service", models.CharField(max_length=40)),
                ("chosen_at", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", 1)), name="billing_taxchoice_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxReply",
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
                ("service", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=10)),
                ("question", models.JSONField()),
                ("reply", models.JSONField(null=True)),
                ("total", models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ("why", models.CharField(blank=True, max_length=500)),
                ("made_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reply__isnull", False), ("state", "answered"), ("total__isnull", False)
                            ),
                            models.Q(
                                models.Q(("state", "answered"), _negated=True),
                                ("reply__isnull", True),
                                ("total__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="billing_taxreply_answered",
                    )
                ],
            },
        ),
        protect("billing_taxreply", customer="", partner="", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("billing_taxreply"),
        grant("billing_taxchoice", customer="SELECT", partner="SELECT", operator="SELECT, INSERT, UPDATE"),
        grant("billing_sandboxtaxreply", operator="SELECT, INSERT"),
        migrations.RunSQL(KEPT, "DROP FUNCTION billing_keep_tax_reply() CASCADE"),
    ]

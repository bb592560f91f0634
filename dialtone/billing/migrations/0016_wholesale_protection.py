"""A partner's own papers: of known partners, referring to the partner's own alone; what is behind their lines is nobody's below the
partner to see. Written once, as all of the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

from dialtone.base.protection import append_only, of_known_tenant, protect, same_customer

# Keys that carry the customer do not hold where there is none, so these rows are looked at one by one; there are few of them. As its owner,
# so that no row is hidden from it.
OWN = """
CREATE FUNCTION billing_check_partners_own() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    is_own boolean;
BEGIN
    IF TG_TABLE_NAME = 'billing_invoice' THEN
        is_own := EXISTS (SELECT FROM people_organisation o WHERE o.id = NEW.partner_id AND o.kind = 'partner')
            AND (NEW.credits_id IS NULL OR EXISTS (SELECT FROM billing_invoice i
                 WHERE i.id = NEW.credits_id AND i.partner_id = NEW.partner_id AND i.customer_id IS NULL));
    ELSIF TG_TABLE_NAME = 'billing_entry' THEN
        is_own := NEW.charge_id IS NULL AND EXISTS (SELECT FROM billing_transaction t
                  WHERE t.id = NEW.transaction_id AND t.partner_id = NEW.partner_id AND t.customer_id IS NULL);
    ELSIF TG_TABLE_NAME = 'billing_wholesalecharge' THEN
        is_own := EXISTS (SELECT FROM billing_transaction t
                  WHERE t.id = NEW.transaction_id AND t.partner_id = NEW.partner_id AND t.customer_id IS NULL);
    ELSE
        is_own := EXISTS (SELECT FROM billing_invoice i
                  WHERE i.id = NEW.invoice_id AND i.partner_id = NEW.partner_id AND i.customer_id IS NULL);
    END IF;
    IF NOT is_own THEN
        RAISE EXCEPTION '% % refers to what is not the partner''s own', TG_TABLE_NAME, NEW.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'billing_partners_own';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION billing_check_wholesale_calls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT c.call_id INTO wrong FROM charged c
    LEFT JOIN calls_callrecord r ON r.id = c.call_id AND r.customer_id = c.customer_id AND r.partner_id = c.partner_id
    LEFT JOIN billing_transaction t ON t.id = c.transaction_id AND t.customer_id IS NULL AND t.partner_id = c.partner_id
    WHERE r.id IS NULL OR t.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'charged call % is no call of a customer of the partner, or its transaction is not the partner''s', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'billing_wholesalechargedcall_of_its_partner';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_wholesalechargedcall_of_its_partner AFTER INSERT ON billing_wholesalechargedcall
    REFERENCING NEW TABLE AS charged FOR EACH STATEMENT EXECUTE FUNCTION billing_check_wholesale_calls();
"""
_OF_PARTNERS = ("billing_invoice", "billing_transaction", "billing_entry", "billing_payment")
_TRIGGER = """
CREATE CONSTRAINT TRIGGER billing_partners_own AFTER INSERT ON {} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW {} EXECUTE FUNCTION billing_check_partners_own();
"""
_TRIGGERS = [_TRIGGER.format(each, "WHEN (NEW.customer_id IS NULL)") for each in _OF_PARTNERS]
_TRIGGERS.append(_TRIGGER.format("billing_wholesalecharge", ""))
_NUMBERS = """
ALTER TABLE billing_wholesalecharge ADD CONSTRAINT billing_wholesalecharge_is_a_number CHECK (amount <> 'NaN' AND exact <> 'NaN');
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0015_wholesale"), ("calls", "0016_calls_rated_for_partners")]

    operations: ClassVar = [
        ValidateConstraint(model_name="invoice", name="billing_invoice_series_of_its_buyer"),
        protect("billing_wholesalecharge", customer="", partner="SELECT", operator="SELECT, INSERT"),
        append_only("billing_wholesalecharge"),
        of_known_tenant("billing_wholesalecharge"),
        same_customer("billing_wholesalecharge", "location_id", "locations_location"),
        protect("billing_wholesalechargedcall", customer="", partner="SELECT", operator="SELECT, INSERT"),
        append_only("billing_wholesalechargedcall"),
        migrations.RunSQL(_NUMBERS, migrations.RunSQL.noop),
        migrations.RunSQL(
            OWN + "".join(_TRIGGERS),
            "DROP FUNCTION billing_check_wholesale_calls() CASCADE; DROP FUNCTION billing_check_partners_own() CASCADE",
        ),
    ]

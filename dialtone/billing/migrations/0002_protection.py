"""Rights, row-level security, and what the database itself holds of M1, M2 and M4: the ledger and the invoices are written once,
and a transaction adds up to zero."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, grant, of_known_tenant, protect, referable, same_customer

BALANCE = """
-- M2: at commit the entries of every transaction add up to zero, in one currency. As its owner, so that no row is hidden from it.
CREATE FUNCTION billing_check_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM billing_entry WHERE transaction_id = NEW.transaction_id
               GROUP BY transaction_id HAVING sum(amount) <> 0 OR count(DISTINCT currency) > 1) THEN
        RAISE EXCEPTION 'ledger transaction % does not add up to zero', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_m2_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_m2_balance AFTER INSERT ON billing_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_balance();
"""
# A check of `amount >= 0` lets NaN pass (measured: 0.13), and so does an equation of NaN with NaN.
NUMBERS = """
ALTER TABLE billing_invoice ADD CONSTRAINT billing_invoice_is_a_number CHECK (total <> 'NaN');
ALTER TABLE billing_charge ADD CONSTRAINT billing_charge_is_a_number CHECK (amount <> 'NaN' AND exact <> 'NaN');
ALTER TABLE billing_entry ADD CONSTRAINT billing_entry_is_a_number CHECK (amount <> 'NaN');
"""


def _written_once(table: str) -> list[object]:
    return [
        protect(table, customer="SELECT", partner="SELECT", operator="SELECT, INSERT"),
        append_only(table),
        of_known_tenant(table),
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0001_initial"), ("calls", "0005_rated")]

    operations: ClassVar = [
        *_written_once("billing_invoice"),
        *_written_once("billing_transaction"),
        *_written_once("billing_charge"),
        *_written_once("billing_chargedcall"),
        *_written_once("billing_entry"),
        protect("billing_runpart", customer="", partner="", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("billing_runpart"),
        grant("billing_series", operator="SELECT, INSERT, UPDATE"),
        grant("billing_run", customer="SELECT", partner="SELECT", operator="SELECT, INSERT, UPDATE"),
        referable("billing_invoice"),
        referable("billing_transaction"),
        referable("billing_charge"),
        same_customer("billing_invoice", "credits_id", "billing_invoice"),
        same_customer("billing_transaction", "invoice_id", "billing_invoice"),
        same_customer("billing_charge", "transaction_id", "billing_transaction"),
        same_customer("billing_charge", "location_id", "locations_location"),
        same_customer("billing_chargedcall", "transaction_id", "billing_transaction"),
        same_customer("billing_chargedcall", "call_id", "calls_callrecord"),
        same_customer("billing_entry", "transaction_id", "billing_transaction"),
        same_customer("billing_entry", "charge_id", "billing_charge"),
        same_customer("billing_runpart", "invoice_id", "billing_invoice"),
        migrations.RunSQL(NUMBERS, migrations.RunSQL.noop),
        migrations.RunSQL(BALANCE, "DROP FUNCTION billing_check_balance() CASCADE"),
    ]

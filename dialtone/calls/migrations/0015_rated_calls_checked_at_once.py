"""The call record of a rated call is looked for once a statement instead of by a key a row, which locked every record, though nobody
can delete one (`append_only`). The auditor looks too (M1-rated)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# As its owner, so that no row is hidden from it. By index whatever the planner thinks: the plan of a first, big statement is kept.
CHECK = """
CREATE FUNCTION calls_check_rated_calls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT n.call_id INTO wrong FROM rated n
    LEFT JOIN calls_callrecord r ON r.id = n.call_id AND r.customer_id = n.customer_id
    WHERE r.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rated call % is no call of its customer', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rates_ratedcall_of_its_customer';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rates_ratedcall_of_its_customer AFTER INSERT ON rates_ratedcall
    REFERENCING NEW TABLE AS rated FOR EACH STATEMENT EXECUTE FUNCTION calls_check_rated_calls();
ALTER TABLE rates_ratedcall DROP CONSTRAINT rates_ratedcall_call_id_same_customer;
"""
UNDO = """
DROP FUNCTION calls_check_rated_calls() CASCADE;
ALTER TABLE rates_ratedcall ADD CONSTRAINT rates_ratedcall_call_id_same_customer FOREIGN KEY (customer_id, call_id)
    REFERENCES calls_callrecord (customer_id, id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("calls", "0014_opened_destinations"),
        ("rates", "0006_rated_calls_checked_at_once"),
    ]

    operations: ClassVar = [migrations.RunSQL(CHECK, UNDO)]

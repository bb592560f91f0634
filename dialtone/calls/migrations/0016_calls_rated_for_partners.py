"""The call record of a call that was rated for a partner is looked for, too (0015)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_FORWARD = """
CREATE FUNCTION calls_check_wholesale_calls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT n.call_id INTO wrong FROM rated n
    LEFT JOIN calls_callrecord r ON r.id = n.call_id AND r.customer_id = n.customer_id
    WHERE r.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rated call % is no call of its customer', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rates_wholesalecall_of_its_customer';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rates_wholesalecall_of_its_customer AFTER INSERT ON rates_wholesalecall
    REFERENCING NEW TABLE AS rated FOR EACH STATEMENT EXECUTE FUNCTION calls_check_wholesale_calls();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("calls", "0015_rated_calls_checked_at_once"),
        ("rates", "0008_wholesale_protection"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(_FORWARD, "DROP FUNCTION calls_check_wholesale_calls() CASCADE")
    ]

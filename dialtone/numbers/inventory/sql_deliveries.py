"""Rights on deliveries, and what happens in the database when ranges come or go."""

DELIVERIES = """
-- After a load or a withdrawal: numbers that customers have lie where they were delivered last, if they were; and everybody
-- reads the inventory again.
CREATE OR REPLACE FUNCTION inventory_loaded() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE numbers_claim c SET area_id = k.area_id FROM numbers_chunk k
        WHERE c.area_id IS DISTINCT FROM k.area_id AND k.start = c.e164 - c.e164 % 10000
          AND (c.e164 % 10000)::integer <@ k.runs;
    INSERT INTO numbers_inventory_change (is_free) VALUES (true) $$;

GRANT DELETE ON numbers_chunk TO dialtone_operator;
GRANT SELECT, INSERT, UPDATE ON numbers_delivery TO dialtone_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON numbers_deliveryfile TO dialtone_operator;
GRANT SELECT ON numbers_delivery, numbers_deliveryfile TO dialtone_auditor;
"""

NO_DELIVERIES = "REVOKE DELETE ON numbers_chunk FROM dialtone_operator"

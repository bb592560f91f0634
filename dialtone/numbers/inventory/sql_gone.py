"""Numbers that have gone to another carrier stay out of the stock, until somebody ports them back."""

from dialtone.numbers.inventory.sql import IS_OPEN, OWN_PORTED

GONE = (
    (IS_OPEN + OWN_PORTED).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    + """
CREATE FUNCTION inventory_leave(numbers bigint[], customer uuid, at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(SELECT e164 FROM numbers_claim WHERE e164 = ANY (numbers) AND customer_id = customer
        AND state = 'o' ORDER BY e164 FOR UPDATE);
BEGIN
    PERFORM inventory_acts_for(customer);
    UPDATE numbers_claim SET state = 'g', order_id = NULL, rests_until = NULL WHERE e164 = ANY (mine);
    RETURN cardinality(mine);
END $$;
REVOKE EXECUTE ON FUNCTION inventory_leave FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory_leave TO dialtone_customer, dialtone_operator;
"""
)

NOT_GONE = "DROP FUNCTION inventory_leave;"

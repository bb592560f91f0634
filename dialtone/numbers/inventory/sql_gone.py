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

# That a number is with another carrier by now everybody may know, before they bring it back.
KNOWN = """
CREATE FUNCTION inventory_gone(wanted bigint[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e164 FROM numbers_claim WHERE e164 = ANY (wanted) AND state = 'g' $$;
REVOKE EXECUTE ON FUNCTION inventory_gone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory_gone TO dialtone_customer, dialtone_partner, dialtone_operator;
"""

NOT_KNOWN = "DROP FUNCTION inventory_gone;"

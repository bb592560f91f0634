"""The function that answers which of some numbers can be had, for whichever customer is named."""

AVAILABLE = """
-- Those of the wanted numbers that this customer could take now, and those that it has already (`is_mine`). Numbers that are
-- unknown, held, owned or ageing are alike not among them.
CREATE FUNCTION inventory_available(wanted bigint[], customer uuid, at timestamptz)
    RETURNS TABLE (e164 bigint, area_id integer, is_mine boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM inventory_acts_for(customer);
    RETURN QUERY
        SELECT w.n, coalesce(d.area_id, c.area_id),
            coalesce(c.customer_id = customer AND (c.state = 'o' OR (c.state = 'h' AND c.until > at)), false) AS mine
        FROM (SELECT DISTINCT n FROM unnest(wanted) n) w
        LEFT JOIN inventory_delivered(wanted) d ON d.e164 = w.n
        LEFT JOIN numbers_claim c ON c.e164 = w.n
        WHERE (d.e164 IS NOT NULL AND (c.e164 IS NULL OR inventory_is_open(c, customer, at)))
           OR (c.customer_id = customer AND (c.state = 'o' OR (c.state = 'h' AND c.until > at)))
        ORDER BY w.n;
END $$;
REVOKE EXECUTE ON FUNCTION inventory_available(bigint[], uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inventory_available(bigint[], uuid, timestamptz)
    TO dialtone_customer, dialtone_partner, dialtone_operator;
"""

NO_AVAILABLE = "DROP FUNCTION inventory_available(bigint[], uuid, timestamptz)"

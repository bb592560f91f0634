"""The one question about contracts that is asked before anybody is known."""

FUNCTIONS = """
-- Whose contract a letter's link leads to. Runs as its owner, because the door sees no tenant; knowing the
-- secret is the right.
CREATE FUNCTION locations_contract_by_link(digest text, at timestamptz)
    RETURNS TABLE (contract_id uuid, location_id uuid, customer_id uuid, partner_id uuid, signatory text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id, c.location_id, c.customer_id, c.partner_id, c.signatory_first_name || ' ' || c.signatory_last_name
    FROM locations_contract c JOIN locations_location l ON l.id = c.location_id AND l.deleted_at IS NULL
    WHERE c.link_digest = digest AND digest <> '' AND c.state = 'sent' AND c.due_at > at $$;
REVOKE EXECUTE ON FUNCTION locations_contract_by_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION locations_contract_by_link TO dialtone_door, dialtone_customer, dialtone_partner,
    dialtone_operator;
"""

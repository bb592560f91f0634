"""What the database itself holds of P1, P2 and P9, whoever writes; and the one question asked before anybody is known."""

FUNCTIONS = """
-- P9: what a number of an order has come to is final.
CREATE FUNCTION porting_keep_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('completed', 'failed', 'canceled') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'port number % is settled', OLD.id USING ERRCODE = 'check_violation',
            CONSTRAINT = 'porting_p9_settled_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER porting_keep_outcome BEFORE UPDATE OF state ON porting_portnumber
    FOR EACH ROW EXECUTE FUNCTION porting_keep_outcome();

-- P1: an order completes at most once.
CREATE UNIQUE INDEX porting_completed_once ON base_event (subject_id) WHERE kind = 'port_order.completed';

-- P9: a submitted order neither gains nor loses numbers.
CREATE FUNCTION porting_keep_numbers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    about uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.order_id ELSE NEW.order_id END;
BEGIN
    IF (SELECT attempt FROM porting_portorder WHERE id = about) > 0 THEN
        RAISE EXCEPTION 'the numbers of a submitted port order are fixed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'porting_p9_numbers_fixed';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER porting_keep_numbers BEFORE INSERT OR DELETE OR UPDATE OF order_id, e164 ON porting_portnumber
    FOR EACH ROW EXECUTE FUNCTION porting_keep_numbers();

-- Whose letter a link leads to. Runs as its owner, because the door sees no tenant; knowing the secret is the right.
CREATE FUNCTION porting_letter_by_link(digest text, at timestamptz)
    RETURNS TABLE (letter_id uuid, order_id uuid, customer_id uuid, partner_id uuid, contact text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.id, l.order_id, l.customer_id, l.partner_id, l.contact_name
    FROM porting_letter l JOIN porting_portorder o ON o.id = l.order_id AND o.ended_at IS NULL
    WHERE l.link_digest = digest AND digest <> '' AND l.link_until > at $$;
REVOKE EXECUTE ON FUNCTION porting_letter_by_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION porting_letter_by_link TO dialtone_door, dialtone_customer, dialtone_partner,
    dialtone_operator;

-- Whose number another carrier wants: asked in the operator's scope, before the holder is known.
CREATE FUNCTION porting_holder_of(wanted text) RETURNS TABLE (customer_id uuid, partner_id uuid, location_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.customer_id, n.partner_id, n.location_id FROM numbers_number n
    WHERE n.e164 = wanted AND n.state IN ('inactive', 'active') $$;
REVOKE EXECUTE ON FUNCTION porting_holder_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION porting_holder_of TO dialtone_operator;
"""

NO_FUNCTIONS = """
DROP FUNCTION porting_holder_of, porting_letter_by_link;
DROP TRIGGER porting_keep_numbers ON porting_portnumber;
DROP FUNCTION porting_keep_numbers;
DROP INDEX porting_completed_once;
DROP TRIGGER porting_keep_outcome ON porting_portnumber;
DROP FUNCTION porting_keep_outcome;
"""

"""What the database itself holds of E1 and E2."""

FUNCTIONS = """
-- A location has a valid default address now. Row security of the caller applies.
CREATE FUNCTION emergency_has_default(location uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM emergency_emergencyaddress WHERE location_id = location
                   AND is_location_default AND state IN ('accepted', 'tested')) $$;

-- E1: at every instant at which a number may place calls it shows exactly one accepted address, and it shows none at other
-- times. Checked at commit; sees all rows, whoever writes.
CREATE FUNCTION emergency_check_coverage() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    touched uuid;
    calls tstzrange;
    shown tstzmultirange;
    unaccepted boolean;
BEGIN
    IF TG_TABLE_NAME = 'numbers_number' THEN
        touched := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        touched := OLD.number_id;
    ELSE
        touched := NEW.number_id;
    END IF;
    SELECT calls_during INTO calls FROM numbers_number WHERE id = touched;
    SELECT coalesce(range_agg(c.during), '{}'::tstzmultirange), coalesce(bool_or(a.accepted_at IS NULL), false)
        INTO shown, unaccepted
        FROM emergency_coverage c JOIN emergency_emergencyaddress a ON a.id = c.address_id WHERE c.number_id = touched;
    IF unaccepted OR (calls IS NOT NULL AND NOT shown @> calls) THEN
        RAISE EXCEPTION 'number % may place calls without a valid emergency address', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'emergency_e1_covered';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER emergency_e1_number AFTER INSERT OR UPDATE OF calls_during ON numbers_number
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.calls_during IS NOT NULL)
    EXECUTE FUNCTION emergency_check_coverage();
CREATE CONSTRAINT TRIGGER emergency_e1_coverage AFTER INSERT OR UPDATE OR DELETE ON emergency_coverage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION emergency_check_coverage();

GRANT DELETE ON emergency_coverage TO dialtone_customer, dialtone_operator;
"""

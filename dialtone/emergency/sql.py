"""What the database itself holds of E1 and E2, whoever writes. The functions run as their owner, so that no row
is hidden from them by row security."""

FUNCTIONS = """
-- A location has a valid default address now. Row security of the caller applies.
CREATE FUNCTION emergency_has_default(location uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM emergency_emergencyaddress WHERE location_id = location
                   AND is_location_default AND state IN ('accepted', 'tested')) $$;

-- E1: since a number could last begin to place calls, it shows an accepted address exactly as long as it can; a
-- number that cannot call shows none. That no two addresses overlap is held by the exclusion constraint.
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
        FROM emergency_coverage c JOIN emergency_emergencyaddress a ON a.id = c.address_id
        WHERE c.number_id = touched;
    IF unaccepted
        OR (calls IS NULL AND upper_inf(shown))
        OR (calls IS NOT NULL
            AND shown * tstzmultirange(tstzrange(lower(calls), NULL)) <> tstzmultirange(calls)) THEN
        RAISE EXCEPTION 'number % would place calls without a valid emergency address, or show one without
        placing calls', touched
            USING ERRCODE = 'check_violation', CONSTRAINT = 'emergency_e1_covered';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER emergency_e1_number AFTER INSERT ON numbers_number
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.calls_during IS NOT NULL)
    EXECUTE FUNCTION emergency_check_coverage();
CREATE CONSTRAINT TRIGGER emergency_e1_calls AFTER UPDATE OF calls_during ON numbers_number
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.calls_during IS DISTINCT FROM NEW.calls_during)
    EXECUTE FUNCTION emergency_check_coverage();
CREATE CONSTRAINT TRIGGER emergency_e1_coverage AFTER INSERT OR UPDATE OR DELETE ON emergency_coverage
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION emergency_check_coverage();

GRANT DELETE ON emergency_coverage TO dialtone_customer, dialtone_operator;
"""

DROP_FUNCTIONS = """
DROP FUNCTION emergency_check_coverage() CASCADE;
DROP FUNCTION emergency_has_default(uuid);
REVOKE DELETE ON emergency_coverage FROM dialtone_customer, dialtone_operator;
"""

VERSIONS = """
-- E2, E7: what was accepted is never written over; a change is a new version. An address that a number shows
-- stays in effect.
CREATE FUNCTION emergency_keep_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.accepted_at IS NOT NULL AND (
        NEW.accepted_at, NEW.accepted_by, NEW.address, NEW.country, NEW.floor, NEW.room, NEW.location_id,
        NEW.customer_id, NEW.is_location_default) IS DISTINCT FROM (
        OLD.accepted_at, OLD.accepted_by, OLD.address, OLD.country, OLD.floor, OLD.room, OLD.location_id,
        OLD.customer_id, OLD.is_location_default) THEN
        RAISE EXCEPTION 'an accepted emergency address never changes' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'emergency_accepted_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emergency_keep_version BEFORE UPDATE ON emergency_emergencyaddress
    FOR EACH ROW EXECUTE FUNCTION emergency_keep_version();

CREATE FUNCTION emergency_check_shown() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM emergency_emergencyaddress a JOIN emergency_coverage c ON c.address_id = a.id
               WHERE a.id = NEW.id AND a.state NOT IN ('accepted', 'tested') AND upper_inf(c.during)) THEN
        RAISE EXCEPTION 'emergency address % is shown by numbers', NEW.id USING ERRCODE = 'check_violation',
            CONSTRAINT = 'emergency_e2_shown';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER emergency_e2_shown AFTER UPDATE OF state ON emergency_emergencyaddress
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state NOT IN ('accepted', 'tested'))
    EXECUTE FUNCTION emergency_check_shown();
"""

DROP_VERSIONS = """
DROP TRIGGER emergency_e2_shown ON emergency_emergencyaddress;
DROP FUNCTION emergency_check_shown();
DROP TRIGGER emergency_keep_version ON emergency_emergencyaddress;
DROP FUNCTION emergency_keep_version();
"""

# E2, since a carrier may decide on each number: an address that a newer one took the place of is shown until the newer is accepted.
_SHOWN = """
CREATE OR REPLACE FUNCTION emergency_check_shown() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM emergency_emergencyaddress a JOIN emergency_coverage c ON c.address_id = a.id
               WHERE a.id = NEW.id AND a.state NOT IN (%s) AND upper_inf(c.during)) THEN
        RAISE EXCEPTION 'emergency address %% is shown by numbers', NEW.id USING ERRCODE = 'check_violation',
            CONSTRAINT = 'emergency_e2_shown';
    END IF;
    RETURN NULL;
END $$;
"""
LEAVING = _SHOWN % "'accepted', 'tested', 'leaving'"
NO_LEAVING = _SHOWN % "'accepted', 'tested'"

"""The functions through which claims are written, for whichever tenant is named; `at` is our own clock, never SQL's.

They run as the owner of the tables, because a buyer may take over another tenant's expired hold, which row security would
hide; so they check by themselves that a tenant acts for itself (`inventory_acts_for`). Every refusal looks the same from
outside: a number that is unknown, held, owned or ageing is simply not among those answered. Holding and owning take all
or nothing. Rows are taken in ascending order, so that two buyers never wait for each other in a ring.

Every change is told in `numbers_inventory_change`, one row a statement, with the transaction's number: a worker's copy reads
all that ended since it last looked, and misses none (replica.py; measured: 0.14).
"""

IS_OPEN = """\
-- Whether a claim leaves its number to this customer: ended holds and ended rests do, and the rest of one's own number.
-- One that has gone to another carrier is nobody's to have.
CREATE FUNCTION inventory_is_open(c numbers_claim, customer uuid, at timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS $$
    SELECT c.state NOT IN ('o', 'g') AND (c.state <> 'h' OR c.until <= at)
        AND (c.rests_until IS NULL OR c.rests_until <= at OR c.customer_id = customer) $$;

"""

OWN_PORTED = """\
-- Own numbers that come by porting: most were never delivered to us, and some come back. All or none; answers those that can be had.
CREATE FUNCTION inventory_own_ported(wanted bigint[], customer uuid, ported_by uuid, at timestamptz)
    RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    got bigint[];
    areas integer[];
    asked integer := (SELECT count(DISTINCT n) FROM unnest(wanted) n);
BEGIN
    PERFORM inventory_acts_for(customer);
    BEGIN
        WITH owned AS (
            INSERT INTO numbers_claim AS c (e164, state, area_id, customer_id, order_id)
            SELECT w.n, 'o', d.area_id, customer, ported_by FROM (SELECT DISTINCT n FROM unnest(wanted) n) w
                LEFT JOIN inventory_delivered(wanted) d ON d.e164 = w.n ORDER BY w.n
            ON CONFLICT (e164) DO UPDATE SET state = 'o', customer_id = customer, order_id = ported_by,
                reservation_id = NULL, until = NULL, rests_until = CASE WHEN c.rests_until > at THEN c.rests_until END
                WHERE inventory_is_open(c, customer, at) OR c.state = 'g'
            RETURNING c.e164, c.area_id)
        SELECT coalesce(array_agg(o.e164), '{}'), array_agg(o.area_id) INTO got, areas FROM owned o;
        IF cardinality(got) < asked THEN
            RAISE EXCEPTION USING ERRCODE = 'DT001';
        END IF;
        PERFORM inventory_tell(got, areas, false);
    EXCEPTION WHEN SQLSTATE 'DT001' THEN
        NULL;
    END;
    RETURN got;
END $$;

"""

FUNCTIONS = (
    """
ALTER TABLE numbers_chunk ADD CONSTRAINT numbers_chunk_in_bounds
    CHECK (runs <@ int4range(0, 10000) AND NOT isempty(runs) AND start % 10000 = 0);

CREATE TABLE numbers_inventory_change (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    e164s bigint[],      -- null: ranges were loaded, read everything again
    area_ids integer[],
    is_free boolean NOT NULL,
    PRIMARY KEY (xid, seq)
);

CREATE FUNCTION inventory_acts_for(customer uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('app.customer', true), '') NOT IN ('', customer::text) THEN
        RAISE EXCEPTION 'claims for another customer' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

CREATE FUNCTION inventory_tell(numbers bigint[], areas integer[], free boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO numbers_inventory_change (e164s, area_ids, is_free)
        SELECT numbers, areas, free WHERE cardinality(numbers) > 0 $$;

-- The wanted numbers that carriers delivered, each once, ascending, with their areas.
CREATE FUNCTION inventory_delivered(wanted bigint[]) RETURNS TABLE (e164 bigint, area_id integer)
    LANGUAGE sql STABLE AS $$
    SELECT w.n, k.area_id FROM (SELECT DISTINCT n FROM unnest(wanted) n) w
        JOIN numbers_chunk k ON k.start = w.n - w.n % 10000 AND (w.n % 10000)::integer <@ k.runs ORDER BY w.n $$;

"""
    + IS_OPEN
    + """
-- Hold all of the numbers, or none. `available` are those that can be had; `holding` is how many the customer holds besides.
CREATE FUNCTION inventory_hold(wanted bigint[], customer uuid, reservation uuid, hold_until timestamptz,
        at timestamptz, most integer, OUT available bigint[], OUT holding integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    areas integer[];
    asked integer := (SELECT count(DISTINCT n) FROM unnest(wanted) n);
BEGIN
    PERFORM inventory_acts_for(customer);
    -- One customer's holds one after the other, or two at once would both find room below the limit.
    PERFORM pg_advisory_xact_lock(hashtextextended('inventory_hold ' || customer::text, 0));
    available := '{}';
    SELECT count(*) INTO holding FROM numbers_claim c WHERE c.customer_id = customer AND c.state = 'h' AND c.until > at
        AND NOT (c.reservation_id = reservation AND c.e164 = ANY (wanted));
    IF holding + asked > most THEN
        RETURN;
    END IF;
    BEGIN
        WITH held AS (
            INSERT INTO numbers_claim AS c (e164, state, area_id, customer_id, reservation_id, until)
            SELECT d.e164, 'h', d.area_id, customer, reservation, hold_until FROM inventory_delivered(wanted) d
            ON CONFLICT (e164) DO UPDATE SET state = 'h', customer_id = customer, order_id = NULL,
                reservation_id = reservation, rests_until = CASE WHEN c.rests_until > at THEN c.rests_until END,
                until = CASE WHEN c.state = 'h' AND c.until > at THEN c.until ELSE hold_until END
                WHERE inventory_is_open(c, customer, at)
                   OR (c.state = 'h' AND c.customer_id = customer AND c.reservation_id = reservation)
            RETURNING c.e164, c.area_id)
        SELECT coalesce(array_agg(h.e164), '{}'), array_agg(h.area_id) INTO available, areas FROM held h;
        IF cardinality(available) < asked THEN
            RAISE EXCEPTION USING ERRCODE = 'DT001';  -- undoes this block; the variables stay
        END IF;
        PERFORM inventory_tell(available, areas, false);
    EXCEPTION WHEN SQLSTATE 'DT001' THEN
        NULL;
    END;
END $$;

CREATE FUNCTION inventory_extend(customer uuid, reservation uuid, hold_until timestamptz, at timestamptz)
    RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    extended integer;
BEGIN
    PERFORM inventory_acts_for(customer);
    UPDATE numbers_claim SET until = greatest(until, hold_until)
        WHERE customer_id = customer AND reservation_id = reservation AND state = 'h' AND until > at;
    GET DIAGNOSTICS extended = ROW_COUNT;
    RETURN extended;
END $$;

-- Make held numbers owned; or, without a reservation, take free ones. All of them, or none; answers those that can be had.
CREATE FUNCTION inventory_own(wanted bigint[], customer uuid, reservation uuid, bought_by uuid, at timestamptz)
    RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    got bigint[];
    areas integer[];
    asked integer := (SELECT count(DISTINCT n) FROM unnest(wanted) n);
BEGIN
    PERFORM inventory_acts_for(customer);
    IF reservation IS NOT NULL THEN
        SELECT coalesce(array_agg(c.e164), '{}') INTO got FROM (
            SELECT e164 FROM numbers_claim WHERE e164 = ANY (wanted) AND state = 'h' AND customer_id = customer
                AND reservation_id = reservation AND until > at ORDER BY e164 FOR UPDATE) c;
        IF cardinality(got) = asked THEN
            UPDATE numbers_claim SET state = 'o', reservation_id = NULL, until = NULL, order_id = bought_by
                WHERE e164 = ANY (got);
        END IF;
        RETURN got;
    END IF;
    BEGIN
        WITH owned AS (
            INSERT INTO numbers_claim AS c (e164, state, area_id, customer_id, order_id)
            SELECT d.e164, 'o', d.area_id, customer, bought_by FROM inventory_delivered(wanted) d
            ON CONFLICT (e164) DO UPDATE SET state = 'o', customer_id = customer, order_id = bought_by,
                reservation_id = NULL, until = NULL, rests_until = CASE WHEN c.rests_until > at THEN c.rests_until END
                WHERE inventory_is_open(c, customer, at)
            RETURNING c.e164, c.area_id)
        SELECT coalesce(array_agg(o.e164), '{}'), array_agg(o.area_id) INTO got, areas FROM owned o;
        IF cardinality(got) < asked THEN
            RAISE EXCEPTION USING ERRCODE = 'DT001';
        END IF;
        PERFORM inventory_tell(got, areas, false);
    EXCEPTION WHEN SQLSTATE 'DT001' THEN
        NULL;
    END;
    RETURN got;
END $$;

"""
    + OWN_PORTED
    + """
-- Let go of claims that are locked already: those with a rest to finish age on, the others are free.
CREATE FUNCTION inventory_let_go(numbers bigint[], at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    gone bigint[];
    areas integer[];
BEGIN
    UPDATE numbers_claim SET state = 'a', reservation_id = NULL, until = NULL, order_id = NULL
        WHERE e164 = ANY (numbers) AND rests_until > at;
    WITH freed AS (
        DELETE FROM numbers_claim WHERE e164 = ANY (numbers) AND (rests_until IS NULL OR rests_until <= at)
        RETURNING e164, area_id)
    SELECT coalesce(array_agg(f.e164), '{}'), array_agg(f.area_id) INTO gone, areas FROM freed f;
    PERFORM inventory_tell(gone, areas, true);
    RETURN cardinality(gone);
END $$;

CREATE FUNCTION inventory_drop(customer uuid, reservation uuid, at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM inventory_acts_for(customer);
    RETURN inventory_let_go(ARRAY(SELECT e164 FROM numbers_claim WHERE customer_id = customer
        AND reservation_id = reservation AND state = 'h' ORDER BY e164 FOR UPDATE), at);
END $$;

-- Numbers that were never in use: free at once.
CREATE FUNCTION inventory_free(numbers bigint[], customer uuid, at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM inventory_acts_for(customer);
    RETURN inventory_let_go(ARRAY(SELECT e164 FROM numbers_claim WHERE e164 = ANY (numbers)
        AND customer_id = customer AND state IN ('h', 'o') ORDER BY e164 FOR UPDATE), at);
END $$;

-- Numbers that were in use: they rest until then (N4).
CREATE FUNCTION inventory_release(numbers bigint[], customer uuid, rest_until timestamptz, at timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine bigint[] := ARRAY(SELECT e164 FROM numbers_claim WHERE e164 = ANY (numbers) AND customer_id = customer
        AND state = 'o' ORDER BY e164 FOR UPDATE);
BEGIN
    PERFORM inventory_acts_for(customer);
    UPDATE numbers_claim SET rests_until = greatest(rests_until, rest_until) WHERE e164 = ANY (mine);
    PERFORM inventory_let_go(mine, at);
    RETURN cardinality(mine);
END $$;

-- End the holds and rests whose time has passed; what a buyer has in hand at this moment waits for the next sweep.
CREATE FUNCTION inventory_sweep(at timestamptz, most integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ended bigint[] :=
        ARRAY(SELECT e164 FROM numbers_claim WHERE state = 'h' AND until <= at
            ORDER BY until LIMIT most FOR UPDATE SKIP LOCKED) ||
        ARRAY(SELECT e164 FROM numbers_claim WHERE state = 'a' AND rests_until <= at
            ORDER BY rests_until LIMIT most FOR UPDATE SKIP LOCKED);
BEGIN
    PERFORM inventory_let_go(ended, at);
    -- Copies that stood still for so long read everything again. A restored dump may tell of transactions yet to come.
    DELETE FROM numbers_inventory_change c WHERE c.xid >= pg_snapshot_xmax(pg_current_snapshot())
        OR c.seq <= (SELECT max(seq) - 100000 FROM numbers_inventory_change);
    RETURN cardinality(ended);
END $$;

-- After a load: numbers that were ported to us before somebody delivered them have an area now.
CREATE FUNCTION inventory_loaded() RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE numbers_claim c SET area_id = k.area_id FROM numbers_chunk k
        WHERE c.area_id IS NULL AND k.start = c.e164 - c.e164 % 10000 AND (c.e164 % 10000)::integer <@ k.runs;
    INSERT INTO numbers_inventory_change (is_free) VALUES (true) $$;

REVOKE EXECUTE ON FUNCTION
    inventory_hold(bigint[], uuid, uuid, timestamptz, timestamptz, integer),
    inventory_extend(uuid, uuid, timestamptz, timestamptz),
    inventory_own(bigint[], uuid, uuid, uuid, timestamptz),
    inventory_own_ported(bigint[], uuid, uuid, timestamptz),
    inventory_drop(uuid, uuid, timestamptz),
    inventory_free(bigint[], uuid, timestamptz),
    inventory_release(bigint[], uuid, timestamptz, timestamptz),
    inventory_sweep(timestamptz, integer),
    inventory_loaded()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    inventory_hold(bigint[], uuid, uuid, timestamptz, timestamptz, integer),
    inventory_extend(uuid, uuid, timestamptz, timestamptz),
    inventory_own(bigint[], uuid, uuid, uuid, timestamptz),
    inventory_own_ported(bigint[], uuid, uuid, timestamptz),
    inventory_drop(uuid, uuid, timestamptz),
    inventory_free(bigint[], uuid, timestamptz),
    inventory_release(bigint[], uuid, timestamptz, timestamptz)
    TO dialtone_customer, dialtone_partner, dialtone_operator;
GRANT EXECUTE ON FUNCTION inventory_sweep(timestamptz, integer), inventory_loaded() TO dialtone_operator;

-- Everybody may know that a number is taken; by whom, and until when, only the functions above and the auditor.
GRANT SELECT (e164, area_id) ON numbers_claim TO dialtone_customer, dialtone_partner, dialtone_operator;
GRANT SELECT (state, until, rests_until) ON numbers_claim TO dialtone_operator;
GRANT SELECT ON numbers_area, numbers_chunk, numbers_inventory_change
    TO dialtone_customer, dialtone_partner, dialtone_operator;
GRANT INSERT ON numbers_area, numbers_chunk TO dialtone_operator;
GRANT UPDATE (runs) ON numbers_chunk TO dialtone_operator;
GRANT SELECT, INSERT ON numbers_rangeload TO dialtone_operator;
GRANT USAGE ON SEQUENCE numbers_area_id_seq TO dialtone_operator;
GRANT SELECT ON numbers_area, numbers_chunk, numbers_inventory_change, numbers_rangeload, numbers_claim TO dialtone_auditor;
"""
)

NO_FUNCTIONS = """
DROP FUNCTION inventory_loaded, inventory_sweep, inventory_release, inventory_free, inventory_drop, inventory_let_go,
    inventory_own_ported, inventory_own, inventory_extend, inventory_hold, inventory_is_open, inventory_delivered,
    inventory_tell, inventory_acts_for;
DROP TABLE numbers_inventory_change;
"""

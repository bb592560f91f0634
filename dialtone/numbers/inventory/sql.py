"""The functions through which claims are written, for whichever tenant is named; `at` is our own clock, never SQL's.

Every refusal looks the same from outside: a number that is unknown, held, owned or ageing is simply not among those returned.
Rows are taken in ascending order, so that two buyers never wait for each other in a ring.
"""

FUNCTIONS = """
CREATE SEQUENCE numbers_inventory_seq;

CREATE FUNCTION inventory_is_open(c numbers_claim, customer uuid, at timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT c.state = 'f' OR (c.state IN ('h', 'a') AND c.until <= at) OR (c.state = 'a' AND c.customer_id = customer) $$;

CREATE FUNCTION inventory_delivered(wanted bigint[]) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT n FROM unnest(wanted) n WHERE EXISTS (
        SELECT FROM numbers_chunk k WHERE k.start = n - n % 10000 AND get_bit(k.bits, n % 10000) = 1) $$;

CREATE FUNCTION inventory_held(customer uuid, at timestamptz) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM numbers_claim WHERE customer_id = customer AND state = 'h' AND until > at $$;

CREATE FUNCTION inventory_hold(wanted bigint[], customer uuid, reservation uuid, hold_until timestamptz, at timestamptz)
    RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO numbers_claim AS c (e164, state, customer_id, reservation_id, order_id, until, seq)
    SELECT n, 'h', customer, reservation, NULL, hold_until, nextval('numbers_inventory_seq')
        FROM inventory_delivered(wanted) n ORDER BY n
    ON CONFLICT (e164) DO UPDATE SET state = 'h', customer_id = excluded.customer_id, order_id = NULL,
        reservation_id = excluded.reservation_id, until = excluded.until, seq = excluded.seq
        WHERE inventory_is_open(c, customer, at)
    RETURNING c.e164 $$;

CREATE FUNCTION inventory_extend(customer uuid, reservation uuid, hold_until timestamptz, at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE numbers_claim SET until = hold_until, seq = nextval('numbers_inventory_seq')
        WHERE reservation_id = reservation AND customer_id = customer AND state = 'h' AND until > at $$;

CREATE FUNCTION inventory_drop(customer uuid, reservation uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE numbers_claim SET state = 'f', customer_id = NULL, reservation_id = NULL, until = NULL,
        seq = nextval('numbers_inventory_seq')
        WHERE reservation_id = reservation AND customer_id = customer AND state = 'h' $$;

CREATE FUNCTION inventory_own(wanted bigint[], customer uuid, reservation uuid, bought_by uuid, at timestamptz)
    RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO numbers_claim AS c (e164, state, customer_id, reservation_id, order_id, until, seq)
    SELECT n, 'o', customer, NULL, bought_by, NULL, nextval('numbers_inventory_seq')
        FROM inventory_delivered(wanted) n ORDER BY n
    ON CONFLICT (e164) DO UPDATE SET state = 'o', customer_id = excluded.customer_id, order_id = excluded.order_id,
        reservation_id = NULL, until = NULL, seq = excluded.seq
        WHERE (c.state = 'h' AND c.reservation_id = reservation AND c.customer_id = customer AND c.until > at)
           OR inventory_is_open(c, customer, at)
    RETURNING c.e164 $$;

CREATE FUNCTION inventory_release(given_back bigint[], customer uuid, rest_until timestamptz, at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE numbers_claim SET state = CASE WHEN rest_until > at THEN 'a' ELSE 'f' END,
        customer_id = CASE WHEN rest_until > at THEN customer_id END,
        until = CASE WHEN rest_until > at THEN rest_until END,
        reservation_id = NULL, order_id = NULL, seq = nextval('numbers_inventory_seq')
        WHERE e164 = ANY (given_back) AND customer_id = customer AND state IN ('o', 'h') $$;

-- What search needs to know of others' claims: that a number is taken and until when, never by whom.
CREATE FUNCTION inventory_taken(after bigint) RETURNS TABLE (e164 bigint, state char, until timestamptz, seq bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.e164, c.state::char, c.until, c.seq FROM numbers_claim c WHERE c.seq > after $$;

GRANT SELECT ON numbers_area, numbers_chunk TO dialtone_customer, dialtone_partner, dialtone_operator, dialtone_auditor;
GRANT INSERT, UPDATE ON numbers_area, numbers_chunk TO dialtone_operator;
GRANT SELECT, INSERT ON numbers_rangeload TO dialtone_operator;
GRANT SELECT ON numbers_rangeload, numbers_claim TO dialtone_auditor;
GRANT USAGE ON SEQUENCE numbers_inventory_seq TO dialtone_operator;
GRANT USAGE ON SEQUENCE numbers_area_id_seq, numbers_chunk_id_seq, numbers_rangeload_id_seq TO dialtone_operator;
"""

-- What the application's database needs besides its tables. Safe to run again; run it inside that database, as superuser
-- or as its owner (both extensions are trusted).

SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS btree_gist;  -- exclusion constraints over (number, period)
CREATE EXTENSION IF NOT EXISTS pg_trgm;     -- search in names

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dialtone_app, dialtone_migrator', current_database());
    -- Imports go through temporary tables, because COPY does not pass row-level security.
    EXECUTE format(
        'GRANT TEMPORARY ON DATABASE %I TO dialtone_operator, dialtone_partner, dialtone_customer, dialtone_worker',
        current_database());
END
$$;

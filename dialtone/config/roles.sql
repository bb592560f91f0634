-- Who may log in to PostgreSQL and what they may become. Safe to run again; PostgreSQL 15 to 18.
--
--     dialtone_migrator   owns database and tables, runs migrations
--     dialtone_app        what the application logs in as: no rights of its own; each transaction takes one of the
--                         roles below (SET LOCAL ROLE), else it is denied everything
--
-- None is superuser, and none passes by row-level security. The embedded PostgreSQL runs this by itself. On a server
-- of your own run it once as superuser (psql -f roles.sql), and give the two logins passwords.

DO $$
DECLARE
    acted_as text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dialtone_migrator') THEN
        CREATE ROLE dialtone_migrator LOGIN CREATEDB;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dialtone_app') THEN
        CREATE ROLE dialtone_app LOGIN NOINHERIT;
    END IF;
    FOREACH acted_as IN ARRAY ARRAY[
        'dialtone_operator', 'dialtone_partner', 'dialtone_customer',  -- one per level of tenancy
        'dialtone_door',                                               -- before anybody is known
        'dialtone_worker',                                             -- takes jobs from the queue
        'dialtone_sealer',                                             -- seals the audit, orders events
        'dialtone_auditor'                                             -- reads everything, for the invariants
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = acted_as) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', acted_as);
        END IF;
        -- The app is NOINHERIT, so membership lets it become the role and gives it nothing before.
        IF NOT pg_has_role('dialtone_app', acted_as, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO dialtone_app', acted_as);
        END IF;
        -- The migrator may hand functions and default privileges to them.
        IF NOT pg_has_role('dialtone_migrator', acted_as, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO dialtone_migrator', acted_as);
        END IF;
    END LOOP;
END
$$;

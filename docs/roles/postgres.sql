-- The role that TaskServices logs in with on PostgreSQL. Run it in each database as its owner or a superuser, with your own password and tables.
-- Reading what is granted is all that it leaves: functions that change, lock, write files or read settings are taken from PUBLIC.
CREATE ROLE taskservices_reader LOGIN PASSWORD 'change-me'
    NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 100;
ALTER ROLE taskservices_reader SET default_transaction_read_only = on;
ALTER ROLE taskservices_reader SET statement_timeout = '60s';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO taskservices_reader;

-- Whole tables, or the columns that may be read: GRANT SELECT (id, name) ON customers TO taskservices_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO taskservices_reader;

-- Every volatile function of the system, but for a few that only compute, can have side effects: advisory locks, set_config, pg_notify, large objects,
-- backend control, SQL given as text. Other roles that need one get it back by GRANT EXECUTE.
DO $$
DECLARE f regprocedure;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
          AND (p.provolatile = 'v' OR p.proname ~ '(_to_xml|_to_xmlschema|_to_xml_and_xmlschema)$' OR p.proname IN ('current_setting', 'pg_ls_dir', 'pg_read_file'))
          AND p.proname NOT IN ('random', 'clock_timestamp', 'timeofday', 'gen_random_uuid', 'statement_timestamp')
          AND has_function_privilege('public', p.oid, 'EXECUTE')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;

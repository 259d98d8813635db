-- The login that TaskServices uses on SQL Server. Run it in each database as its owner, with your own password and tables.
CREATE LOGIN taskservices_reader WITH PASSWORD = 'change-me';
CREATE USER taskservices_reader FOR LOGIN taskservices_reader;

-- Whole tables, or the columns that may be read: GRANT SELECT ON dbo.customers (id, name) TO taskservices_reader;
GRANT SELECT ON SCHEMA::dbo TO taskservices_reader;
DENY INSERT, UPDATE, DELETE, EXECUTE, ALTER, VIEW DEFINITION TO taskservices_reader;

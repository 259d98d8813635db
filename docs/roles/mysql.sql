-- The account that TaskServices logs in with on MySQL and MariaDB. Run it as an administrator, with your own password, host and tables.
-- Without FILE there is no INTO OUTFILE and no LOAD_FILE; without any write privilege nothing can be changed.
CREATE USER taskservices_reader@'%' IDENTIFIED BY 'change-me';

-- Whole tables, or the columns that may be read: GRANT SELECT (id, name) ON shop.customers TO taskservices_reader@'%';
GRANT SELECT ON shop.* TO taskservices_reader@'%';

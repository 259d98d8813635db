-- The audit log as a table, and the login that appends to it: it inserts and reads, and can change and remove nothing.
-- taskservices serve … --audit postgres://taskservices_auditor@host/audit   (password in PGPASSWORD, MYSQL_PWD, or audit.password of the configuration)
-- Keep it in a database that nobody is asked about, and its owner away from the service.

-- PostgreSQL
CREATE TABLE taskservices_audit (seq BIGINT PRIMARY KEY, record TEXT NOT NULL);
CREATE ROLE taskservices_auditor LOGIN PASSWORD 'change-me' NOSUPERUSER NOCREATEDB NOCREATEROLE;
GRANT SELECT, INSERT ON taskservices_audit TO taskservices_auditor;

-- MySQL and MariaDB
-- CREATE TABLE taskservices_audit (seq BIGINT PRIMARY KEY, record MEDIUMTEXT CHARACTER SET utf8mb4 NOT NULL);
-- CREATE USER taskservices_auditor@'%' IDENTIFIED BY 'change-me';
-- GRANT SELECT, INSERT ON audit.taskservices_audit TO taskservices_auditor@'%';

-- SQLite has no logins; triggers keep honest programs from changing what is there, and the hash chain finds the others.
-- CREATE TABLE taskservices_audit (seq INTEGER PRIMARY KEY, record TEXT NOT NULL);
-- CREATE TRIGGER taskservices_audit_update BEFORE UPDATE ON taskservices_audit BEGIN SELECT RAISE(ABORT, 'append-only'); END;
-- CREATE TRIGGER taskservices_audit_delete BEFORE DELETE ON taskservices_audit BEGIN SELECT RAISE(ABORT, 'append-only'); END;

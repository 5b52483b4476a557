-- The two logins of an installation that keeps them apart, and the database. Repeatable; also changes the passwords.
--
--   LEDGER_OWNER_PASSWORD=… LEDGER_SERVICE_PASSWORD=… psql -h HOST -U postgres -d postgres -f scripts/create-roles.sql
--
-- prompt_ledger_owner    owns the tables and runs the migrations: MIGRATION_DATABASE_URL
-- prompt_ledger_service  what API and workers log in as: DATABASE_URL. Owns nothing, and may only become
-- prompt_ledger_app      the role that all their statements run as, under row-level security
--
-- Needs psql 15 or newer, and a user who may create roles and databases.
\set ON_ERROR_STOP on
\getenv owner_password LEDGER_OWNER_PASSWORD
\getenv service_password LEDGER_SERVICE_PASSWORD

SELECT format('CREATE ROLE %I %s', name, kind)
FROM (VALUES ('prompt_ledger_owner', 'LOGIN'), ('prompt_ledger_service', 'LOGIN'), ('prompt_ledger_app', 'NOLOGIN NOBYPASSRLS'))
  AS wanted (name, kind)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Unset, these fail as a syntax error; an empty password is one that nobody can log in with.
ALTER ROLE prompt_ledger_owner PASSWORD :'owner_password';
ALTER ROLE prompt_ledger_service PASSWORD :'service_password';

-- With the admin option, because the first migration grants the role to whoever runs it.
GRANT prompt_ledger_app TO prompt_ledger_owner WITH ADMIN OPTION;
GRANT prompt_ledger_app TO prompt_ledger_service;
-- Who is no superuser has to be a member of an owner to give it a database.
GRANT prompt_ledger_owner TO CURRENT_USER;

SELECT 'CREATE DATABASE prompt_ledger OWNER prompt_ledger_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'prompt_ledger')
\gexec
REVOKE ALL ON DATABASE prompt_ledger FROM PUBLIC;
GRANT CONNECT ON DATABASE prompt_ledger TO prompt_ledger_service;

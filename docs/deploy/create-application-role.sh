#!/bin/sh
# Runs once, when PostgreSQL makes its data directory: the role that web and workers log in as, which owns nothing.
# What it may do is granted after each migrate, by `manage.py grant_application_role`.
set -eu
psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=role="$APPLICATION_ROLE" --set=password="$(cat "$APPLICATION_PASSWORD_FILE")" <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SQL

#!/bin/sh
# Makes the roles that web, workers, notices worker, beat, sealer and auditors log in as, which own nothing; one that is there gets its password anew.
# PostgreSQL's container runs it when it makes its data directory; docs/deploy/README.md says when to run it by hand.
# What they may do is granted after each migrate, by `manage.py grant_database_roles`.
set -eu

make() { # role, the name of the file with its password
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --set=role="$1" --set=password="$(cat "$ROLE_FILES/$2")" <<'SQL'
SELECT format('CREATE ROLE %I', :'role') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SQL
}

make "$WEB_ROLE" web_password
make "$WORKER_ROLE" worker_password
make "$NOTICES_ROLE" notices_password
make "$BEAT_ROLE" beat_password
make "$SEALER_ROLE" sealer_password
make "$AUDITOR_ROLE" auditor_password

#!/usr/bin/env bash
# Run once by the image postgres, when a shard's cluster is new: a role to replicate with, and who may come in with it.
# Tenants' roles, schemas and databases are the business of `pgtenant create`.
set -euo pipefail

psql -v ON_ERROR_STOP=1 -v password="$REPLICATION_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'password';
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"

#!/usr/bin/env bash
# Entry point of a replica: `replica.sh PRIMARY COMMAND...`. Copies the primary's cluster if there is none yet, then runs the command.
set -euo pipefail

primary=$1
shift
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # Half a copy from an earlier try is worth nothing.
    find "$PGDATA" -mindepth 1 -delete
    PGPASSWORD=$REPLICATION_PASSWORD pg_basebackup --host="$primary" --port="${PRIMARY_PORT:-5432}" --username=replicator \
        --pgdata="$PGDATA" --wal-method=stream --checkpoint=fast --write-recovery-conf --no-password
    chmod 0700 "$PGDATA"
fi
exec "$@"

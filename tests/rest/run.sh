#!/usr/bin/env bash
# Asks everything that /openapi.json describes, with values that nobody would think of: tests/rest/run.sh PGTENANT SCHEMATHESIS
#
# No shard is needed: the map's changes, the views and the refusals don't ask one.
set -euo pipefail

readonly pgtenant=$1 schemathesis=$2
folder=$(mktemp -d)
proxy=
# shellcheck disable=SC2317,SC2329 # called by the trap
clean() { [ -z "$proxy" ] || { kill "$proxy" 2>/dev/null && wait "$proxy"; } || true; rm -rf "$folder"; }
trap clean EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$folder/operator.token"
head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$folder/role.key"
cat >"$folder/pgtenant.toml" <<END
shard_map = "map.toml"
[listen]
address = "127.0.0.1:$(free_port)"
[admin]
http = "127.0.0.1:$port"
tokens = [{ name = "tester", role = "operator", token = "file:operator.token" }]
[audit]
file = "audit.jsonl"
END
{
    printf 'version = 1\n[shards.east]\nprimary = "host=127.0.0.1 port=1 dbname=app"\nrole_key = "file:role.key"\nmax_connections = 9\n'
    printf '[plans.basic]\nmax_connections = 2\n[plans.large]\nmax_connections = 5\nstorage = "1GB"\n'
    printf '[models.own]\nkind = "database"\ndatabase = "d_{tenant}"\nrole = "r_{tenant}"\n'
    for tenant in acme globex hooli; do printf '[tenants.%s]\nshard = "east"\nmodel = "own"\nplan = "basic"\n' "$tenant"; done
    printf '[logins.acme_app]\ntenant = "acme"\nsecret = "file:role.key"\n'
} >"$folder/map.toml"

"$pgtenant" serve --config "$folder/pgtenant.toml" 2>"$folder/log" &
proxy=$!
for _ in $(seq 100); do
    curl -fsS "http://127.0.0.1:$port/health/readiness" >/dev/null 2>&1 && break
    sleep 0.1
done

status=0
(cd "$folder" && "$schemathesis" run "http://127.0.0.1:$port/openapi.json" --header "Authorization: Bearer $(cat operator.token)" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --max-examples "${PGTENANT_REST_EXAMPLES:-100}" --continue-on-failure --no-color) || status=$?
if grep -q panicked "$folder/log" || ! kill -0 "$proxy" 2>/dev/null; then
    cat "$folder/log"
    status=1
fi
"$pgtenant" check --config "$folder/pgtenant.toml" || status=1
exit "$status"

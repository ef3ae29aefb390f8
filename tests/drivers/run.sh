#!/usr/bin/env bash
# Real drivers against one server: `tests/drivers/run.sh [DRIVER...]`, the server from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE.
#
#   pgtenant demo --exec tests/drivers/run.sh                  through the proxy, in transaction mode
#   pgtenant demo --exec 'tests/drivers/run.sh switching'      one pool for all tenants of the demo
#   PGHOST=127.0.0.1 PGPORT=5432 … tests/drivers/run.sh        directly: the same must pass
#
# The login must be allowed to create tables. Where it isn't (a row tenant), the demo's other tenants are tried: PGTENANT_DEMO_*_URL.
# What the drivers need is fetched once into target/. Ends with status 1 if any step of any driver fails.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root
readonly venv=$root/target/drivers-venv node=$root/target/drivers-node java=$root/target/drivers-java
readonly jdbc=${PGTENANT_JDBC_JAR:-/usr/share/java/postgresql.jar}
readonly all=(psycopg3 psycopg2 asyncpg sqlalchemy node_postgres postgres_js pgjdbc tokio_postgres)
# A driver that says nothing for this long has lost an answer.
readonly limit=300

fail() { echo "drivers: $*" >&2; exit 1; }

# --- the server ---

may_create_tables() {
    psql -XqAt -v ON_ERROR_STOP=1 -c 'DROP TABLE IF EXISTS drv_probe; CREATE TABLE drv_probe (id int); DROP TABLE drv_probe' 2>&1
}

# Sets PG* from a URL.
use_url() {
    local settings
    settings=$(python3 - "$1" <<'PYTHON'
import shlex, sys
from urllib.parse import unquote, urlsplit
url = urlsplit(sys.argv[1])
found = {"PGHOST": url.hostname, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.path.lstrip("/")}
print("\n".join(f"export {name}={shlex.quote(unquote(str(value)))}" for name, value in found.items() if value))
PYTHON
    )
    eval "$settings"
}

choose_server() {
    local refusal name
    [ -n "${PGHOST:-}" ] || fail "PGHOST isn't set: which server? (see the first lines of this script)"
    refusal=$(may_create_tables) && return 0
    for name in "${!PGTENANT_DEMO_@}"; do
        case $name in *_URL)
            use_url "${!name}"
            if may_create_tables >/dev/null; then
                echo "drivers: using $name, as the first login may not create tables"
                return 0
            fi
            ;;
        esac
    done
    fail "the login can't create tables, or can't connect: $refusal"
}

# --- the drivers ---

# Runs a command once per content of the files that it depends on: `once FOLDER FILE COMMAND...`
once() {
    local folder=$1 file=$2 sum
    shift 2
    sum=$(sha256sum <"$file")
    [ -e "$folder/.ready" ] && [ "$(cat "$folder/.ready")" = "$sum" ] && return 0
    "$@"
    echo "$sum" >"$folder/.ready"
}

fetch_python() {
    echo "drivers: fetching from PyPI into ${venv#"$root/"}"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
}

fetch_node() {
    echo "drivers: fetching from npm into ${node#"$root/"}"
    rm -rf "$node"
    mkdir -p "$node"
    cp "$here/package.json" "$here/package-lock.json" "$node/"
    (cd "$node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

prepare() {
    case $1 in
    psycopg3 | psycopg2 | asyncpg | sqlalchemy | switching) once "$venv" "$here/requirements.txt" fetch_python ;;
    node_postgres | postgres_js)
        once "$node" "$here/package-lock.json" fetch_node
        # Node looks for packages beside the script.
        cp "$here"/*.js "$node/"
        ;;
    pgjdbc)
        [ -e "$jdbc" ] || fail "no $jdbc (Debian: libpostgresql-jdbc-java); PGTENANT_JDBC_JAR names another"
        mkdir -p "$java"
        once "$java" "$here/Pgjdbc.java" javac -Xlint:all -Werror -cp "$jdbc" -d "$java" "$here/Pgjdbc.java"
        ;;
    esac
}

run_driver() {
    case $1 in
    psycopg3 | asyncpg | sqlalchemy | psycopg2 | switching) timeout "$limit" "$venv/bin/python" "$here/${1}_steps.py" ;;
    node_postgres | postgres_js) timeout "$limit" node "$node/$1.js" ;;
    pgjdbc) timeout "$limit" java -cp "$jdbc:$java" Pgjdbc ;;
    tokio_postgres)
        (
            cd "$root"
            dsn=$(printf "host='%s' port='%s' user='%s' password='%s' dbname='%s'" "$PGHOST" "${PGPORT:-5432}" "$PGUSER" "$PGPASSWORD" "${PGDATABASE:-$PGUSER}")
            export PGTENANT_TEST_DSN=$dsn
            # Without the build's limit: compiling isn't the driver's time.
            cargo test --locked --quiet --no-run --test driver_tokio_postgres
            timeout "$limit" cargo test --locked --quiet --test driver_tokio_postgres
        )
        ;;
    *) fail "there is no driver $1; there are: ${all[*]}" ;;
    esac
}

main() {
    local driver drivers=("$@") failed=()
    [ ${#drivers[@]} -gt 0 ] || drivers=("${all[@]}")
    choose_server
    for driver in "${drivers[@]}"; do
        prepare "$driver" </dev/null
        echo "--- $driver"
        run_driver "$driver" </dev/null || failed+=("$driver")
    done
    echo
    echo "drivers: ${#drivers[@]} run, $((${#drivers[@]} - ${#failed[@]})) passed, ${#failed[@]} failed${failed[*]:+: ${failed[*]}}"
    [ ${#failed[@]} -eq 0 ]
}

main "$@"

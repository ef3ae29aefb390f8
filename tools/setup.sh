#!/usr/bin/env bash
# Makes sure that what a make target needs is on this machine: `tools/setup.sh NEED...`
#
# On Debian and Ubuntu, as root or with a sudo that asks nothing, it installs what is missing and says so.
# Elsewhere it names what is missing and ends with status 1. What is there already is left alone.
set -euo pipefail

readonly RUST_WANTED=1.95

say() { printf 'setup: %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }
# Without `grep -q` on a pipe: it closes early, and under pipefail the writer's SIGPIPE would read as "missing".
any_file() { local file; for file in "$@"; do [ -e "$file" ] && return 0; done; return 1; }

usage() {
    echo "usage: tools/setup.sh NEED..."
    echo "NEED: rust rust-lint cc libclang postgres pgbouncer python node java shell-lint promtool chromium"
}

# --- rust: never installed for you, Debian's own is too old -------------------------------------------------------

rust_version() { cargo --version 2>/dev/null | sed -E 's/^cargo ([0-9]+\.[0-9]+).*/\1/'; }

need_rust() {
    local found
    found=$(rust_version || true)
    if [ -z "$found" ] || [ "$(printf '%s\n%s\n' "$RUST_WANTED" "$found" | sort -V | head -n 1)" != "$RUST_WANTED" ]; then
        {
            say "pgtenant needs Rust $RUST_WANTED or newer; found: ${found:-none}. Distributions' own packages are too old."
            say "Install it with rustup (https://rustup.rs; Debian's curl and ca-certificates fetch it):"
            say "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c clippy -c rustfmt"
            say "or, where rustup is there already:  rustup toolchain install stable && rustup default stable"
            say "then run make again."
        } >&2
        exit 1
    fi
}

need_rust_lint() {
    if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
        say "rustfmt or clippy is missing: rustup component add rustfmt clippy" >&2
        exit 1
    fi
}

# --- the rest: what it takes to have it, and Debian's packages for it ---------------------------------------------

have_cc() { has cc && has c++ && has make && any_file /usr/include/stdlib.h /usr/include/*/stdlib.h; }
have_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] || any_file /usr/lib/llvm*/lib/libclang*.so* /usr/lib/*/libclang*.so* /usr/lib/libclang*.so* \
        /usr/lib64/libclang*.so* /usr/lib64/llvm*/lib*/libclang*.so* /usr/local/lib/libclang*.so* || return 1
    has clang
}
have_postgres() {
    # The server's binaries, and the clients that the tests call.
    { has postgres || any_file /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres /usr/local/pgsql/bin/postgres; } &&
        { has pgbench || any_file /usr/lib/postgresql/*/bin/pgbench /usr/pgsql-*/bin/pgbench /usr/local/pgsql/bin/pgbench; } && has psql
}
have_pgbouncer() { has pgbouncer || any_file /usr/sbin/pgbouncer; }
have_python() { has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }
have_node() { has node && has npm; }
have_java() { has javac && any_file /usr/share/java/postgresql.jar; }
have_shell_lint() { has shellcheck; }
have_promtool() { has promtool; }
have_chromium() { has chromium; }

packages_of() {
    case $1 in
    cc) echo build-essential pkg-config ;;
    libclang) echo libclang-dev clang ;;
    postgres) echo postgresql postgresql-client ;;
    pgbouncer) echo pgbouncer ;;
    python) echo python3 python3-venv ;;
    node) echo nodejs npm ;;
    java) echo default-jdk-headless libpostgresql-jdbc-java ;;
    shell-lint) echo shellcheck ;;
    promtool) echo prometheus ;;
    chromium) echo chromium fonts-dejavu-core ;;
    esac
}

# Runs a command as root: directly, or with a sudo that asks nothing.
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n -- "$@"; fi; }
may_install() { has apt-get && { [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }; }

# PostgreSQL's package would start a cluster of its own on port 5432; the tests start theirs.
no_main_cluster() {
    local file=/etc/postgresql-common/createcluster.conf
    [ -e "$file" ] && return 0
    say "writing $file, so that installing PostgreSQL starts no server"
    as_root mkdir -p "${file%/*}"
    echo 'create_main_cluster = false' | as_root tee "$file" >/dev/null
}

install() {
    say "installing with apt: $*"
    case " $* " in *" postgresql "*) no_main_cluster ;; esac
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update
    # The file that no_main_cluster wrote is ours: keep it where the package brings its own.
    as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get -q -y --no-install-recommends \
        -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 install "$@" </dev/null
    case " $* " in *" pgbouncer "*) rest pgbouncer ;; esac
    case " $* " in *" prometheus "*) rest prometheus ;; esac
}

# Its package starts a service that only its programs are needed of; PgBouncer's would listen on pgtenant's default port.
rest() {
    has systemctl && [ -d /run/systemd/system ] || return 0
    say "stopping and disabling the $1 service that its package just started"
    as_root systemctl disable --now "$1"
}

main() {
    [ $# -gt 0 ] || { usage >&2; exit 2; }
    local need missing=() packages=()
    for need in "$@"; do
        case $need in
        rust) need_rust ;;
        rust-lint) need_rust_lint ;;
        cc | libclang | postgres | pgbouncer | python | node | java | shell-lint | promtool | chromium)
            "have_${need//-/_}" && continue
            missing+=("$need")
            read -ra found <<<"$(packages_of "$need")"
            packages+=("${found[@]}")
            ;;
        *) usage >&2; exit 2 ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! may_install; then
        {
            say "missing on this machine: ${missing[*]}"
            say "(Debian's and Ubuntu's packages for it: ${packages[*]})"
            say "Install them, or run make as root or with a passwordless sudo on Debian or Ubuntu, and it does so itself."
        } >&2
        exit 1
    fi
    say "missing on this machine: ${missing[*]}"
    install "${packages[@]}"
    for need in "${missing[@]}"; do
        "have_${need//-/_}" || { say "$need is still missing after installing its packages" >&2; exit 1; }
    done
}

main "$@"

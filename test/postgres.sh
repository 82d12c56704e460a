#!/usr/bin/env bash
# Starts one PostgreSQL for the tests of this user and prints its address.
# Installs Debian's package when it is missing. Calling it again is cheap:
# a running server is reused. "stop" ends it.
set -euo pipefail
home="${TMPDIR:-/tmp}/qianmo-test-postgres-$(id -u)"
port="${QIANMO_TEST_PG_PORT:-54329}"
exec 9>"$home.lock"
flock 9

bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

if [ "${1:-start}" = stop ]; then
    [ -d "$home/data" ] && as "$(bin)/pg_ctl" -D "$home/data" -m immediate stop >&2 || true
    exit 0
fi
if [ -z "$(bin)" ]; then
    sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq postgresql >&2
fi
if [ ! -s "$home/data/PG_VERSION" ]; then
    rm -rf "$home" && mkdir -p "$home" && chmod 755 "$home"
    [ "$(id -u)" = 0 ] && chown postgres "$home"
    as "$(bin)/initdb" -D "$home/data" -U postgres -A trust --no-sync --locale=C.UTF-8 -E UTF8 >&2
fi
if ! as "$(bin)/pg_ctl" -D "$home/data" status >/dev/null 2>&1; then
    rm -f "$home/data/postmaster.pid"
    as "$(bin)/pg_ctl" -D "$home/data" -w -l "$home/log" \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300" start >&2 9>&-
fi
echo "postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"

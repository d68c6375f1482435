# Sourced by the findings about PostgreSQL: a server of their own, of the Debian package's $version, in $work, on no port.
# It defines: start [OPTION…] and stop (of pg_ctl), sql (psql), and $bin, where the programs are.

# The server runs as nobody where the finding is run by root, for whom it does not start.
as_other() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
control() { as_other "$bin/pg_ctl" --pgdata "$work/data" --wait "$@" >/dev/null; }
stop() { control --mode "$1" stop; }
start() { control --log "$work/log" --options "-c listen_addresses= -c unix_socket_directories=$work $*" start; }
sql() { as_other "$bin/psql" --host "$work" --username me --quiet --no-align --tuples-only postgres "$@"; }

bin=$work/tools/usr/lib/postgresql/15/bin
trap 'stop immediate 2>/dev/null || true; rm -rf "$work"' EXIT
[ "$(id -u)" != 0 ] || chown 65534 "$work"
(
    cd "$work"
    apt-get download -q postgresql-15=$version postgresql-client-15=$version >/dev/null
    for package in postgresql-*.deb; do dpkg -x "$package" tools; done
)
cd /
as_other "$bin/initdb" --pgdata "$work/data" --username me --auth trust --no-sync >/dev/null
"$bin/postgres" --version

#!/usr/bin/env bash
# Guess: a client that lost the answer to COMMIT asks pg_xact_status(), which was made for that, also when the
#        server crashed meanwhile.
# Seen: PostgreSQL 15 gives the number of a transaction that a crash took away to the next one. That one commits, and
#       pg_xact_status() of the first says "committed".
set -euo pipefail

version=15.18-0+deb12u1
work=$(mktemp -d)
as_other() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown 65534 "$work"
cd "$work"
apt-get download -q postgresql-15=$version postgresql-client-15=$version >/dev/null
for package in postgresql-*.deb; do dpkg -x "$package" tools; done
bin=$work/tools/usr/lib/postgresql/15/bin
cd /
trap 'as_other "$bin/pg_ctl" --pgdata "$work/data" --mode immediate stop >/dev/null || true; rm -rf "$work"' EXIT
start() {
    as_other "$bin/pg_ctl" --pgdata "$work/data" --wait --log "$work/log" start >/dev/null \
        --options "-c listen_addresses= -c unix_socket_directories=$work -c wal_writer_delay=10s"
}
sql() { as_other "$bin/psql" --host "$work" --username me --quiet --no-align --tuples-only postgres "$@"; }
as_other "$bin/initdb" --pgdata "$work/data" --username me --auth trust --no-sync >/dev/null
start
sql --command "CREATE TABLE journal (bundle text)"
sql --command "CHECKPOINT"

# The first one writes, has its number, and dies with the server before it commits.
coproc FIRST { sql; }
printf '%s\n' "BEGIN;" "INSERT INTO journal VALUES ('first');" "SELECT pg_current_xact_id();" >&"${FIRST[1]}"
read -r number <&"${FIRST[0]}"
as_other "$bin/pg_ctl" --pgdata "$work/data" --mode immediate stop >/dev/null
start

sql --command "INSERT INTO journal VALUES ('second')"
"$bin/postgres" --version
echo "in the journal: $(sql --command 'SELECT bundle FROM journal')"
echo "of the first one, number $number: $(sql --command "SELECT pg_xact_status('$number')")"
[ "$(sql --command 'SELECT bundle FROM journal')" = second ]
[ "$(sql --command "SELECT pg_xact_status('$number')")" = committed ]

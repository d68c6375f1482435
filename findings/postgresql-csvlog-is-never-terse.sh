#!/usr/bin/env bash
# Guess: with log_error_verbosity = terse, which leaves DETAIL and CONTEXT out, no row that the server refuses
#        stands in its log.
# Seen: PostgreSQL 15 heeds it in the log for people only. csvlog and jsonlog have the whole row, and the line of
#       COPY, whatever it says.
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
as_other "$bin/initdb" --pgdata "$work/data" --username me --auth trust --no-sync >/dev/null
as_other "$bin/pg_ctl" --pgdata "$work/data" --wait start >/dev/null --options "-c listen_addresses= \
    -c unix_socket_directories=$work -c logging_collector=on -c log_directory=$work/log \
    -c log_destination=stderr,csvlog,jsonlog -c log_error_verbosity=terse"

sql() { as_other "$bin/psql" --host "$work" --username me --quiet postgres "$@"; }
sql --command "CREATE TABLE person (name text, born text CHECK (born ~ '^[0-9-]+$'))"
printf 'EXAMPLE ALICE\t17.5.1990\n' | sql --command "COPY person FROM STDIN" 2>/dev/null && exit 1
as_other "$bin/pg_ctl" --pgdata "$work/data" --wait --mode fast stop >/dev/null

"$bin/postgres" --version
for kind in log csv json; do
    echo "$kind: $(grep --count 'EXAMPLE ALICE' "$work"/log/*.$kind || true) lines with the name"
done
! grep --quiet 'EXAMPLE ALICE' "$work"/log/*.log
grep --quiet 'EXAMPLE ALICE' "$work"/log/*.csv
grep --quiet 'EXAMPLE ALICE' "$work"/log/*.json

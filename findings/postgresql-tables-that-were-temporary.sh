#!/usr/bin/env bash
# Guess: with search_path = 'register, pg_temp', the order that the manual advises so that no temporary table stands
#        before a real one, CREATE TABLE fails when the schema "register" is not there or not ours.
# Seen: PostgreSQL 15 makes the table in pg_temp, without a word: the client that made it finds it, fills it and commits;
#       with its connection all of it is gone.
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
as_other "$bin/pg_ctl" --pgdata "$work/data" --wait --log "$work/log" start >/dev/null \
    --options "-c listen_addresses= -c unix_socket_directories=$work"
sql() { as_other "$bin/psql" --host "$work" --username me --quiet --no-align --tuples-only postgres "$@"; }

"$bin/postgres" --version
first=$(sql --set ON_ERROR_STOP=1 <<'END'
SET search_path = register, pg_temp;
BEGIN;
CREATE TABLE journal (bundle text);
INSERT INTO journal VALUES ('first');
COMMIT;
SELECT count(*) FROM journal;
END
)
echo "rows for the client that wrote them: $first"
echo "tables of that name afterwards: $(sql --command "SELECT count(*) FROM pg_class WHERE relname = 'journal'")"
[ "$first" = 1 ]
[ "$(sql --command "SELECT count(*) FROM pg_class WHERE relname = 'journal'")" = 0 ]

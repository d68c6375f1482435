#!/usr/bin/env bash
# Guess: a client that lost the answer to COMMIT asks pg_xact_status(), which was made for that, also when the
#        server crashed meanwhile.
# Seen: PostgreSQL 15.18 gives the number of a transaction that a crash took away to the next one. That one commits, and
#       pg_xact_status() of the first says "committed".
# postgresql.bash unpacks that server in the temporary folder, and takes both away at the end.
set -euo pipefail

version=15.18-0+deb12u1
work=$(mktemp -d)
. "$(dirname "$0")/postgresql.bash"
start -c wal_writer_delay=10s
sql --command "CREATE TABLE journal (bundle text)"
sql --command "CHECKPOINT"

# The first one writes, has its number, and dies with the server before it commits.
coproc FIRST { sql; }
printf '%s\n' "BEGIN;" "INSERT INTO journal VALUES ('first');" "SELECT pg_current_xact_id();" >&"${FIRST[1]}"
read -r number <&"${FIRST[0]}"
stop immediate
start -c wal_writer_delay=10s

sql --command "INSERT INTO journal VALUES ('second')"
echo "in the journal: $(sql --command 'SELECT bundle FROM journal')"
echo "of the first one, number $number: $(sql --command "SELECT pg_xact_status('$number')")"
[ "$(sql --command 'SELECT bundle FROM journal')" = second ]
[ "$(sql --command "SELECT pg_xact_status('$number')")" = committed ]
